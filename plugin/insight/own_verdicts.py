"""Whether the latest values of an own measure are beyond its bound.

A counter's sum over a minute, an hour or a day is a fact and needs no proof beyond itself; to be below its bound, all
of that time must have been seen. A gauge must stay beyond its bound for some minutes. The mean and the quantiles of a
histogram must prove that they are beyond it by more than chance. Each ends only when the opposite is as sure.
"""

from __future__ import annotations

import enum
import math
from typing import NamedTuple

from plugin.histogram import TICK_NS, Histogram, bucket_bounds_ns, bucket_value_ns
from plugin.insight.evidence import CLEARED_BY, RAISED_BY, student_quantile
from plugin.insight.own_windows import LatestLevels, SlidingWindow, WindowSum
from plugin.insight.proportions import exceeds, falls_short
from plugin.measures import MeasureKind
from plugin.model import SeriesKind
from plugin.own_thresholds import MEAN, QUANTILES, OwnThreshold

LEAST = {MeasureKind.COUNTER: 1, MeasureKind.GAUGE: 3, MeasureKind.HISTOGRAM: 20}
"""Measurements without which nothing is proven, unless a threshold says otherwise: minutes, or recorded values."""
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


def of_histogram(threshold: OwnThreshold, found: WindowSum, kind: SeriesKind) -> OwnVerdict:
    """Judge the mean or a quantile of the values in the window of the threshold."""
    if found.distribution is None or found.number < max(2, threshold.least or LEAST[MeasureKind.HISTOGRAM]):
        return UNDECIDED
    unit = kind.resolution / TICK_NS
    if threshold.value == MEAN:
        return _mean(threshold, found, _variance(found.distribution, unit))
    return _quantile(threshold, found.distribution, unit)


def _mean(threshold: OwnThreshold, found: WindowSum, variance: float) -> OwnVerdict:
    """By the bounds of Student's t."""
    mean, freedom = found.total / found.number, found.number - 1
    error = math.sqrt(variance / freedom)
    beyond = threshold.bound - mean if threshold.below else mean - threshold.bound
    if beyond > student_quantile(freedom, RAISED_BY) * error:
        return OwnVerdict(Side.CROSSED, mean, found.number)
    sure = -beyond > student_quantile(freedom, CLEARED_BY) * error
    return OwnVerdict(Side.WITHIN if sure else Side.UNDECIDED, mean, found.number)


def _quantile(threshold: OwnThreshold, values: Histogram, unit: float) -> OwnVerdict:
    """By the share of values above the bound; a bucket that the bound cuts counts for neither side."""
    quantile, number = QUANTILES[threshold.value], values.total
    used = [(bucket_bounds_ns(index), count) for index, count in enumerate(values.counts) if count]
    surely = sum(count for (low, _), count in used if low * unit >= threshold.bound)
    at_most = sum(count for (_, high), count in used if high * unit > threshold.bound)
    if threshold.below:
        crossed = falls_short(at_most, number, 1 - quantile, RAISED_BY)
        within = exceeds(surely, number, 1 - quantile, CLEARED_BY)
    else:
        crossed = exceeds(surely, number, 1 - quantile, RAISED_BY)
        within = falls_short(at_most, number, 1 - quantile, CLEARED_BY)
    side = Side.CROSSED if crossed else Side.WITHIN if within else Side.UNDECIDED
    return OwnVerdict(side, (values.quantile_ns(quantile) or 0) * unit, number)


def _variance(values: Histogram, unit: float) -> float:
    found = [(bucket_value_ns(index) * unit, count) for index, count in enumerate(values.counts) if count]
    mean = sum(value * count for value, count in found) / values.total
    return sum((value - mean) ** 2 * count for value, count in found) / values.total
