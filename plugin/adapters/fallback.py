"""Stands in for the monitor if it cannot be imported: an extension that does nothing."""

from __future__ import annotations

import lightbulb


class Monitor:
    """Never instantiated."""


def monitor_of(bot: object) -> None:
    """None for every bot."""


def load(bot: object) -> None:
    """Do nothing; called by Lightbulb 2."""


def unload(bot: object) -> None:
    """Do nothing; called by Lightbulb 2."""


_Loader = getattr(lightbulb, "Loader", None)

loader: object = None if _Loader is None else _Loader()
"""Does nothing; used by Lightbulb 3."""
