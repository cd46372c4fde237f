"""For how many hours in a row something was so, and what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

WINDOW_HOURS = 24
"""Hours whose points are added up."""


class Streak(NamedTuple):
    """Hours in a row, up to the last full hour."""

    hours: int
    points: tuple[float, ...]
    """Of each of the last hours, 24 at most."""
    places: frozenset[int | None]
    """Channels; None where one is unknown."""

    def then(self, points: float, place: int | None) -> Streak:
        """The streak with one more hour."""
        return Streak(self.hours + 1, (*self.points, points)[-WINDOW_HOURS:], self.places | {place})


NO_STREAK = Streak(0, (), frozenset())


class LongStreaks(NamedTuple):
    """Streaks of a certain length and above."""

    number: int
    places: int
    """How many channels; 0 where one is unknown."""
    hours: int
    """Of the longest."""
    points: float
    """Of all, in the last hours of the longest, 24 at most."""

    def __add__(self, other: object) -> LongStreaks:
        if not isinstance(other, LongStreaks):
            return NotImplemented
        return LongStreaks(
            self.number + other.number,
            max(self.places, other.places),
            max(self.hours, other.hours),
            self.points + other.points,
        )


NO_STREAKS = LongStreaks(0, 0, 0, 0)


class Streaks:
    """Streaks by what they are of."""

    def __init__(self) -> None:
        self._known: dict[int, Streak] = {}

    def go_on(self, ended: Mapping[int, tuple[float, int | None]]) -> None:
        """Another hour ended, in which these had points, each in a place; the streaks of all others end."""
        self._known = {key: self._known.get(key, NO_STREAK).then(*hour) for key, hour in ended.items()}

    def clear(self) -> None:
        """All streaks end."""
        self._known.clear()

    def at_least(self, hours: float) -> LongStreaks:
        """The streaks of so many hours or more."""
        return _together([streak for streak in self._known.values() if streak.hours >= hours])


def _together(found: Iterable[Streak]) -> LongStreaks:
    found = list(found)
    places = frozenset[int | None]().union(*(streak.places for streak in found))
    return LongStreaks(
        len(found),
        0 if None in places else len(places),
        max((streak.hours for streak in found), default=0),
        sum(sum(streak.points) for streak in found),
    )
