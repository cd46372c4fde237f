"""Whether the latest values of a measure are beyond the bound of an own rule.

A counter's sum over a minute, an hour or a day is a fact and needs no proof beyond itself; to be below its bound, all
of that time must have been seen. A gauge must stay beyond its bound for some minutes. The mean and the quantiles of a
histogram, and a share, must prove that they are beyond it by more than chance. Each ends only when the opposite is as
sure; where nothing stands, nobody asks for that, which saves most of the work.
"""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import BUCKETS, TICK_NS, Histogram, bucket_bounds_ns, bucket_value_ns
from plugin.insight.evidence import CLEARED_BY, RAISED_BY, share_evidence, student_quantile
from plugin.insight.outcomes import Slot
from plugin.insight.own_windows import LatestLevels, Quiet, SlidingWindow, WindowSum
from plugin.insight.proportions import exceeds, falls_short
from plugin.measures import MeasureKind
from plugin.model import SeriesKind
from plugin.own_rules import MEAN, QUANTILES, OwnThreshold

LEAST = {MeasureKind.COUNTER: 1, MeasureKind.GAUGE: 3, MeasureKind.HISTOGRAM: 20}
"""Measurements without which nothing is proven, unless a threshold says otherwise: minutes, or recorded values."""
LEAST_JUDGED = 10
"""Invocations without which no share is proven, unless a rule says otherwise."""
HYSTERESIS = 0.1
"""A sum is back within its bound once it is this share of the bound away from it."""


class Side(enum.Enum):
    """The side of a bound on which a measure is."""

    CROSSED = "crossed"
    WITHIN = "within"
    UNDECIDED = "undecided"


class OwnVerdict(NamedTuple):
    """The verdict of the latest values."""

    side: Side
    value: float | None = None
    """In the unit of the measure."""
    number: int = 0
    """Number of measurements."""


UNDECIDED = OwnVerdict(Side.UNDECIDED)


def of_counter(threshold: OwnThreshold, window: SlidingWindow) -> OwnVerdict:
    """Judge the sum over the window of the threshold."""
    bound, margin = threshold.bound, HYSTERESIS * abs(threshold.bound)
    if threshold.below:
        found = window.around()
        if not window.covered:
            return UNDECIDED
        if found.total < bound:
            return OwnVerdict(Side.CROSSED, found.total, found.number)
        return OwnVerdict(Side.WITHIN if found.total >= bound + margin else Side.UNDECIDED, found.total)
    found = window.within()
    if found.total > bound and found.number >= (threshold.least or LEAST[MeasureKind.COUNTER]):
        return OwnVerdict(Side.CROSSED, found.total, found.number)
    sure = window.covered and found.total <= bound - margin
    return OwnVerdict(Side.WITHIN if sure else Side.UNDECIDED, found.total)


def of_gauge(threshold: OwnThreshold, levels: LatestLevels) -> OwnVerdict:
    """Judge whether all of the latest levels are on one side."""
    values = levels.values
    if not levels.full:
        return UNDECIDED
    beyond = sum(value < threshold.bound if threshold.below else value > threshold.bound for value in values)
    side = {len(values): Side.CROSSED, 0: Side.WITHIN}.get(beyond, Side.UNDECIDED)
    return OwnVerdict(side, values[-1], len(values))


def of_share(threshold: OwnThreshold, slots: Sequence[Slot], was: float | None) -> tuple[OwnVerdict, float | None]:
    """Judge the share of errors in percent, of slots that come newest first; and what it surely is, if crossed.

    `was` is the percentage that a share that stands surely was: it is over where it is certainly less by now.
    """
    minimum, before = threshold.least or LEAST_JUDGED, None if was is None else was / 100
    found = share_evidence(slots, minimum, threshold.bound / 100, RAISED_BY, before)
    if found.value is None:
        return UNDECIDED, None
    side = Side.CROSSED if found.crossed else Side.WITHIN if found.over else Side.UNDECIDED
    least = None if found.least is None else 100 * found.least
    return OwnVerdict(side, 100 * found.value, sum(map(sum, slots))), least


