"""The way in, one adapter for each line of Lightbulb; the only importers of lightbulb."""

from __future__ import annotations

import lightbulb

LIGHTBULB_LINE = int(lightbulb.__version__.partition(".")[0])
"""2 or 3."""
