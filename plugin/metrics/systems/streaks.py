"""Streaks: how many consecutive hours a condition held, and the points in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

WINDOW_HOURS = 24
"""Hours whose points are summed."""


class Streak(NamedTuple):
    """Consecutive hours, up to the last full hour."""

    hours: int
    points: tuple[float, ...]
    """Of each of the last hours, at most 24."""
    places: frozenset[int | None]
    """Channels; None where one is unknown."""

    def then(self, points: float, place: int | None) -> Streak:
        """The streak, extended by one hour."""
        return Streak(self.hours + 1, (*self.points, points)[-WINDOW_HOURS:], self.places | {place})


NO_STREAK = Streak(0, (), frozenset())


class LongStreaks(NamedTuple):
    """Streaks of a certain length and above."""

    number: int
    places: frozenset[int | None]
    """Channels; None where one is unknown."""
    hours: int
    """Length of the longest."""
    points: float
    """Of all streaks, in at most the last 24 hours."""

    @property
    def in_one_place(self) -> int:
        """The number of streaks if all of them are in one known channel, else 0."""
        return self.number if len(self.places) == 1 and None not in self.places else 0

    def __add__(self, other: object) -> LongStreaks:
        if not isinstance(other, LongStreaks):
            return NotImplemented
        return LongStreaks(
            self.number + other.number,
            self.places | other.places,
            max(self.hours, other.hours),
            self.points + other.points,
        )


NO_STREAKS = LongStreaks(0, frozenset(), 0, 0)


class Streaks:
    """Streaks by subject."""

    def __init__(self) -> None:
        self._known: dict[int, Streak] = {}

    def go_on(self, ended: Mapping[int, tuple[float, int | None]]) -> None:
        """Extend the streaks of these subjects by an hour, with its points and place; end all others."""
        self._known = {key: self._known.get(key, NO_STREAK).then(*hour) for key, hour in ended.items()}

    def clear(self) -> None:
        """End all streaks."""
        self._known.clear()

    def at_least(self, hours: float) -> LongStreaks:
        """The streaks of at least this many hours."""
        return _together([streak for streak in self._known.values() if streak.hours >= hours])


def _together(found: Iterable[Streak]) -> LongStreaks:
    found = list(found)
    return LongStreaks(
        len(found),
        frozenset[int | None]().union(*(streak.places for streak in found)),
        max((streak.hours for streak in found), default=0),
        sum(sum(streak.points) for streak in found),
    )
