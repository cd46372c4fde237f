"""Active members of days and weeks on the page of activity."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugin.insight.systems import review_system
from plugin.model import SeriesCourse, Spans, SystemReview, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, START, a_past, counter, gauge

DAY = 24 * HOUR
MONDAY = 1_789_948_800
"""The last one before the end of the week that is shown."""


def reviewed(
    daily: Callable[[int], float],
    weekly: Callable[[int], float],
    since: int | None = None,
    spans: Spans = SPANS,
    step_s: int = HOUR,
) -> SystemReview:
    """The page of a week, with gauges by the begin of each step in Unix seconds."""
    series = [
        gauge("activity.daily_members", lambda hour: daily(START + hour * HOUR)),
        gauge("activity.weekly_members", lambda hour: weekly(START + hour * HOUR)),
    ]
    past = a_past(counter("activity.points", lambda _: 60), counter("activity.awards", lambda _: 3), *series)
    hourly = {
        one.measure: SeriesCourse(step_s, tuple(point for point in one.course.points if point.at % step_s == 0))
        for one in series
    }
    return review_system(past._replace(system="activity", hourly=hourly, spans=spans._replace(since=since)))


def rows_of(review: SystemReview) -> dict[str, float | None]:
    """What the rows about active members say."""
    (section,) = [section for section in review.sections if section.title == "Active members"]
    return {row.label: row.change.after for row in section.rows}


def members(at: int) -> float:
    """So far today: 10 by the hour, so that a whole day has 240 and the last one of these 241."""
    return 10 * (at % DAY // HOUR + 1) + (at // DAY == END // DAY - 1)


def test_days_count_by_their_most() -> None:
    """Of whole days; the one that goes on is told apart, and so is the week."""
    review = reviewed(members, lambda at: (at - MONDAY) // HOUR + 1)
    rows = rows_of(review)
    assert (rows["per day"], rows["most"], rows["today"]) == (240, 241, 10 * (END % DAY // HOUR))
    assert rows["this week"] == (END - MONDAY) // HOUR and "per week" not in rows
    week = f"{rows['this week']:,.0f} so far this week"
    assert review.sentences[1] == f"240 members active per day (median of 6 days), {week}."
    (chart,) = [chart for chart in review.charts if chart.title == "active members per day"]
    ((_, points),) = chart.lines
    assert [value for _, value in points] == [240] * 5 + [241] and all(at % DAY == 0 for at, _ in points)


@pytest.mark.parametrize(("days", "begins"), [(3, 0), (3, 1), (2, 0)])
def test_days_are_drawn_from_three_on(days: int, begins: int) -> None:
    """A day is whole if history began with it, not an hour later."""
    review = reviewed(members, lambda _: 0, since=END // DAY * DAY - days * DAY + begins * HOUR)
    assert f"(median of {days - begins} days)" in review.sentences[1]
    assert ("active members per day" in [chart.title for chart in review.charts]) == (days - begins >= 3)


def test_a_period_that_ends_with_a_day_ends_in_it() -> None:
    """The day that begins at its end is no part of it."""
    end = END // DAY * DAY
    rows = rows_of(reviewed(members, lambda _: 70, spans=SPANS._replace(start=end - 7 * DAY, end=end)))
    assert (rows["today"], rows["most"], rows["per day"]) == (241, 240, 240)


def test_steps_may_be_as_long_as_what_is_counted() -> None:
    """The most in a day is that of the day; of longer steps it is not known in which day it was."""
    rows = rows_of(reviewed(lambda at: at // DAY % 7, lambda _: 9, step_s=DAY))
    assert (rows["most"], rows["today"]) == (6, END // DAY % 7)
    review = reviewed(lambda _: 5, lambda _: 9, step_s=2 * DAY)
    assert "Active members" not in [section.title for section in review.sections]


def test_days_before_history_are_not_counted() -> None:
    """Neither is the one in which it began, of which only a part is known."""
    review = reviewed(members, lambda _: 0, since=END // DAY * DAY - DAY - HOUR)
    assert rows_of(review)["per day"] == 241 and "median of 1 day)" in review.sentences[1]
    assert not [chart for chart in review.charts if chart.title == "active members per day"]


def test_of_a_period_within_a_day_only_the_present_is_told() -> None:
    """And nothing where nobody was active."""
    review = reviewed(members, lambda _: 70, since=END - HOUR)
    assert review.sentences[1] == f"{10 * (END % DAY // HOUR)} members active so far today, 70 so far this week."


def test_of_nobody_nothing_is_said() -> None:
    """The rows tell that there was nobody."""
    review = reviewed(lambda _: 0, lambda _: 0)
    assert review.sentences == ("10,080 coins awarded.",)
    assert {*rows_of(review).values()} == {0}


def test_of_the_first_day_of_a_week_the_number_is_said_once() -> None:
    """Those of the week are those of the day; beside other days, the week is told."""
    assert reviewed(lambda _: 70, lambda _: 70, since=END - HOUR).sentences[1] == "70 members active so far today."
    whole = reviewed(lambda _: 70, lambda _: 70).sentences[1]
    assert whole == "70 members active per day (median of 6 days), 70 so far this week."


@pytest.mark.parametrize("series", [(), (gauge("activity.daily_members", lambda hour: 7 if hour == 167 else 5),)])
def test_since_start_the_gauges_are_told_as_they_are(series: tuple[SystemSeries, ...]) -> None:
    """A meter of an older version has none."""
    awards = [counter("activity.points", lambda _: 60), counter("activity.awards", lambda _: 3)]
    past = a_past(*awards, *series)._replace(system="activity", since_start=True)
    review = review_system(past)
    assert ("7 members active so far today." in review.sentences) == bool(series)
