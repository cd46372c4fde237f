"""The way in, one adapter for each line of Lightbulb; the only importers of lightbulb."""

from __future__ import annotations

import importlib.metadata

LIGHTBULB_LINE = int(importlib.metadata.version("hikari-lightbulb").partition(".")[0])
"""2 or 3."""
