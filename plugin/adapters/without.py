"""What the package offers where the monitor cannot be imported: an extension that does nothing."""

from __future__ import annotations

import lightbulb


class Monitor:
    """Never made."""


def monitor_of(bot: object) -> None:
    """No bot is measured."""


def load(bot: object) -> None:
    """Do nothing, on Lightbulb 2."""


def unload(bot: object) -> None:
    """Do nothing, on Lightbulb 2."""


_Loader = getattr(lightbulb, "Loader", None)

loader: object = None if _Loader is None else _Loader()
"""Does nothing, on Lightbulb 3."""
