"""How much own measures vary from step to step beyond what independent events would."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean, pvariance

from plugin.histogram import TICK_NS, Histogram
from plugin.insight.changes import BURST
from plugin.insight.dispersion import Sum, largest, variance
from plugin.insight.systems import totals
from plugin.model import SeriesCourse, SystemSeries

FEWEST_STEPS = 12
UNKNOWN_BURST = 50.0
"""Where too few steps tell how much a counter varies."""


def burst_of(series: Iterable[SystemSeries]) -> float:
    """The variance of what counters add in a step as a multiple of its mean, at least that of invocations.

    The rhythm of the day is part of it, so that a change needs more than that to hold up.
    """
    known = list(series)
    added = totals.together(known)
    step_s = known[0].course.step_s
    steps = [added.get(at, 0.0) for at in range(min(added), max(added) + 1, step_s)] if added else []
    if len(steps) < FEWEST_STEPS:
        return UNKNOWN_BURST
    mean = fmean(steps)
    return max(BURST, pvariance(steps) / mean) if mean > 0 else BURST


def dispersion_of(series: Iterable[SystemSeries], now: Histogram, before: Histogram) -> float:
    """Dispersion of the values of histograms, at least 1; as of the times to answers."""
    known = list(series)
    sums = [_sums(one.course for one in known), _sums(one.before for one in known if one.before is not None)]
    factor = TICK_NS / known[0].resolution
    return largest(
        [[(at, value * factor, number) for at, value, number in span] for span in sums], [*map(variance, (now, before))]
    )


def _sums(courses: Iterable[SeriesCourse]) -> list[Sum]:
    return [(point.at, point.values.sum, point.values.count) for course in courses for point in course.points]
