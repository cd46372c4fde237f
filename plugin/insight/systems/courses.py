"""Courses of own measures over a period, as charts draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugin.insight.systems import totals
from plugin.model import SeriesCourse, SystemPast, SystemSeries
from plugin.words import rough_span

MINUTE_S = 60

Points = tuple[tuple[float, float | None], ...]
"""Unix time in seconds of a step's begin, and the value."""


def per_hour(past: SystemPast, series: Sequence[SystemSeries]) -> Points:
    """What counters added in each step that is over, per hour; a step between others without a row added nothing."""
    added, step_s = totals.together(series), series[0].course.step_s
    # The period includes the present minute.
    over = [at for at in added if at + step_s <= past.spans.end - MINUTE_S]
    if not over:
        return ()
    factor = totals.HOUR_S / step_s
    return tuple((float(at), added.get(at, 0.0) * factor) for at in range(min(over), max(over) + 1, step_s))


def levels(course: SeriesCourse) -> Points:
    """The mean of a gauge in each step."""
    return tuple(
        (float(point.at), point.values.sum / point.values.count) for point in course.points if point.values.count
    )


def quantiles(series: Iterable[SystemSeries], at: float) -> Points:
    """A quantile of histograms in each step; None where too few values carry it."""
    steps: dict[int, list[SeriesCourse]] = {}
    resolution = 1.0
    for one in series:
        resolution = one.resolution
        for point in one.course.points:
            steps.setdefault(point.at, []).append(SeriesCourse(one.course.step_s, (point,)))
    return tuple(
        (float(begin), totals.quantile(totals.distribution(courses), at, resolution))
        for begin, courses in sorted(steps.items())
    )


def newest_label(series: SystemSeries) -> str:
    """What the last point of a line is over, as its label: `last 60 min`."""
    return f"last {rough_span(series.course.step_s)}"
