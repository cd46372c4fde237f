"""Calls in strata of like hours: the same hours of the week, or at least of the day, before and after a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

HOUR_S, DAY_S = 3600, 86_400
OFTEN = 3
"""Calls per hour from which single hours are compared."""

Values = Mapping[int, int]
"""How many calls had each value: a bucket of a histogram, or whether they failed, 1 or 0."""


class Likeness(IntEnum):
    """The likeness of the compared hours."""

    NONE = 0
    """The day before and the day after, any hours."""
    DAY = 1
    """The same hour of the day, of working days or of weekends (in UTC)."""
    WEEK = 2
    """The same hour of the week."""


ENOUGH = {Likeness.WEEK: 20, Likeness.DAY: 20, Likeness.NONE: 10}
"""With fewer calls in like hours on either side, hours that are less alike are compared."""


class HourCalls(NamedTuple):
    """The calls of one hour."""

    at: int
    """Unix time in seconds of its begin."""
    values: Values


class ScoredHour(NamedTuple):
    """A block within its stratum."""

    at: int
    stratum: Stratum
    calls: int
    score: float
    """Sum of the calls' ranks within the stratum, from -1/2 to 1/2 each."""
    is_after: bool


class Stratum:
    """Like hours, before and after."""

    def __init__(self, before: Sequence[HourCalls], after: Sequence[HourCalls]) -> None:
        self.blocks = before, after
        self.before, self.after = (added(block.values for block in blocks) for blocks in self.blocks)
        both = self.before + self.after
        self.calls = both.total()
        self.calls_after = self.after.total()
        self.scores: dict[int, float] = {}
        below = 0
        for value in sorted(both):
            count = both[value]
            self.scores[value] = (below + count / 2) / self.calls - 0.5
            below += count
        self.spread = sum(count * self.scores[value] ** 2 for value, count in both.items()) / self.calls
        self.parts = [
            ScoredHour(block.at, self, sum(block.values.values()), self._score(block.values), is_after)
            for is_after, blocks in ((False, before), (True, after))
            for block in blocks
        ]

    def _score(self, values: Values) -> float:
        return sum(count * self.scores[value] for value, count in values.items() if count)

    def variance(self, calls: int) -> float:
        """Of the sum of so many scores, drawn without replacement."""
        return self.spread * calls * (self.calls - calls) / (self.calls - 1) if self.calls > 1 else 0.0

    @property
    def weight(self) -> float:
        """The weight of the stratum: `n m / (n + m)`."""
        return self.calls_after * (self.calls - self.calls_after) / self.calls


def like_hours(before: Sequence[HourCalls], after: Sequence[HourCalls]) -> tuple[Likeness, list[Stratum]] | None:
    """The calls of both sides in the likest hours that have enough of them; None where none have."""
    before, after = ([block for block in blocks if any(block.values.values())] for blocks in (before, after))
    if not before or not after:
        return None
    hours_s = _width_s(after)
    for likeness in sorted(Likeness, reverse=True):
        if likeness is Likeness.NONE:
            begin, end = min(block.at for block in after), max(block.at for block in before)
            before = [block for block in before if block.at > end - DAY_S]
            after = [block for block in after if block.at < begin + DAY_S]
        old, new = (_by_stratum(blocks, likeness, hours_s) for blocks in (before, after))
        strata = [Stratum(blocks, new[key]) for key, blocks in old.items() if key in new]
        calls_after = sum(stratum.calls_after for stratum in strata)
        if min(calls_after, sum(stratum.calls for stratum in strata) - calls_after) >= ENOUGH[likeness]:
            return likeness, strata
    return None


def _width_s(blocks: Sequence[HourCalls]) -> int:
    """How much time of the day counts as alike: a quarter for rare calls, as soon as the edges of it weigh little."""
    span_s = max(block.at for block in blocks) - min(block.at for block in blocks) + HOUR_S
    rare = sum(sum(block.values.values()) for block in blocks) < OFTEN * span_s / HOUR_S
    return 6 * HOUR_S if rare and span_s >= 2 * DAY_S else HOUR_S


def _is_weekend(at: int) -> bool:
    return at // DAY_S % 7 in (2, 3)  # Unix time began on a Thursday


def _by_stratum(
    blocks: Iterable[HourCalls], likeness: Likeness, hours_s: int
) -> dict[tuple[int, int], list[HourCalls]]:
    found: dict[tuple[int, int], list[HourCalls]] = defaultdict(list)
    for block in blocks:
        day = {Likeness.WEEK: block.at // DAY_S % 7, Likeness.DAY: int(_is_weekend(block.at))}.get(likeness, 0)
        found[day, 0 if likeness is Likeness.NONE else block.at % DAY_S // hours_s].append(block)
    return found


def added(values: Iterable[Values]) -> Counter[int]:
    """The counts of all."""
    whole: Counter[int] = Counter()
    for one in values:
        whole.update(one)
    return whole
