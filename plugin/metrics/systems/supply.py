"""The supply of money as the bot says it, beside what was made and burnt since.

If nothing leaks, the supply less everything that was made, plus everything that was burnt, never changes. A supply that
the bot reads while transactions run may lack some that are counted already, or have some that are not counted yet. So
each reading says between which bounds the supply surely was.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

SETTLING_S = 2.0
"""Within this time after a reading, a transaction that it has is surely counted."""

LONGEST_AGE_S = 60.0
"""A supply that is said may be this old."""
HELD_S = 60.0
"""Seconds for which a reading is kept though a newer one is less sure."""


class Bounds(NamedTuple):
    """Bounds within which the supply surely was."""

    least: float
    most: float


class _Flow(NamedTuple):
    at_s: float
    made: float
    burned: float


class _SupplyReading:
    """A supply that was said."""

    __slots__ = ("at_s", "burned", "made", "said_less_net", "total")

    def __init__(self, at_s: float, total: float, net: float) -> None:
        self.at_s = at_s
        self.total = total
        self.said_less_net = total - net
        self.made: float = 0
        """By how much it may be too low: made before it and lacking in it, or burnt after it and taken off already."""
        self.burned: float = 0
        """By how much it may be too high: burnt before it and still in it, or made after it and in it already."""


class Supply:
    """Follows the supply in one process. Times are seconds of a clock that only grows."""

    def __init__(self) -> None:
        self._net: float = 0
        self._recent: deque[_Flow] = deque()
        self._last: _SupplyReading | None = None
        self._open: _SupplyReading | None = None
        self._settled: _SupplyReading | None = None
        self.readings = 0
        """How many readings have settled."""

    def flow(self, at_s: float, made: float, burned: float) -> None:
        """Money was made or burnt."""
        self._settle(at_s)
        self._net += made - burned
        if self._open is not None:
            self._open.made += burned
            self._open.burned += made
        last = self._recent[-1] if self._recent else None
        if last is not None and int(last.at_s) == int(at_s):
            self._recent[-1] = _Flow(at_s, last.made + made, last.burned + burned)
        else:
            self._recent.append(_Flow(at_s, made, burned))
        while self._recent[0].at_s < at_s - LONGEST_AGE_S - 1:
            self._recent.popleft()

    def said(self, at_s: float, total: float, age_s: float) -> None:
        """The bot says the supply, as it was at most `age_s` seconds ago."""
        self._settle(at_s)
        self._last = reading = _SupplyReading(at_s, total, self._net)
        if self._open is None:
            lacking = [flow for flow in self._recent if flow.at_s >= at_s - age_s]
            reading.made = sum(flow.made for flow in lacking)
            reading.burned = sum(flow.burned for flow in lacking)
            self._open = reading

    def now(self) -> float | None:
        """The supply by now: as it was last said, with what was made and burnt since; None where it never was said."""
        return None if self._last is None else self._last.said_less_net + self._net

    def checked(self, now_s: float) -> Bounds | None:
        """The bounds of the supply by now, from the most certain of the latest readings; None without one."""
        self._settle(now_s)
        reading = self._settled
        if reading is None:
            return None
        whole = reading.said_less_net + self._net
        return Bounds(whole - reading.burned, whole + reading.made)

    def _settle(self, now_s: float) -> None:
        reading = self._open
        if reading is None or now_s < reading.at_s + SETTLING_S:
            return
        self._open, known = None, self._settled
        self.readings += 1
        if known is None or now_s - known.at_s > HELD_S or _width(reading) <= _width(known):
            self._settled = reading


def _width(reading: _SupplyReading) -> float:
    return reading.made + reading.burned
