"""The page of activity, and the rule about farming."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugin.insight.systems import review_system
from plugin.insight.systems.activity_rules import farm_findings
from plugin.insight.systems.activity_volumes import unusual_activity
from plugin.model import SeriesCourse, SeriesDelta, SeriesPoint, SystemPast, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, a_past, counter, gauge, histogram

ONE_MEMBER = "one member was at the cooldown's cap for 6 h in a row and earned 38 % of all points in that time"


def activity(*more: SystemSeries) -> SystemPast:
    """A week in which 600 points were awarded every hour."""
    past = a_past(
        counter("activity.points", lambda _: 600, lambda _: 300, kind="message"),
        counter("activity.awards", lambda _: 30, lambda _: 15, kind="message"),
        counter("activity.held_back", lambda _: 10, kind="message"),
        counter("activity.member_hours", lambda _: 10, lambda _: 10),
        counter("activity.member_minutes", lambda _: 40, lambda _: 20),
        *more,
    )
    return past._replace(system="activity")


def farm(number: int, hours: int, points: float, of: str = "member", together: int = 0) -> list[SystemSeries]:
    """Gauges that tell of a farm in the last hour, and of none before."""
    told = [("farms", "number", number), ("farms", "points", points)]
    told += [("farm_extents", "hours", hours), ("farm_extents", "together", together)]
    return [
        gauge(f"activity.{name}", lambda hour, value=value: value if hour == 167 else 0, of=of, what=what)
        for name, what, value in told
    ]


def test_points_are_told_by_member_and_hour() -> None:
    """And by the minutes in which they could be earned, beside the previous week."""
    review = review_system(activity())
    assert review.sentences == ("100,800 coins awarded, 60 per member and active hour.",)
    rows = {row.label: (row.change.before, row.change.after) for row in review.sections[0].rows}
    assert rows["per hour"] == (300, 600)
    assert rows["active h"] == (30, 60)
    assert rows["active min"] == (15, 15)
    assert rows["held back"] == (None, 25)


def test_levels_are_told_with_how_long_they_take() -> None:
    """Per day, and in the median."""
    review = review_system(
        activity(counter("activity.level_ups", lambda _: 2), histogram("activity.level_time", lambda _: [86_400.0] * 2))
    )
    assert review.sentences[-1].startswith("336 levels gained; a level takes ")
    rows = {row.label: row.change.after for row in review.sections[-1].rows}
    assert rows["per day"] == 48
    assert rows["median"] == pytest.approx(86_400, rel=0.06)


def test_a_farm_is_named_without_an_id() -> None:
    """How many members, what part of the points, and for how long; on the page, and as a finding."""
    past = activity(*farm(1, 6, 1368))
    assert review_system(past).sentences[1] == f"O{ONE_MEMBER[1:]}."
    (found,) = farm_findings(past)
    assert (found.rule, found.sentence) == ("activity_farm", ONE_MEMBER)
    assert (found.since, found.value) == (END - 6 * HOUR, 38)


def test_a_long_farm_of_several_is_told_by_its_last_day() -> None:
    """With for how long it has gone on, and whether it is in one channel."""
    (found,) = farm_findings(activity(*farm(3, 57, 7200, together=3)))
    assert found.sentence == (
        "3 members, all in one channel, were at the cooldown's cap for 57 h in a row "
        "and earned 50 % of all points in the last 24 h"
    )


def test_farms_in_several_channels_are_not_in_one() -> None:
    """Two members in one channel of an instance and a third elsewhere are not together."""
    (found,) = farm_findings(activity(*farm(3, 6, 1368, together=2)))
    assert found.sentence.startswith("3 members were at the cooldown's cap for 6 h in a row and ")


def test_a_farmed_channel_is_named_where_no_member_is() -> None:
    """Its members take turns; where they are named, the channel says nothing new."""
    channel = farm(1, 12, 3600, of="channel")
    (found,) = farm_findings(activity(*channel))
    assert found.sentence == (
        "members taking turns in one channel were at the cooldown's cap for 12 h in a row "
        "and earned 50 % of all points in that time"
    )
    assert len(list(farm_findings(activity(*farm(1, 12, 3600), *channel)))) == 1


def test_without_a_farm_nothing_is_named() -> None:
    """Nor where one ended an hour ago."""
    assert list(farm_findings(activity(*farm(0, 0, 0)))) == []
    assert list(farm_findings(activity())) == []


def test_activity_without_the_meter_is_told_as_any_system() -> None:
    """Its measures may mean something else."""
    past = a_past(counter("activity.points", lambda _: 2))._replace(system="activity")
    assert [section.title for section in review_system(past).sections] == ["points (coins)"]


@pytest.mark.parametrize(
    ("number", "rows", "note"), [(4, 4, ""), (5, 5, ""), (6, 5, "… and 1 more"), (8, 5, "… and 3 more")]
)
def test_five_kinds_of_points_are_told(number: int, rows: int, note: str) -> None:
    """The largest first; how many more there are is said below."""
    kinds = [counter("activity.points", lambda _, of=of: 10.0 * of, kind=f"k{of}") for of in range(1, number + 1)]
    past = a_past(*kinds, counter("activity.awards", lambda _: 1))._replace(system="activity")
    (section,) = (one for one in review_system(past).sections if one.title == "Points by kind")
    assert [row.label for row in section.rows] == [f"k{of}" for of in range(number, number - rows, -1)]
    assert section.note == note


def test_points_are_drawn_by_the_hour() -> None:
    """Not since the start of a process, nor where no points were awarded."""
    (chart,) = review_system(activity()).charts
    assert (chart.title, [line.label for line in chart.lines]) == ("points per hour", ["points"])
    assert {value for _, value in chart.lines[0].points} == {600}
    assert review_system(activity()._replace(since_start=True)).charts == ()
    without = a_past(counter("activity.awards", lambda _: 1))._replace(system="activity")
    assert review_system(without).charts == ()


def test_the_share_at_the_cap_is_told_beside_the_week_before() -> None:
    """Of the points of hours that are over; unknown where none is."""
    capped = counter("activity.capped_points", lambda _: 150, lambda _: 30)
    for more, before, after in (
        ([counter("activity.hourly_points", lambda _: 1200, lambda _: 300)], 10, 12.5),
        ([], None, None),
    ):
        (row,) = (row for row in review_system(activity(capped, *more)).sections[0].rows if row.label == "at the cap")
        assert (row.change.before, row.change.after, row.unit, row.severity) == (before, after, "%", None)


@pytest.mark.parametrize(("number", "hours"), [(0, 5), (2, 0), (0, 0)])
def test_a_farm_has_members_and_hours(number: int, hours: int) -> None:
    """Without either there is none."""
    assert list(farm_findings(activity(*farm(number, hours, 100)))) == []


@pytest.mark.parametrize(("missed", "stands"), [(0, True), (1, True), (2, False)])
def test_a_farm_that_was_not_read_for_an_hour_is_over(missed: int, stands: bool) -> None:
    """Its gauges stand for the hour after the step in which they were read last."""
    farmed = [
        one._replace(course=one.course._replace(points=(one.course.points[-1]._replace(at=END - (missed + 1) * HOUR),)))
        for one in farm(1, 6, 1368)
    ]
    assert bool(list(farm_findings(activity(*farmed)))) is stands


def test_a_farm_without_known_points_has_no_share() -> None:
    """Where history has no points by hour, only the hours are told."""
    (found,) = farm_findings(a_past(*farm(1, 6, 1368))._replace(system="activity"))
    assert (found.sentence, found.value) == ("one member was at the cooldown's cap for 6 h in a row", None)
    days = counter("activity.points", lambda _: 600)
    days = days._replace(course=days.course._replace(step_s=24 * HOUR))
    (found,) = farm_findings(a_past(days, *farm(1, 6, 1368))._replace(system="activity"))
    assert found.value is None


def four_weeks(awards: Callable[[int], float], readings: Callable[[int], int] = lambda _: 60) -> SystemPast:
    """What rules get: hours of awards and of a gauge that is read every minute, by hours before the present one."""
    hours = range(END - 28 * 24 * HOUR, END, HOUR)
    added = {at: awards((END - at) // HOUR) for at in hours}
    read = {at: readings((END - at) // HOUR) for at in hours}
    series = [
        SystemSeries(
            measure,
            {},
            "counter",
            "1",
            1.0,
            SeriesCourse(HOUR, tuple(SeriesPoint(at, one) for at, one in points)),
            None,
        )
        for measure, points in (
            ("activity.awards", [(at, SeriesDelta(1, value, value, value)) for at, value in added.items() if value]),
            ("activity.daily_members", [(at, SeriesDelta(n, n, 1, 1)) for at, n in read.items() if n]),
        )
    ]
    return SystemPast("activity", SPANS._replace(start=END - 28 * 24 * HOUR), tuple(series))


def test_silence_is_told_beside_the_same_hours_of_other_days() -> None:
    """As long as the bot ran; where it did not, or not whole, nobody could write to it."""
    silent = four_weeks(lambda ago: 0 if ago <= 3 else 20 + ago // 24)
    (found,) = unusual_activity(silent)
    assert (found.rule, found.since, found.until, found.value) == ("activity_volume", END - 3 * HOUR, None, 0)
    assert found.sentence == "0 awards of points in the last 3 h; the same hours of 27 other days had 63 to 141"
    for gone in (0, 50):
        down = four_weeks(lambda ago: 0 if ago <= 3 else 20, lambda ago, gone=gone: gone if ago == 2 else 60)
        assert not [*unusual_activity(down)]


@pytest.mark.parametrize(("step_s", "is_told"), [(HOUR // 2, True), (HOUR, True), (2 * HOUR, False)])
def test_silence_is_told_only_where_each_hour_was_watched(step_s: int, is_told: bool) -> None:
    """Longer steps do not say in which of their hours the bot ran."""
    awards, read = four_weeks(lambda ago: 0 if ago <= 3 else 20).series
    points = tuple(SeriesPoint(at, SeriesDelta(60, 60, 1, 1)) for at in range(END - 28 * 24 * HOUR, END, step_s))
    hours = {point.at: point for point in read.course.points} | {point.at: point for point in points}
    course = SeriesCourse(step_s, tuple(hours[at] for at in sorted(hours)))
    past = SystemPast("activity", SPANS._replace(start=END - 28 * 24 * HOUR), (awards, read._replace(course=course)))
    assert bool([*unusual_activity(past)]) is is_told


def test_a_flood_is_told_with_its_hour() -> None:
    """Of the last day only; and nothing of an ordinary month."""
    assert not [*unusual_activity(four_weeks(lambda ago: 20 + ago % 5))]
    for ago in (2, 24, 25):
        found = [*unusual_activity(four_weeks(lambda hour, ago=ago: 2200 if hour == ago else 20 + hour % 5))]
        times = [(one.since, one.until, one.value) for one in found]
        assert times == [(END - ago * HOUR, END - ago * HOUR + HOUR, 2200)] * (ago <= 24)
        for one in found:
            assert (
                one.sentence == "2,200 awards of points in an hour, 100 times as many as in these hours of other days"
            )
