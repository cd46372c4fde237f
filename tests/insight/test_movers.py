"""The series that deviated most from the hour and the day before: exact bounds and scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from plugin.insight.movers import movers
from plugin.model import SeriesCourse, SeriesDelta, SeriesKept, SeriesPoint
from plugin.model.timeline import MomentPast, MomentWindow, Mover

NOON = 1_699_963_200
WINDOW = MomentWindow(NOON + 450, NOON, NOON + 900)


def course(values: Sequence[float], step_s: int = 60, count: int = 1) -> SeriesCourse:
    """One point for each value; with a count above one, the value is the mean of so many."""
    deltas = [SeriesDelta(count, value * count, value, value) for value in values]
    return SeriesCourse(step_s, tuple(SeriesPoint(NOON + step_s * at, delta) for at, delta in enumerate(deltas)))


def earlier(course: SeriesCourse, seconds: int) -> SeriesCourse:
    """The same so much earlier."""
    return course._replace(points=tuple(point._replace(at=point.at - seconds) for point in course.points))


def found(
    kind: str,
    now: SeriesCourse,
    hour: SeriesCourse,
    day: SeriesCourse,
    since: int | None = NOON - 90_000,
    at: float = NOON + 9000,
) -> tuple[Mover, ...]:
    """The movers among one series, with history from `since` on, asked `at` a time."""
    series = (SeriesKept("memory_bytes", "By", kind, ""),)
    before = (earlier(hour, 3600),), (earlier(day, 86_400),)
    return movers(MomentPast(WINDOW, {}, (), (), series, (now,), *before, since, at, 60))


def test_a_gauge_is_told_with_its_means_and_its_score() -> None:
    """The value now, the means of the hour and the day before, and the deviations by 1.4826 times the MAD."""
    hour, day = course([90, 100, 110, 90, 100, 110], count=2), course([90, 110, 100, 90, 110, 106])
    (mover,) = found("gauge", course([200, 220], count=3), hour, day)
    # Of the twelve minutes before, the median is 100 and the median deviation from it 10.
    assert mover == Mover("memory_bytes", "By", False, 210, 100, 101, pytest.approx(110 / 14.826))


def test_a_counter_is_told_by_the_minute_with_its_zeros() -> None:
    """Minutes without a row are zeros: 60 in the hour before, and those of the window now and the day before."""
    hour, day = course([120.0] * 30), course([60.0] * 5)
    (mover,) = found("counter", course([750.0, 750.0]), hour, day)
    # The mean of all 75 minutes before is 52, and their median is 0, as is the deviation from it.
    assert mover == Mover("memory_bytes", "By", True, 100, 60, 20, pytest.approx(100 / math.sqrt(52)))


def test_what_was_not_counted_before_was_zero() -> None:
    """A counter that grows for the first time, where history was kept before."""
    (mover,) = found("counter", course([750.0]), course([]), course([]))
    assert (mover.value, mover.hour_before, mover.day_before, mover.score) == (50, 0, 0, 50)


@pytest.mark.parametrize(
    ("since", "means"),
    [
        pytest.param(None, None, id="no history"),
        pytest.param(NOON - 599, None, id="nine whole minutes before"),
        pytest.param(NOON - 600, (0, None), id="ten minutes before"),
        pytest.param(NOON - 86_400, (0, 0), id="a day before"),
    ],
)
def test_a_counter_is_zero_only_where_history_was_kept(
    since: int | None, means: tuple[float | None, float | None] | None
) -> None:
    """What came before the start of history is unknown."""
    told = found("counter", course([50.0] * 15), course([]), course([]), since)
    assert [(mover.hour_before, mover.day_before) for mover in told] == ([] if means is None else [means])


@pytest.mark.parametrize("asked", [30, 60, 120, 450, 900])
def test_a_steady_counter_is_no_mover_while_its_window_lasts(asked: int) -> None:
    """Minutes that are not over, or not written yet, are unknown; the last of these has counted half."""
    now = course([100.0] * (asked // 60) + [50.0])
    assert found("counter", now, course([100.0] * 60), course([100.0] * 15), at=NOON + asked) == ()


def test_a_minute_that_is_not_over_does_not_count() -> None:
    """The mean is that of the minutes which history has whole."""
    now = course([1000.0] * 3 + [10.0])
    (mover,) = found("counter", now, course([100.0] * 60), course([100.0] * 15), at=NOON + 240)
    assert mover.value == 1000


@pytest.mark.parametrize(("minutes", "is_mover"), [(9, False), (10, True)])
def test_ten_minutes_before_tell_how_much_a_gauge_varies(minutes: int, is_mover: bool) -> None:
    """Both the hour and the day count."""
    now, hour, day = course([900.0]), course([100.0] * (minutes - 4)), course([100.0] * 4)
    assert bool(found("gauge", now, hour, day)) is is_mover


@pytest.mark.parametrize(
    ("value", "usual", "is_mover"),
    [
        pytest.param(125.0, 100.0, True, id="a quarter more"),
        pytest.param(124.0, 100.0, False, id="less than a quarter more"),
        pytest.param(80.0, 100.0, True, id="a fifth less"),
        pytest.param(81.0, 100.0, False, id="less than a fifth less"),
        pytest.param(0.0, 100.0, True, id="nothing left"),
        pytest.param(5.0, 0.0, True, id="from zero"),
        pytest.param(0.0, 0.0, False, id="still zero"),
        pytest.param(-5.0, 5.0, True, id="changed sign"),
        pytest.param(-5.0, -5.0, False, id="still negative"),
        pytest.param(0.5, 0.1, True, id="small levels"),
        pytest.param(0.11, 0.1, False, id="small levels that hardly differ"),
    ],
)
def test_a_steady_gauge_moves_by_a_quarter(value: float, usual: float, is_mover: bool) -> None:
    """The larger is at least 1.25 times the smaller; around zero any difference counts."""
    assert bool(found("gauge", course([value]), course([usual] * 60), course([usual] * 15))) is is_mover


@pytest.mark.parametrize(("value", "is_mover"), [(159.0, False), (160.0, True), (40.0, True), (41.0, False)])
def test_a_score_of_four_is_a_deviation(value: float, is_mover: bool) -> None:
    """A spread of 1.4826 times a median deviation of 10.12 is 15.0; four of these are 60."""
    apart = 15 / 1.4826 - 1e-9
    before = [100 - apart, 100, 100 + apart] * 20
    now = course([value])
    assert bool(found("gauge", now, course(before), course([100 - apart, 100 + apart] * 6))) is is_mover


def test_a_level_is_told_to_a_hundredth() -> None:
    """A gauge without any spread has one of a hundredth of its level, and one at zero a billionth."""
    (steady,) = found("gauge", course([-300.0]), course([-100.0] * 60), course([]))
    assert steady.score == pytest.approx(200)
    (zero,) = found("gauge", course([1e-8]), course([0.0] * 60), course([]))
    assert zero.score == pytest.approx(10)


@pytest.mark.parametrize(
    ("usual", "value", "score"),
    [
        pytest.param(0.5, 10.0, 9.5, id="at least one"),
        pytest.param(100.0, 200.0, 10.0, id="the root of the usual count"),
    ],
)
def test_counts_vary_as_those_of_poisson_do(usual: float, value: float, score: float) -> None:
    """The least spread of a counter is the root of its usual count."""
    (mover,) = found("counter", course([value] * 15), course([usual] * 60), course([usual] * 15))
    assert mover.score == pytest.approx(score)


@pytest.mark.parametrize(
    ("now_s", "hour_s", "is_mover"), [(60, 60, True), (61, 60, False), (60, 61, False), (30, 60, True)]
)
def test_only_minutes_are_compared(now_s: int, hour_s: int, is_mover: bool) -> None:
    """Steps above a minute, now or in the hour before, tell nothing."""
    now, hour, day = course([900.0], now_s), course([100.0] * 60, hour_s), course([100.0] * 15)
    assert bool(found("gauge", now, hour, day)) is is_mover


def test_a_gauge_that_is_gone_is_no_mover() -> None:
    """Only a counter without rows is known to have stood still."""
    before = course([100.0] * 60), course([100.0] * 15)
    assert found("gauge", course([]), *before) == ()
    assert [mover.value for mover in found("counter", course([]), *before)] == [0]


def test_five_series_are_told() -> None:
    """The largest deviations, in their order."""
    courses = [course([1000.0 * (1 + number % 4 + number)]) for number in range(7)]
    kept = [SeriesKept(f"s{number}", "By", "gauge", "") for number in range(7)]
    hours, nothing = [earlier(course([100.0] * 60), 3600)] * 7, [course([])] * 7
    told = movers(MomentPast(WINDOW, {}, (), (), kept, courses, hours, nothing, NOON - 90_000, NOON + 9000, 60))
    assert [mover.series for mover in told] == ["s6", "s3", "s5", "s2", "s4"]