def of_silence(threshold: OwnThreshold, quiet: Quiet) -> OwnVerdict:
    """Judge how long nothing was counted, in seconds."""
    lasted_s = quiet.lasted_s
    if lasted_s >= threshold.for_s:
        return OwnVerdict(Side.CROSSED, lasted_s)
    return OwnVerdict(Side.WITHIN if quiet.broken else Side.UNDECIDED, lasted_s)


def of_histogram(threshold: OwnThreshold, found: WindowSum, kind: SeriesKind, *, stands: bool = True) -> OwnVerdict:
    """Judge the mean or a quantile of the values in the window of the threshold."""
    if found.distribution is None or found.number < max(2, threshold.least or LEAST[MeasureKind.HISTOGRAM]):
        return UNDECIDED
    unit = _unit(kind)
    if threshold.value == MEAN:
        return _mean(threshold, found, unit, stands=stands)
    return _quantile(threshold, found.distribution, unit, stands=stands)


def _mean(threshold: OwnThreshold, found: WindowSum, unit: float, *, stands: bool) -> OwnVerdict:
    """By the bounds of Student's t."""
    mean, freedom = found.total / found.number, found.number - 1
    beyond = threshold.bound - mean if threshold.below else mean - threshold.bound
    if found.distribution is None or (beyond <= 0 and not stands):
        return OwnVerdict(Side.UNDECIDED, mean, found.number)
    error = math.sqrt(_variance(found.distribution, unit) / freedom)
    if beyond > student_quantile(freedom, RAISED_BY) * error:
        return OwnVerdict(Side.CROSSED, mean, found.number)
    sure = -beyond > student_quantile(freedom, CLEARED_BY) * error
    return OwnVerdict(Side.WITHIN if sure else Side.UNDECIDED, mean, found.number)


def _quantile(threshold: OwnThreshold, values: Histogram, unit: float, *, stands: bool) -> OwnVerdict:
    """By the share of values above the bound; a bucket that the bound cuts counts for neither side."""
    above, number = 1 - QUANTILES[threshold.value], values.total
    from_surely, from_at_most = _buckets_beyond(threshold.bound, unit)
    surely, at_most = sum(values.counts[from_surely:]), sum(values.counts[from_at_most:])
    if threshold.below:
        crossed = falls_short(at_most, number, above, RAISED_BY)
        within = stands and exceeds(surely, number, above, CLEARED_BY)
    else:
        crossed = exceeds(surely, number, above, RAISED_BY)
        within = stands and falls_short(at_most, number, above, CLEARED_BY)
    if not crossed and not stands:
        return OwnVerdict(Side.UNDECIDED, None, number)
    side = Side.CROSSED if crossed else Side.WITHIN if within else Side.UNDECIDED
    return OwnVerdict(side, (values.quantile_ns(QUANTILES[threshold.value]) or 0) * unit, number)


@functools.lru_cache(maxsize=1024)
def _unit(kind: SeriesKind) -> float:
    """A nanosecond of the buckets, in the unit of the measure."""
    return kind.resolution / TICK_NS


@functools.lru_cache(maxsize=1024)
def _buckets_beyond(bound: float, unit: float) -> tuple[int, int]:
    """The first bucket whose values are surely beyond the bound, and the first whose values may be."""
    bounds = [bucket_bounds_ns(index) for index in range(BUCKETS)]
    surely = next((index for index, (low, _) in enumerate(bounds) if low * unit >= bound), BUCKETS)
    at_most = next((index for index, (_, high) in enumerate(bounds) if high * unit > bound), BUCKETS)
    return surely, at_most


def _variance(values: Histogram, unit: float) -> float:
    found = [(bucket_value_ns(index) * unit, count) for index, count in enumerate(values.counts) if count]
    mean = sum(value * count for value, count in found) / values.total
    return sum((value - mean) ** 2 * count for value, count in found) / values.total
