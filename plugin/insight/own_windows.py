"""The values behind one own threshold: those of its series over the latest minutes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model import SeriesDelta

MINUTE_S = 60
MOST_SLOTS = 20
"""Approximate number of parts of a window."""


class WindowSum(NamedTuple):
    """All values of a window."""

    total: float = 0.0
    number: int = 0
    """How many values were recorded, or in how many minutes a counter grew."""
    distribution: Histogram | None = None


class _Slot:
    """A part of a window."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.total = 0.0
        self.number = 0
        self.distribution = Histogram()

    def add(self, values: Iterable[SeriesDelta], *, counts: bool) -> None:
        for value in values:
            self.total += value.sum
            self.number += value.count if counts else 0
            if value.distribution is not None:
                self.distribution.merge(value.distribution)


class SlidingWindow:
    """Sums counters and histograms over a sliding window."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._slot_s = max(MINUTE_S, length_s // MOST_SLOTS // MINUTE_S * MINUTE_S)
        self._slots: deque[_Slot] = deque()
        self._grew_at = -1
        self._since: int | None = None
        """Begin of the first minute that was seen whole."""
        self._minute = 0

    def take(self, at: int, values: Iterable[SeriesDelta], *, counter: bool) -> None:
        """Add the values of the minute that begins at `at`, in Unix seconds; of a counter it is one measurement."""
        if self._since is None:
            self._since = at + MINUTE_S
        self._minute = at
        begin = at - at % self._slot_s
        if not self._slots or self._slots[-1].at < begin:
            self._slots.append(_Slot(begin))
        known = list(values)
        self._slots[-1].add(known, counts=not counter)
        if counter and at != self._grew_at and any(value.sum > 0 for value in known):
            self._grew_at = at
            self._slots[-1].number += 1
        while self._slots and self._slots[0].at <= at - self._length_s - self._slot_s:
            self._slots.popleft()

    def within(self) -> WindowSum:
        """The sum of at most the window, the present minute included."""
        return self._sum(self._minute + MINUTE_S - self._length_s)

    def around(self) -> WindowSum:
        """The sum of at least the window up to the present minute, which may not be over."""
        return self._sum(self._minute - self._length_s - self._slot_s + 1)

    @property
    def covered(self) -> bool:
        """Whether all of the window up to the present minute was seen."""
        return self._since is not None and self._minute - self._since >= self._length_s

    def _sum(self, since: int) -> WindowSum:
        total, number, whole = 0.0, 0, Histogram()
        for slot in self._slots:
            if slot.at >= since:
                total, number = total + slot.total, number + slot.number
                whole.merge(slot.distribution)
        return WindowSum(total, number, whole)


class LatestLevels:
    """The levels of a gauge in the latest minutes, all its series added up."""

    def __init__(self, most: int) -> None:
        self._levels: deque[tuple[int, float]] = deque(maxlen=most)

    def take(self, at: int, values: Iterable[SeriesDelta]) -> None:
        """Take the levels at the cut of a minute; another cut in the same minute takes the place of the first."""
        known = [value.sum / value.count if value.last is None else value.last for value in values if value.count]
        if not known:
            return
        if self._levels and self._levels[-1][0] == at:
            self._levels.pop()
        self._levels.append((at, sum(known)))

    @property
    def values(self) -> list[float]:
        """The kept levels, oldest first."""
        return [value for _, value in self._levels]

    @property
    def full(self) -> bool:
        """Whether all kept levels are present."""
        return len(self._levels) == self._levels.maxlen
