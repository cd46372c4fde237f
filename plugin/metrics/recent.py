"""How a command's latest invocations ended, which is what its error rate is judged by, in little memory."""

from __future__ import annotations

from array import array

SLOT_S = 300.0
"""Invocations within this time are counted together."""

SPAN_S = 3600.0
ENOUGH = 60
"""Slots older than `SPAN_S` are kept until younger ones count this many invocations."""

LONGEST_S = 7 * 86_400.0
"""Slots older than this are dropped in any case."""

WIDTH = 3


class Recent:
    """Counts of `ok` and `error` by slot, from increasing counters; at most 12 slots and `ENOUGH` more."""

    __slots__ = ("_errors", "_ok", "_slots")

    def __init__(self) -> None:
        self._ok = self._errors = 0
        self._slots = array("d")
        """Per slot the monotonic time of its first cut in seconds, `ok`, `error`; oldest first."""

    def cut(self, now_s: float, ok: int, errors: int) -> None:
        """Add the increase of the counters since the last cut, and drop old slots."""
        slots = self._slots
        added, failed = ok - self._ok, errors - self._errors
        if added or failed:
            self._ok, self._errors = ok, errors
            if not slots or now_s - slots[-WIDTH] >= SLOT_S:
                slots.extend((now_s, 0, 0))
            slots[-2] += added
            slots[-1] += failed
        if slots and now_s - slots[0] > SPAN_S:
            self._forget(now_s)

    def slots(self, ok: int, errors: int, now_s: float, offset_s: float) -> array[float]:
        """A copy, with the increase since the last cut; the offset turns monotonic seconds into Unix time."""
        slots = self._slots[:]
        for index in range(0, len(slots), WIDTH):
            slots[index] += offset_s
        added, failed = ok - self._ok, errors - self._errors
        if added or failed:
            slots.extend((now_s + offset_s, added, failed))
        return slots

    def _forget(self, now_s: float) -> None:
        slots, drop = self._slots, 0
        counted = sum(slots[1::WIDTH]) + sum(slots[2::WIDTH])
        while drop < len(slots) and now_s - slots[drop] > SPAN_S:
            counted -= slots[drop + 1] + slots[drop + 2]
            if counted < ENOUGH and now_s - slots[drop] <= LONGEST_S:
                break
            drop += WIDTH
        del slots[:drop]
