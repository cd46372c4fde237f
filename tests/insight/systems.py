"""Series of a bot's own system, as history would tell of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from plugin.histogram import TICK_NS, Histogram
from plugin.model import (
    Finding,
    Period,
    SeriesCourse,
    SeriesDelta,
    SeriesPoint,
    Severity,
    Spans,
    Subject,
    SubjectKind,
    SystemPast,
    SystemSeries,
)

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


def a_small_economy() -> SystemPast:
    """One whose transactions doubled, whose supply grew and whose prices stayed."""
    noise = random.Random(1)
    return a_past(
        counter(
            "economy.transactions",
            lambda _: round(noise.gauss(60, 8)),
            lambda _: round(noise.gauss(30, 5)),
            kind="daily",
        ),
        counter(
            "economy.transactions", lambda _: round(noise.gauss(9, 2)), lambda _: round(noise.gauss(9, 2)), kind="gift"
        ),
        gauge("economy.supply", lambda hour: 1_204_500 + 120 * hour, lambda hour: 1_184_340 + 120 * hour),
        histogram("economy.price", _prices(2), _prices(3)),
        timer("economy.payout", lambda hour: [0.004 + 0.0001 * (hour % 9)] * 5, lambda hour: [0.004] * 5),
    )


def a_large_economy() -> SystemPast:
    """One of a fleet, with more series than a page shows and names that are hard to draw."""
    names = ["daily", "`*odd*`", "w" * 90, "über", "商店", *(f"kind {number}" for number in range(60))]
    transactions = [
        counter(
            "economy.transactions",
            lambda hour, n=n: (n + 1) * 40_000 + hour,
            lambda hour, n=n: (n + 1) * 40_000 + hour,
            kind=kind,
            shop="north",
        )
        for n, kind in enumerate(names)
    ]
    gauges = [gauge(f"economy.balance_of_part_{n}", lambda hour, n=n: -1e7 * n - hour) for n in range(12)]
    return a_past(*transactions, *gauges, spans=SPANS._replace(instances=3))._replace(left_out=41)


def findings() -> list[Finding]:
    """What stands about the economy, more than a page shows, and what stands about others."""
    own = [
        Finding(
            "threshold",
            Subject(SubjectKind.MEASURE, f"economy.transactions > {bound}"),
            severity,
            f"economy.transactions{{kind=`*odd*`}}: 612 per hour is above {bound} (threshold)",
            END - HOUR * bound,
            until,
        )
        for bound, severity, until in (
            (1, Severity.WARNING, None),
            (2, Severity.CRITICAL, None),
            (3, Severity.UNKNOWN, END - 60.0),
            *((bound, Severity.WARNING, None) for bound in range(4, 9)),
        )
    ]
    others = ("activity.points", "memory_bytes")
    return own + [own[0]._replace(subject=Subject(SubjectKind.MEASURE, name)) for name in others]


def since_start(past: SystemPast) -> SystemPast:
    """The same as counts since the start of the process."""
    spans = Spans(Period.ALL, START, END, None, START, None)
    series = [one._replace(course=SeriesCourse(WEEK, one.course.points[-1:]), before=None) for one in past.series]
    return SystemPast(past.system, spans, tuple(series), since_start=True)


def timer(
    measure: str, values: Callable[[int], Sequence[float]], before: Callable[[int], Sequence[float]]
) -> SystemSeries:
    """A timer that recorded these seconds in each hour."""
    resolution = TICK_NS / 1e9
    scaled = histogram(
        measure,
        lambda hour: [value / resolution for value in values(hour)],
        lambda hour: [value / resolution for value in before(hour)],
    )
    return scaled._replace(unit="s", resolution=resolution)


def _prices(seed: int) -> Callable[[int], Sequence[float]]:
    noise = random.Random(seed)
    return lambda _: [noise.lognormvariate(4, 1) for _ in range(20)]
