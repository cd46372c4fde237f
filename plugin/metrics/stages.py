"""Time per stage of one handler's interactions, and missed deadlines."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping

from plugin.histogram import TICK_SHIFT
from plugin.model import SPLIT_ROW, UNKNOWN_TICKS, Misses, Place, Stage, StageSnapshot

LARGEST_PLACES = 5
"""Lines that slow first responses waited in, kept per handler."""

_ITEM_BYTES = array("I").itemsize
_ROW_BYTES = SPLIT_ROW * _ITEM_BYTES
_pack_row = struct.Struct(f"{SPLIT_ROW}I").pack_into


class Stages:
    """Stages of the latest interactions of one handler, and counts; only `record` is on the hot path."""

    __slots__ = ("_misses", "_offset", "_places", "_rows", "_window", "deferred", "waiting")

    def __init__(self, length: int) -> None:
        self.deferred = 0
        self.waiting = 0
        self._window = array("I", bytes(length * _ROW_BYTES))
        self._offset = 0
        self._rows = 0
        self._misses: _Misses | None = None
        self._places: dict[Place, int] | None = None

    def record(
        self,
        loop_ns: int,
        checks_ns: int,
        code_ns: int,
        discord_ns: int,
        limited_ns: int,
        after_ns: int,
        before_ns: int,
    ) -> None:
        """Keep the time of each stage of one interaction.

        `before_ns` is the estimated time before its receipt, negative if unknown.
        """
        offset = self._offset
        try:
            _pack_row(
                self._window,
                offset,
                loop_ns >> TICK_SHIFT,
                checks_ns >> TICK_SHIFT,
                code_ns >> TICK_SHIFT,
                discord_ns >> TICK_SHIFT,
                limited_ns >> TICK_SHIFT,
                after_ns >> TICK_SHIFT,
                before_ns >> TICK_SHIFT if before_ns >= 0 else UNKNOWN_TICKS,
            )
        except struct.error:  # one of them is longer than 73 minutes
            stages = (loop_ns, checks_ns, code_ns, discord_ns, limited_ns, after_ns)
            _pack_row(self._window, offset, *map(_ticks, stages), UNKNOWN_TICKS if before_ns < 0 else _ticks(before_ns))
        offset += _ROW_BYTES
        self._offset = 0 if offset == len(self._window) * _ITEM_BYTES else offset
        self._rows += 1

    def missed(self, refused: bool, over_ns: int, stages_ns: tuple[int, ...], before_ns: int) -> None:
        """Count an interaction that was answered too late, or whose first response Discord rejected."""
        self._missed().add(refused, over_ns, stages_ns, before_ns)

    def unanswered(self, number: int = 1) -> None:
        """Count an interaction that ended without a first response; -1 takes one back that got it after its end."""
        misses = self._misses or self._missed()
        misses.unanswered += number

    def waited(self, place: Place) -> None:
        """Count a line of the bot's code in which a slow first response waited."""
        if self._places is None:
            self._places = {}
        places = self._places
        if place not in places and len(places) >= LARGEST_PLACES:
            del places[min(places, key=places.__getitem__)]
        places[place] = places.get(place, 0) + 1

    def snapshot(self) -> StageSnapshot:
        """A copy as of now."""
        places = sorted((self._places or {}).items(), key=lambda item: -item[1])
        return StageSnapshot(
            self._window[: self._rows * SPLIT_ROW],
            self.deferred,
            (self._misses or _NO_MISSES).snapshot(self.waiting),
            tuple(places),
        )

    def misses_by_kind(self) -> Mapping[str, int]:
        """Missed deadlines since the start by kind: `late`, `rejected`, `unanswered`."""
        known = self._misses
        if known is None:
            return _NONE_MISSED
        return {"late": known.late, "rejected": known.refused, "unanswered": known.unanswered}

    def _missed(self) -> _Misses:
        if self._misses is None:
            self._misses = _Misses()
        return self._misses


class _Misses:
    """Counts of missed deadlines."""

    __slots__ = ("_before_ns", "_most_over_ns", "_over_ns", "_stages_ns", "late", "refused", "unanswered")

    def __init__(self) -> None:
        self.unanswered = 0
        self.late = self.refused = 0
        self._over_ns = self._most_over_ns = self._before_ns = 0
        self._stages_ns = [0] * Stage.AFTER

    def add(self, refused: bool, over_ns: int, stages_ns: tuple[int, ...], before_ns: int) -> None:
        if refused:
            self.refused += 1
        else:
            self.late += 1
        over_ns = max(0, over_ns)
        self._over_ns += over_ns
        self._most_over_ns = max(self._most_over_ns, over_ns)
        self._before_ns += max(0, before_ns)
        self._stages_ns = [sum(pair) for pair in zip(self._stages_ns, stages_ns, strict=True)]

    def snapshot(self, waiting: int) -> Misses:
        return Misses(
            self.late,
            self.refused,
            self.unanswered,
            waiting,
            self._over_ns,
            self._most_over_ns,
            tuple(self._stages_ns),
            self._before_ns,
        )


_NO_MISSES = _Misses()
_NONE_MISSED: Mapping[str, int] = {}


def _ticks(duration_ns: int) -> int:
    return max(0, min(duration_ns >> TICK_SHIFT, UNKNOWN_TICKS - 1))
