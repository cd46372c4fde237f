"""Counts of the last ten minutes, in a fixed amount of memory."""

from __future__ import annotations

from array import array

WINDOW_S = 600
"""Length of the window: the time over which Discord counts invalid requests."""

SLOT_S = 20
SLOTS = WINDOW_S // SLOT_S + 1
"""One more than the window has, since the slot that is being filled is incomplete."""


class SlidingCounts:
    """Several counts side by side over the last `WINDOW_S` seconds, and up to one slot more."""

    __slots__ = ("_counts", "_slot", "_width")

    def __init__(self, width: int) -> None:
        self._width = width
        self._counts = array("q", bytes(8 * SLOTS * width))
        self._slot = 0

    def add(self, now_s: int, column: int, amount: int = 1) -> None:
        """Add to one of the counts; `now_s` are monotonic seconds."""
        slot = now_s // SLOT_S
        if slot != self._slot:
            self._move(slot)
        self._counts[self._slot % SLOTS * self._width + column] += amount

    def sums(self, now_s: int) -> tuple[int, ...]:
        """All counts as of now."""
        slot = now_s // SLOT_S
        if slot - self._slot >= SLOTS:
            return (0,) * self._width
        self._move(slot)
        return tuple([sum(self._counts[column :: self._width]) for column in range(self._width)])

    def _move(self, slot: int) -> None:
        behind = min(slot - self._slot, SLOTS)
        if behind <= 0:
            return
        self._slot = slot
        for older in range(behind):
            start = (slot - older) % SLOTS * self._width
            for index in range(start, start + self._width):
                self._counts[index] = 0
