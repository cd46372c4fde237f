"""Economies and activity of a bot of the test's own, on a clock that the test moves."""

from __future__ import annotations

from typing import Any

from plugin.metrics.meters import OwnMeasures
from plugin.metrics.systems import ActivityBook, EconomyBook
from plugin.metrics.systems.activity import ActivityMeasures
from plugin.metrics.systems.economy import EconomyMeasures
from plugin.own_measures import Distribution, DropReason

MONDAY = 1_700_438_400.0
"""Unix time in seconds of the begin of a day."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = MONDAY

    def __call__(self) -> float:
        return self.now_s


class Books:
    """Both books of one bot, and what a reader reads of them."""

    def __init__(self, cooldown_s: float = 60.0) -> None:
        self.clock = Clock()
        self.own = OwnMeasures()
        economy, activity = EconomyMeasures(self.own, "{coin}"), ActivityMeasures(self.own, "{point}")
        self.economy = self.own.book(EconomyBook, lambda: EconomyBook(economy, self.clock, self.clock))
        self.activity = self.own.book(ActivityBook, lambda: ActivityBook(activity, {"message": cooldown_s}, self.clock))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now_s += seconds

    def read(self) -> dict[tuple[str, ...], Any]:
        """Every series by its name and attribute values."""
        return {(reading.measure.name, *reading.values): reading.value for reading in self.own.read()}

    def total(self, name: str) -> float:
        """All series of a counter together."""
        return sum(reading.value for reading in self.own.read() if reading.measure.name == name)

    def distribution(self, name: str) -> Distribution:
        """The values of a histogram."""
        return self.read()[name,]

    def drops(self) -> dict[tuple[str, DropReason], int]:
        """What was not counted as given."""
        return {(found.measure.name, found.reason): found.number for found in self.own.drops()}
