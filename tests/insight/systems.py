"""Series of a bot's own system, as history would tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from plugin.histogram import TICK_NS, Histogram
from plugin.model import Period, SeriesCourse, SeriesDelta, SeriesPoint, Spans, SystemPast, SystemSeries

T = TypeVar("T")

HOUR, WEEK = 3600, 7 * 86_400
END = 1_790_000_000 // HOUR * HOUR
START = END - WEEK
SPANS = Spans(Period.WEEK, START, END, START - WEEK, START - WEEK, None)

Values = Callable[[int], float]
"""From the hour, counted from the begin of the period, to a value."""


def counter(measure: str, added: Values, before: Values | None = None, **attributes: str) -> SystemSeries:
    """A counter that added so much in each hour of the week, and of the week before."""
    return _series(measure, "counter", attributes, added, before, _one)


def gauge(measure: str, level: Values, before: Values | None = None, **attributes: str) -> SystemSeries:
    """A gauge that stood so high in each hour."""
    return _series(measure, "gauge", attributes, level, before, _one)


def histogram(
    measure: str,
    values: Callable[[int], Sequence[float]],
    before: Callable[[int], Sequence[float]] | None = None,
    **attributes: str,
) -> SystemSeries:
    """A histogram of resolution 1 that recorded these values in each hour."""
    course = _course(values, START, _several)
    return SystemSeries(
        measure, attributes, "histogram", "{coin}", 1.0, course, before and _course(before, START - WEEK, _several)
    )


def a_past(*series: SystemSeries, spans: Spans = SPANS) -> SystemPast:
    """A week of the economy."""
    return SystemPast("economy", spans, series)


def _series(
    measure: str,
    kind: str,
    attributes: Mapping[str, str],
    now: Values,
    before: Values | None,
    make: Callable[[float], SeriesDelta | None],
) -> SystemSeries:
    course = _course(now, START, make)
    return SystemSeries(
        measure, attributes, kind, "{coin}", 1.0, course, before and _course(before, START - WEEK, make)
    )


def _course(values: Callable[[int], T], start: int, make: Callable[[T], SeriesDelta | None]) -> SeriesCourse:
    made = ((start + hour * HOUR, make(values(hour))) for hour in range(WEEK // HOUR))
    return SeriesCourse(HOUR, tuple(SeriesPoint(at, delta) for at, delta in made if delta is not None))


def _one(value: float) -> SeriesDelta:
    return SeriesDelta(1, value, value, value)


def _several(values: Sequence[float]) -> SeriesDelta | None:
    if not values:
        return None
    histogram = Histogram()
    for value in values:
        histogram.record(int(value * TICK_NS))
    return SeriesDelta(len(values), sum(values), min(values), max(values), histogram)
