"""The adapters, one for each line of Lightbulb; nothing else imports lightbulb."""

from __future__ import annotations

import lightbulb

LIGHTBULB_LINE = 2 if hasattr(lightbulb, "BotApp") else 3
"""2 or 3, by the names that Lightbulb offers, since its version may be missing."""
