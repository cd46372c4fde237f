"""The hours of the day and the week in which a system is busy."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from plugin.insight.systems.week import busiest_hour, heat_map
from plugin.model import Period, SeriesCourse, SeriesDelta, SeriesPoint, Spans, SystemPast

HOUR, DAY = 3600, 86_400
MONDAY = int(datetime.datetime(2026, 9, 7, tzinfo=datetime.UTC).timestamp())


def past(start: int, end: int, since: int | None = None) -> SystemPast:
    """A span that history may cover only since a moment."""
    return SystemPast("voice", Spans(Period.WEEK, start, end, None, since, None), ())


def course(value: Callable[[int], float], hours: int, begin: int = MONDAY) -> SeriesCourse:
    """A counter; the hours are counted from the begin, and those in which nothing was added have no row."""
    points = ((begin + HOUR * hour, value(hour)) for hour in range(hours))
    return SeriesCourse(HOUR, tuple(SeriesPoint(at, SeriesDelta(1, of, of, of)) for at, of in points if of))


def busy_at_six(peak: float, *, on: int = 7) -> SeriesCourse:
    """Seven days of one an hour, with a peak at 06:00 of the first days."""
    return course(lambda hour: peak if hour % 24 == 6 and hour // 24 < on else 1.0, 7 * 24)


def test_a_cell_is_the_mean_of_its_hour_over_all_weeks() -> None:
    """Rows begin with Monday, columns with 00:00 UTC; an hour without a row counts as zero, times the factor."""
    added = course(lambda hour: {30: 4.0, 30 + 168: 8.0, 167: 6.0}.get(hour, 0.0), 14 * 24)
    map_ = heat_map(past(MONDAY, MONDAY + 14 * DAY), added, "Voice", factor=0.5)
    assert map_.title == "Voice"
    assert (len(map_.values), {len(row) for row in map_.values}) == (7, {24})
    told = {(day, hour): of for day, row in enumerate(map_.values) for hour, of in enumerate(row) if of}
    assert told == {(1, 6): 3.0, (6, 23): 1.5}


def test_only_whole_hours_that_history_covers_have_a_cell() -> None:
    """The first hour begins at or after the begin of history, and the last has ended."""
    begin = MONDAY + 2 * HOUR
    for start, since, first in ((begin, None, 2), (begin + 1, None, 3), (MONDAY, begin + 1, 3), (begin, MONDAY, 2)):
        map_ = heat_map(past(start, MONDAY + 6 * HOUR - 1, since), course(lambda _: 1.0, 24), "Voice")
        known = [(day, hour) for day, row in enumerate(map_.values) for hour, of in enumerate(row) if of is not None]
        assert known == [(0, hour) for hour in range(first, 5)]
    assert heat_map(past(begin, begin + HOUR), course(lambda _: 1.0, 24), "Voice").values[0][2] == 1.0


# With a peak p on each day, the mean of all hours is (23 + p) / 24: p is 1.5 times that at p = 34.5 / 22.5.
PEAK = 34.5 / 22.5


@pytest.mark.parametrize(
    ("peak", "on", "hour"),
    [
        pytest.param(PEAK - 0.01, 7, None, id="less than one and a half times the mean"),
        pytest.param(PEAK + 0.01, 7, 6, id="one and a half times the mean"),
        pytest.param(50.0, 5, 6, id="more than the mean on five of seven days"),
        pytest.param(50.0, 4, None, id="on four of seven days"),
        pytest.param(1.0, 7, None, id="no peak"),
    ],
)
def test_the_busiest_hour_is_so_on_most_days(peak: float, on: int, hour: int | None) -> None:
    """It has one and a half times the mean of all hours, on two thirds of the days."""
    assert busiest_hour(past(MONDAY, MONDAY + 7 * DAY), busy_at_six(peak, on=on)) == hour


def test_exact_bounds_of_the_busiest_hour_count() -> None:
    """Exactly one and a half times the mean, on exactly two thirds of three days, is enough."""
    half = course(lambda hour: {6: 24.0, 7: 20.0, 8: 20.0}.get(hour % 24, 0.0) if hour % 24 < 9 else 0.0, 72)
    assert busiest_hour(past(MONDAY, MONDAY + 3 * DAY), half) == 6
    flat = course(lambda hour: 3.0 if hour % 24 < 16 else 0.0, 72)
    assert busiest_hour(past(MONDAY, MONDAY + 3 * DAY), flat) == 0
    two_of_three = course(lambda hour: 9.0 if hour in (5, 29) else 0.1, 72)
    assert busiest_hour(past(MONDAY, MONDAY + 3 * DAY), two_of_three) == 5


@pytest.mark.parametrize(
    ("start", "end", "hour"),
    [
        pytest.param(MONDAY, MONDAY + 3 * DAY, 6, id="three whole days"),
        pytest.param(MONDAY, MONDAY + 3 * DAY - 1, None, id="the third day is not over"),
        pytest.param(MONDAY + 1, MONDAY + 3 * DAY, None, id="the first day is not covered"),
        pytest.param(MONDAY + 23 * HOUR, MONDAY + 4 * DAY + HOUR, 6, id="parts of days beside three whole ones"),
    ],
)
def test_three_whole_days_prove_an_hour(start: int, end: int, hour: int | None) -> None:
    """A day counts only with all of its 24 hours."""
    assert busiest_hour(past(start, end), busy_at_six(50.0)) == hour


def test_nothing_added_has_no_busiest_hour() -> None:
    """A mean of zero is not exceeded."""
    assert busiest_hour(past(MONDAY, MONDAY + 7 * DAY), course(lambda _: 0.0, 0)) is None
