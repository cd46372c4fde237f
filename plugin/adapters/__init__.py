"""The way in, one adapter for each line of Lightbulb; the only importers of lightbulb."""

from __future__ import annotations

import lightbulb

LIGHTBULB_LINE = 2 if hasattr(lightbulb, "BotApp") else 3
"""2 or 3, by what Lightbulb offers: the version that it tells may be missing."""
