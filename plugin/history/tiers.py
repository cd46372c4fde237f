"""Choose the tier of rows to read for each part of a span: pure arithmetic on Unix seconds."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple


class Tier(enum.IntEnum):
    """A tier of rows; its value is the seconds that one row covers."""

    MINUTE = 60
    HOUR = 3600
    DAY = 86_400
    EVER = 2**62
    """One row for everything that was rolled up into days; its time is 0."""

    def floor(self, at: int) -> int:
        """Start of the row that covers a moment."""
        return at - at % self

    def ceil(self, at: int) -> int:
        """Start of the first row that starts at a moment or later."""
        return -(-at // self) * self


class Marks(NamedTuple):
    """How far one instance is rolled up: a tier is complete below its mark and empty from there on.

    The last hour may therefore hold only part of its minutes.
    """

    hours_until: int
    days_until: int


class KeptFrom(NamedTuple):
    """Since when the finer tiers of a bot are kept."""

    minutes_from: int = 0
    hours_from: int = 0

    def aligned(self, at: int) -> int:
        """`at` rounded down to the start of a row of the finest tier that is kept there.

        It never decreases with `at`, so neighbouring spans remain neighbours once aligned.
        """
        return self.tier(at).floor(at)

    def tier(self, at: int) -> Tier:
        """The finest tier that is kept at a moment."""
        # Hour rows may be pruned further than minute rows if no minute rows existed.
        if at < self.hours_from:
            return Tier.DAY
        return Tier.HOUR if at < self.minutes_from else Tier.MINUTE


class Segment(NamedTuple):
    """A span of time to be read from one tier, from `start` up to, not including, `end`."""

    tier: Tier
    start: int
    end: int

    def slices(self, length: int) -> Iterator[range]:
        """The times of the segment's rows, in runs of at most `length`."""
        times = range(self.start, self.end, self.tier)
        return (times[index : index + length] for index in range(0, len(times), length))


def cover(start: int, end: int, marks: Marks, coarsest: Tier = Tier.DAY) -> list[Segment]:
    """Segments that cover a span exactly once: coarsest rows first, finer ones at the edges and past the marks."""
    until = {Tier.DAY: marks.days_until, Tier.HOUR: marks.hours_until, Tier.MINUTE: end}
    tiers = tuple(tier for tier in (Tier.DAY, Tier.HOUR, Tier.MINUTE) if tier <= coarsest)
    return _cover(start, end, tiers, until)


def _cover(start: int, end: int, tiers: tuple[Tier, ...], until: dict[Tier, int]) -> list[Segment]:
    if start >= end:
        return []
    tier, *rest = tiers
    finer = tuple(rest)
    if not finer:
        return [Segment(tier, start, end)]
    # The row that contains the mark holds nothing past it, so the whole row fits if the mark does.
    first, last = tier.ceil(start), until[tier] if until[tier] <= end else tier.floor(end)
    if first >= last:
        return _cover(start, end, finer, until)
    before, after = _cover(start, first, finer, until), _cover(last, end, finer, until)
    return [*before, Segment(tier, first, last), *after]
