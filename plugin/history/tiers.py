"""Which tier of rows answers which part of a span of time: pure arithmetic on Unix seconds."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple


class Tier(enum.IntEnum):
    """Rows by the seconds that each of them covers."""

    MINUTE = 60
    HOUR = 3600
    DAY = 86_400
    EVER = 2**62
    """One row for all that was rolled up into days; its time is 0."""

    def floor(self, at: int) -> int:
        """Begin of the row that covers a moment."""
        return at - at % self

    def ceil(self, at: int) -> int:
        """Begin of the first row that begins at a moment or after it."""
        return -(-at // self) * self


class Marks(NamedTuple):
    """How far one instance is rolled up: a tier has all that lies below its mark, and nothing from there on.

    So the last hour may have a part of its minutes.
    """

    hours_until: int
    days_until: int


class KeptFrom(NamedTuple):
    """From when on the finer tiers of a bot are kept."""

    minutes_from: int = 0
    hours_from: int = 0

    def aligned(self, at: int) -> int:
        """The last moment up to `at` at which history can still be cut in two.

        It only grows with `at`, so that spans which meet before they are aligned meet afterwards.
        """
        return self.tier(at).floor(at)

    def tier(self, at: int) -> Tier:
        """The finest tier that is kept at a moment."""
        # Chunk by chunk, hours may be deleted further than minutes where there were none of these.
        if at < self.hours_from:
            return Tier.DAY
        return Tier.HOUR if at < self.minutes_from else Tier.MINUTE


class Segment(NamedTuple):
    """A span of time to be read from one tier, from `start` up to, not including, `end`."""

    tier: Tier
    start: int
    end: int

    def slices(self, length: int) -> Iterator[range]:
        """The times of the segment's rows, so many at once."""
        times = range(self.start, self.end, self.tier)
        return (times[index : index + length] for index in range(0, len(times), length))


def cover(start: int, end: int, marks: Marks, coarsest: Tier = Tier.DAY) -> list[Segment]:
    """Segments that cover a span once: the coarsest rows that fit, finer ones at the edges and where not rolled up."""
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
    # The row in which the mark lies has nothing beyond it, so it fits where the mark does.
    first, last = tier.ceil(start), until[tier] if until[tier] <= end else tier.floor(end)
    if first >= last:
        return _cover(start, end, finer, until)
    before, after = _cover(start, first, finer, until), _cover(last, end, finer, until)
    return [*before, Segment(tier, first, last), *after]
