"""The values behind one own rule: those of its series over the latest minutes.

Minutes are those of a clock that never jumps, given in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.insight.outcomes import Slot
from plugin.model import SeriesDelta

MINUTE_S = 60
MOST_SLOTS = 20
"""Approximate number of parts of a window."""
UNHEARD_SHARE = 0.05
"""A window was seen whole although the bot was not connected for so much of it."""
STALE_S = 7200.0
"""A gauge that has had no value for so long has none."""


class WindowSum(NamedTuple):
    """All values of a window."""

    total: float = 0.0
    number: int = 0
    """How many values were recorded, or in how many minutes a counter grew."""
    distribution: Histogram | None = None


class _Slot:
    """A part of a window."""

    __slots__ = ("at", "distribution", "number", "total", "unheard")

    def __init__(self, at: int) -> None:
        self.at = at
        self.total = 0.0
        self.number = 0
        self.unheard = 0
        """Minutes in which the bot was not connected."""
        self.distribution = 0
        """As a number (`Histogram.as_number`)."""


def _slot_s(length_s: int) -> int:
    return max(MINUTE_S, length_s // MOST_SLOTS // MINUTE_S * MINUTE_S)


class SlidingWindow:
    """Sums counters and histograms over a sliding window."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._slot_s = _slot_s(length_s)
        self._slots: deque[_Slot] = deque()
        self._outside = 0
        """Slots at the begin that are not within the window."""
        self._total, self._number, self._distribution = 0.0, 0, 0
        """The sum of all others."""
        self._grew_at = -1
        self._unheard_at = -1
        self._since: int | None = None
        """Begin of the first minute that was seen whole."""
        self._minute = 0

    def take(self, at: int, values: Iterable[SeriesDelta], *, counter: bool, heard: bool = True) -> None:
        """Add the values of the minute that begins at `at`, in seconds; of a counter it is one measurement.

        `heard` is whether the bot was connected, so that what happened could reach it.
        """
        if self._since is None:
            self._since = at + MINUTE_S
        self._minute = at
        begin = at - at % self._slot_s
        if not self._slots or self._slots[-1].at < begin:
            self._slots.append(_Slot(begin))
        self._add(self._slots[-1], values, counter=counter)
        if not heard and at != self._unheard_at:
            self._unheard_at = at
            self._slots[-1].unheard += 1
        self._drop()

    def restart(self) -> None:
        """Some time was not seen at all: what was counted stays, and all of the window must be seen again."""
        self._since = None

    def within(self) -> WindowSum:
        """The sum of at most the window, the present minute included."""
        return WindowSum(self._total, self._number, Histogram.of_number(self._distribution))

    def around(self) -> WindowSum:
        """The sum of at least the window up to the present minute, which may not be over; without a distribution."""
        total, number = self._total, self._number
        for slot, _ in zip(self._slots, range(self._outside), strict=False):
            total, number = total + slot.total, number + slot.number
        return WindowSum(total, number)

    @property
    def covered(self) -> bool:
        """Whether all of the window up to the present minute was seen."""
        if self._since is None or self._minute - self._since < self._length_s:
            return False
        unheard_s = MINUTE_S * sum(slot.unheard for slot in self._slots)
        return unheard_s <= UNHEARD_SHARE * self._length_s

    def _add(self, slot: _Slot, values: Iterable[SeriesDelta], *, counter: bool) -> None:
        total, number, distribution = 0.0, 0, 0
        for value in values:
            total += value.sum
            if not counter:
                number += value.count
            elif value.sum > 0 and self._grew_at != self._minute:
                self._grew_at = self._minute
                number = 1
            if value.distribution is not None:
                distribution += value.distribution.as_number()
        slot.total, self._total = slot.total + total, self._total + total
        slot.number, self._number = slot.number + number, self._number + number
        slot.distribution, self._distribution = slot.distribution + distribution, self._distribution + distribution

    def _drop(self) -> None:
        """Let go what is older than the window."""
        since, outside = self._minute + MINUTE_S - self._length_s, self._outside
        while self._outside < len(self._slots) and self._slots[self._outside].at < since:
            self._distribution -= self._slots[self._outside].distribution
            self._outside += 1
        if self._outside != outside:  # summed anew, since what was added to floats cannot be taken away exactly
            kept = [slot for slot in self._slots if slot.at >= since]
            self._total, self._number = sum(slot.total for slot in kept), sum(slot.number for slot in kept)
        while self._slots and self._slots[0].at <= self._minute - self._length_s - self._slot_s:
            self._slots.popleft()
            self._outside -= 1


class ShareWindow:
    """How invocations ended in a sliding window, slot by slot."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._slot_s = _slot_s(length_s)
        self._slots: deque[list[int]] = deque()
        """Begin in seconds, `ok`, `error`; oldest first."""
        self.errors = 0
        """In the whole window."""

    def take(self, at: int, ok: int, errors: int) -> None:
        """Add what ended in the minute that begins at `at`, in seconds."""
        while self._slots and self._slots[0][0] <= at - self._length_s:
            self.errors -= self._slots.popleft()[2]
        if not ok and not errors:
            return
        begin = at - at % self._slot_s
        if not self._slots or self._slots[-1][0] < begin:
            self._slots.append([begin, 0, 0])
        self._slots[-1][1] += ok
        self._slots[-1][2] += errors
        self.errors += errors

    def slots(self, after: int) -> list[Slot]:
        """The slots that begin after a moment, newest first."""
        return [(ok, errors) for at, ok, errors in reversed(self._slots) if at > after]


class LatestLevels:
    """The levels of a gauge in the latest minutes, all its series added up."""

    def __init__(self, most: int) -> None:
        self._levels: deque[tuple[int, float]] = deque(maxlen=most)
        self._minute = 0

    def take(self, at: int, values: Iterable[SeriesDelta]) -> None:
        """Take the levels at the cut of a minute; another cut in the same minute takes the place of the first."""
        self._minute = at
        known = [value.sum / value.count if value.last is None else value.last for value in values if value.count]
        if not known:
            return
        if self._levels and self._levels[-1][0] == at:
            self._levels.pop()
        self._levels.append((at, sum(known)))

    def restart(self) -> None:
        """Some time was not seen at all: what was before it does not count."""
        self._levels.clear()

    @property
    def values(self) -> list[float]:
        """The kept levels, oldest first."""
        return [value for _, value in self._levels]

    @property
    def full(self) -> bool:
        """Whether all kept levels are present, and the newest still tells of the present."""
        return len(self._levels) == self._levels.maxlen and self._minute - self._levels[-1][0] < STALE_S


class Quiet:
    """How long nothing was counted while the bot was connected."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._minute = 0
        self._paused_at = -1
        self.broken = False
        """Whether something was counted in the present minute."""

    def take(self, at: int, *, counted: bool, heard: bool) -> None:
        """Take the minute that begins at `at`, in seconds."""
        self._minute, self.broken = at, counted
        if counted or self._since is None:
            self._since = at + MINUTE_S
        elif not heard and at != self._paused_at:
            self._paused_at = at
            self._since += MINUTE_S

    def restart(self) -> None:
        """Some time was not seen at all: it begins anew."""
        self._since = None

    @property
    def lasted_s(self) -> float:
        """How long it has lasted for sure, in seconds."""
        return 0.0 if self._since is None else max(0.0, self._minute - self._since)
