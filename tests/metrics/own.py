"""Declares measures for a bot of the test's own, so that no test sees another's."""

from __future__ import annotations

from typing import Any

import plugin
from plugin.corridor.bot_measures import measures_of
from plugin.metrics.meters import OwnCounter, OwnMeasures
from plugin.own_measures import DropReason


class Bot:
    """As much of a bot as measures need; they live as long as it does."""

    def __init__(self) -> None:
        self.on_startup: list[Any] = []

    def add_startup_callback(self, callback: Any) -> None:
        self.on_startup.append(callback)

    def counter(self, *attributes: str, **more: Any) -> OwnCounter:
        return plugin.counter("shop.sales", attributes=attributes, bot=self, **more)

    def own(self) -> OwnMeasures:
        """The measures of this bot alone."""
        *_, own = measures_of(self)
        return own

    def values(self) -> dict[tuple[str, ...], Any]:
        """Every series of this bot alone."""
        return {reading.values: reading.value for reading in self.own().read()}

    def drops(self) -> dict[DropReason, int]:
        """Drops of this bot alone."""
        return {found.reason: found.number for found in self.own().drops()}
