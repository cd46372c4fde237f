"""How much own measures vary from step to step, and their courses as charts draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from plugin.insight.systems import courses, totals
from plugin.insight.systems.clumps import burst_of, dispersion_of
from plugin.model import SeriesCourse, SeriesDelta, SeriesPoint, SystemSeries
from tests.insight.systems import HOUR, START, a_past, counter, gauge, histogram

BURST, UNKNOWN_BURST = 5.0, 50.0
"""What is promised."""


def added(*steps: float | None, **attributes: str) -> SystemSeries:
    """A counter that added so much in each hour; None where it has no row."""
    series = counter("shop.sold", lambda hour: steps[hour] or 0.0 if hour < len(steps) else 0.0, **attributes)
    points = zip(series.course.points, steps, strict=False)
    return series._replace(course=SeriesCourse(HOUR, tuple(point for point, value in points if value is not None)))


@pytest.mark.parametrize(
    ("steps", "burst"),
    [
        pytest.param([0, 200] * 6, 100, id="variance over mean"),
        pytest.param([200, *[None] * 9, 200, 0], 5 / 36 * 40_000 / (200 / 6), id="hours without a row are zeros"),
        pytest.param([0, 200] * 5 + [0], UNKNOWN_BURST, id="too few steps"),
        pytest.param([], UNKNOWN_BURST, id="nothing"),
        pytest.param([100] * 12, BURST, id="evenly"),
        pytest.param([0] * 12, BURST, id="never"),
        pytest.param([10] + [0] * 19, 9.5, id="rarely"),
    ],
)
def test_a_counter_varies_by_its_steps(steps: Sequence[float | None], burst: float) -> None:
    """At least as invocations do."""
    assert burst_of([added(*steps)]) == pytest.approx(burst)


def test_series_vary_together() -> None:
    """Where one adds what the other does not, the whole is even."""
    turns = [added(*[0, 200] * 6, kind="a"), added(*[200, 0] * 6, kind="b")]
    assert burst_of(turns) == BURST


def spread(values: Callable[[int], Sequence[float]], before: Callable[[int], Sequence[float]]) -> float:
    """The dispersion of a histogram of these values."""
    series = histogram("shop.price", values, before)
    assert series.before is not None
    return dispersion_of([series], *(totals.distribution([course]) for course in (series.course, series.before)))


def alike(hour: int) -> Sequence[float]:
    """All values of an hour are small, or all are large."""
    return [100.0 if hour % 2 else 1000.0] * 20


def mixed(_: int) -> Sequence[float]:
    """Each hour has as many small as large ones."""
    return [100.0, 1000.0] * 10


def test_values_that_come_together_vary_more() -> None:
    """By how many come together; before counts as now."""
    assert spread(mixed, mixed) == 1
    assert spread(alike, alike) == pytest.approx(20, rel=0.2)
    assert spread(alike, mixed) == pytest.approx(spread(mixed, alike), rel=0.01)
    assert 5 < spread(alike, mixed) < 15


@pytest.mark.parametrize("resolution", [1.0, 0.001, 1000.0])
def test_the_unit_of_values_does_not_matter(resolution: float) -> None:
    """The same values, told in other ones."""
    series = histogram("shop.price", alike)
    points = tuple(
        point._replace(values=point.values._replace(sum=point.values.sum * resolution))
        for point in series.course.points
    )
    other = series._replace(resolution=resolution, course=SeriesCourse(HOUR, points))
    now = totals.distribution([series.course])
    assert dispersion_of([other], now, now) == pytest.approx(dispersion_of([series], now, now))


def test_a_level_is_the_mean_of_each_step() -> None:
    """A step without values has none."""
    deltas = [SeriesDelta(4, 20, 2, 8), SeriesDelta(0, 0, 0, 0), SeriesDelta(1, 7, 7, 7)]
    course = SeriesCourse(HOUR, tuple(SeriesPoint(START + HOUR * at, delta) for at, delta in enumerate(deltas)))
    assert courses.levels(course) == ((START, 5), (START + 2 * HOUR, 7))


def test_a_quantile_of_each_step_is_over_all_series() -> None:
    """In the unit of the measure, oldest first."""
    one, other = (
        histogram("shop.price", lambda hour, of=of: [of] * 5 if hour < 2 else [], None, kind=str(of))
        for of in (64.0, 640.0)
    )
    halves = [series._replace(resolution=0.5) for series in (one, other)]
    assert [value for _, value in courses.quantiles(halves, 0.9)] == [pytest.approx(320, rel=0.06)] * 2
    assert courses.quantiles(halves, 0.9)[0][0] == START
    assert courses.quantiles([], 0.9) == ()


@pytest.mark.parametrize(
    ("end", "number"), [(2 * HOUR + 59, 1), (2 * HOUR + 60, 2), (2 * HOUR + 61, 2), (HOUR, 0), (0, 0)]
)
def test_steps_that_are_over_are_told(end: int, number: int) -> None:
    """The last minute of a period is not over."""
    past = a_past(counter("shop.sold", lambda _: 3))
    past = past._replace(spans=past.spans._replace(end=START + end))
    assert courses.per_hour(past, past.series) == tuple((START + HOUR * at, 3) for at in range(number))


def test_a_gauge_without_values_has_no_level() -> None:
    """Nor one without steps, or that was not read."""
    empty = SeriesCourse(HOUR, (SeriesPoint(START, SeriesDelta(0, 0, 0, 0)),))
    assert totals.level(empty) is totals.level(SeriesCourse(HOUR, ())) is totals.level(None) is None
    assert totals.level(gauge("shop.stock", lambda hour: hour).course) == 167
