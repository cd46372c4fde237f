"""Sums over the series of a system: of a measure as a whole, and split by an attribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plugin.histogram import TICK_NS, Histogram
from plugin.model import SeriesCourse, SystemPast, SystemSeries

HOUR_S = 3600
LEAST_HOURS = 1
"""Of a shorter period, nothing is told by the hour or by the day."""


def of_measure(past: SystemPast, measure: str, **attributes: str) -> list[SystemSeries]:
    """The series of a measure that have these attribute values."""
    return [
        series
        for series in past.series
        if series.measure == measure and all(series.attributes.get(name) == of for name, of in attributes.items())
    ]


def course(past: SystemPast, measure: str) -> SeriesCourse | None:
    """The course of a measure that has one series; None where it has none."""
    series = of_measure(past, measure)
    return series[0].course if series else None


def measures(past: SystemPast) -> list[str]:
    """The names of all measures that have a series, in the order of their names."""
    return sorted({series.measure for series in past.series})


def total(series: Iterable[SystemSeries]) -> float:
    """What was added to counters over the period, or the sum of all values of histograms."""
    return sum(_sum(one.course) for one in series)


def total_before(series: Iterable[SystemSeries]) -> float | None:
    """The same over the previous period; None where history does not cover it whole."""
    courses = [one.before for one in series]
    known = [course for course in courses if course is not None]
    return sum(map(_sum, known)) if len(known) == len(courses) and known else None


def level(of: SeriesCourse | None) -> float | None:
    """The last value of a gauge, or the mean of the last step where history does not know its last value."""
    if of is None or not of.points:
        return None
    values = of.points[-1].values
    if values.last is not None:
        return values.last
    return values.sum / values.count if values.count else None


def distribution(courses: Iterable[SeriesCourse]) -> Histogram:
    """How often values of each size were recorded, over all steps of these courses."""
    merged = Histogram()
    for course in courses:
        for point in course.points:
            if point.values.distribution is not None:
                merged.merge(point.values.distribution)
    return merged


def quantile(histogram: Histogram, at: float, resolution: float) -> float | None:
    """A quantile (0 to 1) in the unit of the measure; None where too few values carry it."""
    found_ns = histogram.carried_ns(at)
    return None if found_ns is None else found_ns * resolution / TICK_NS


def split(series: Iterable[SystemSeries], attribute: str) -> Mapping[str, list[SystemSeries]]:
    """Series by the value of one attribute, those with the largest total first."""
    found: dict[str, list[SystemSeries]] = {}
    for one in series:
        found.setdefault(one.attributes.get(attribute, ""), []).append(one)
    return dict(sorted(found.items(), key=lambda item: -total(item[1])))


def together(series: Iterable[SystemSeries]) -> dict[int, float]:
    """What was added in each step, over all these series, by the step's begin."""
    steps: dict[int, float] = {}
    for one in series:
        for point in one.course.points:
            steps[point.at] = steps.get(point.at, 0.0) + point.values.sum
    return steps


def hours(past: SystemPast) -> float:
    """The length of the period in hours, as far as history covers it."""
    start = max(past.spans.start, past.spans.since or past.spans.start)
    return max(past.spans.end - start, 60) / HOUR_S


def has_rates(past: SystemPast) -> bool:
    """Whether the period is long enough to tell what an hour or a day brings."""
    return hours(past) >= LEAST_HOURS


def _sum(course: SeriesCourse) -> float:
    return sum(point.values.sum for point in course.points)
