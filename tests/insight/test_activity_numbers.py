"""Every number on the page of activity, and who is told to be farming."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugin.insight.systems import review_system
from plugin.insight.systems.activity_rules import Farm, farm_findings, farms
from plugin.model import SeriesDelta, Severity, SystemPast, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, a_past, counter, gauge, histogram

Number = tuple[str, float | None, float | None, str]


def hourly(name: str, now: float, before: float | None = None, **attributes: str) -> SystemSeries:
    """A counter of the system that added as much in each hour."""
    return counter(f"activity.{name}", lambda _: now, None if before is None else lambda _: before, **attributes)


def activity(*series: SystemSeries) -> SystemPast:
    """A week of activity."""
    return a_past(*series)._replace(system="activity")


def numbers(past: SystemPast, title: str) -> list[Number]:
    """Label, before, now and unit of each row."""
    (section,) = (one for one in review_system(past).sections if one.title == title)
    return [(row.label, row.change.before, row.change.after, row.unit) for row in section.rows]


def test_points_are_told_with_the_week_before() -> None:
    """In all, by the hour, by active hours and minutes of members, at the cap in hours that are over, and held back."""
    past = activity(
        hourly("points", 400, 300, kind="message"),
        hourly("points", 200, 100, kind="voice"),
        hourly("awards", 30, 15),
        hourly("held_back", 10, 5),
        hourly("hourly_points", 300, 200),
        hourly("capped_points", 60, 20),
        hourly("member_hours", 10, 8),
        hourly("member_minutes", 60, 20),
    )
    assert numbers(past, "Points") == [
        ("total", 67_200, 100_800, "{coin}"),
        ("per hour", 400, 600, "{coin}"),
        ("active h", 50, 60, "{coin}"),
        ("active min", 20, 10, "{coin}"),
        ("at the cap", 10, 20, "%"),
        ("held back", None, 25, "%"),
    ]
    assert numbers(past, "Points by kind") == [
        ("message", 50_400, 67_200, "{coin}"),
        ("voice", 16_800, 33_600, "{coin}"),
    ]


def test_what_cannot_be_divided_is_not_told() -> None:
    """Nobody was active, and nothing was held back or known of the week before."""
    names = ("points", "awards", "member_hours", "held_back", "hourly_points", "capped_points")
    past = activity(*(hourly(name, 0) for name in names))
    assert numbers(past, "Points") == [
        ("total", None, 0, "{coin}"),
        ("per hour", None, 0, "{coin}"),
        ("active h", None, None, "{coin}"),
        ("active min", None, None, "{coin}"),
        ("at the cap", None, None, "%"),
    ]
    assert review_system(past).sentences == ("0 coins awarded.",)


@pytest.mark.parametrize(("seconds", "is_told"), [(10, False), (HOUR - 1, False), (HOUR, True)])
def test_an_hour_is_not_told_of_less_than_one(seconds: int, is_told: bool) -> None:
    """The points of the first seconds are those of no hour, and their levels those of no day."""
    past = activity(hourly("points", 600), hourly("awards", 30), hourly("level_ups", 2))
    past = past._replace(spans=past.spans._replace(start=past.spans.end - seconds))
    found = {label for title in ("Points", "Levels") for label, *_ in numbers(past, title)}
    assert ({"per hour", "per day"} <= found) is is_told and {"total", "gained"} <= found


def test_awards_without_points_are_told() -> None:
    """A meter may award none yet."""
    review = review_system(activity(hourly("awards", 3)))
    assert review.sentences == ("0 awarded.",) and review.sections == () and review.charts == ()


def test_levels_are_told_by_the_day() -> None:
    """With the week before, and how long they take."""
    past = activity(
        hourly("awards", 3),
        hourly("level_ups", 2, 1),
        histogram("activity.level_time", lambda _: [64.0] * 9 + [640.0] * 2, lambda _: [32.0] * 11),
    )
    assert numbers(past, "Levels") == [
        ("gained", 168, 336, "1"),
        ("per day", 24, 48, "1"),
        ("median", pytest.approx(32, rel=0.06), pytest.approx(64, rel=0.06), "s"),
        ("p95", pytest.approx(32, rel=0.06), pytest.approx(640, rel=0.06), "s"),
    ]
    assert review_system(past).sentences[-1].endswith("336 levels gained; a level takes 1 min (median).")
    assert review_system(activity(hourly("awards", 3), hourly("level_ups", 2))).sentences[-1] == "336 levels gained."
    day = activity(hourly("awards", 3), hourly("level_ups", 2))._replace(spans=SPANS._replace(start=END - 12 * HOUR))
    assert numbers(day, "Levels")[1] == ("per day", None, 672, "1")


def test_measures_of_the_bot_beside_the_meter_are_told_below() -> None:
    """As those of any system, with their charts."""
    review = review_system(activity(hourly("awards", 3), hourly("points", 3), hourly("duels", 2)))
    assert [section.title for section in review.sections] == ["Points", "Points by kind", "duels (coins)"]
    assert [chart.title for chart in review.charts] == ["points per hour", "duels per hour"]


CAP = "at the cooldown's cap for"
OF_ALL = "and earned 50 % of all points in"


@pytest.mark.parametrize(
    ("farm", "sentence"),
    [
        (Farm("member", 1, True, 6, 0.5), f"one member was {CAP} 6 h in a row {OF_ALL} that time"),
        (Farm("member", 2, True, 6, 0.5), f"2 members, all in one channel, were {CAP} 6 h in a row {OF_ALL} that time"),
        (Farm("member", 2, False, 6, 0.5), f"2 members were {CAP} 6 h in a row {OF_ALL} that time"),
        (
            Farm("channel", 1, True, 6, 0.5),
            f"members taking turns in one channel were {CAP} 6 h in a row {OF_ALL} that time",
        ),
        (
            Farm("channel", 2, True, 6, 0.5),
            f"members taking turns in 2 channels were {CAP} 6 h in a row {OF_ALL} that time",
        ),
        (Farm("member", 1, True, 24, 0.5), f"one member was {CAP} 24 h in a row {OF_ALL} that time"),
        (Farm("member", 1, True, 25, 0.5), f"one member was {CAP} 25 h in a row {OF_ALL} the last 24 h"),
        (Farm("member", 1, True, 24, None), f"one member was {CAP} 24 h in a row"),
        (Farm("member", 1, True, 25, None), f"one member was {CAP} 25 h in a row"),
    ],
)
def test_a_farm_is_one_sentence(farm: Farm, sentence: str) -> None:
    """Who, how much, for how long, and where."""
    assert farm.sentence == sentence


def farm(points: float, hours: int, count: int = 1, number: int = 1, together: int = 1) -> list[SystemSeries]:
    """Gauges of farming members, read so often in each hour."""
    told = [("farms", "number", number), ("farms", "points", points)]
    told += [("farm_extents", "hours", hours), ("farm_extents", "together", together)]
    gauges = [gauge(f"activity.{name}", lambda _, of=of: of, of="member", what=what) for name, what, of in told]
    return [read(one, lambda values: values._replace(count=count, sum=values.sum * count)) for one in gauges]


def read(series: SystemSeries, change: Callable[[SeriesDelta], SeriesDelta]) -> SystemSeries:
    """The gauge with other readings in each step."""
    points = tuple(point._replace(values=change(point.values)) for point in series.course.points)
    return series._replace(course=series.course._replace(points=points))


@pytest.mark.parametrize(
    ("number", "together", "one_place"), [(1, 1, True), (2, 2, True), (2, 1, False), (2, 0, False)]
)
def test_members_are_in_one_place_where_all_are(number: int, together: int, one_place: bool) -> None:
    """Not where some are elsewhere, or where it is not known."""
    (found,) = farms(activity(*farm(300, 5, number=number, together=together)))
    assert (found.number, found.in_one_place) == (number, one_place)


@pytest.mark.parametrize(
    ("points", "hours", "share"),
    [
        pytest.param(300, 5, 10, id="of the points of as many hours"),
        pytest.param(2400, 24, 100 / 6, id="of a day"),
        pytest.param(2400, 90, 100 / 6, id="of a day at most"),
        pytest.param(9000, 5, 100, id="never more than all"),
    ],
)
def test_a_share_is_of_the_points_in_its_hours(points: float, hours: int, share: float) -> None:
    """600 points were awarded in each full hour; the present one is not over."""
    past = activity(hourly("points", 600), *farm(points, hours))
    present = past._replace(spans=SPANS._replace(end=END + 600))
    for one in (past, present):
        (found,) = farm_findings(one)
        assert found.value == pytest.approx(share)
        assert found.since == END - hours * HOUR
    assert (found.severity, found.unit, found.evidence) == (Severity.WARNING, "%", (("hours in a row", hours),))
    assert (found.look_at, found.everywhere) == ("/performance system:activity", True)


def test_the_hour_that_is_not_over_has_no_part_in_a_share() -> None:
    """Nor that before the first of the farm."""
    points = counter("activity.points", lambda hour: 100 if hour in (165, 166) else 10_000)
    past = activity(points, *farm(50, 2))._replace(spans=SPANS._replace(end=END - HOUR + 1800))
    (found,) = farm_findings(past)
    assert found.value == pytest.approx(25)


def test_gauges_that_were_read_often_are_as_they_stood() -> None:
    """The mean of the last step where the last reading is not known."""
    (found,) = farm_findings(activity(hourly("points", 600), *farm(300, 5, count=4)))
    assert found.value == pytest.approx(10)


def test_extents_are_those_of_the_instance_that_has_most() -> None:
    """Each instance tells the hours of its longest farm; their mean belongs to no farm."""
    numbers, extents = farm(300, 5)[:2], farm(300, 5)[2:]
    two = [read(one, lambda values: values._replace(count=2, minimum=0)) for one in extents]
    (found,) = farms(activity(hourly("points", 600), *numbers, *two))
    assert (found.hours, found.in_one_place, found.share) == (5, True, pytest.approx(0.1))


def test_a_farm_warns_in_the_row_of_the_cap() -> None:
    """Not without one."""
    rows = [
        {row.label: row.severity for row in review_system(past).sections[0].rows}
        for past in (
            activity(hourly("points", 600), hourly("awards", 3), *farm(300, 5)),
            activity(hourly("points", 600), hourly("awards", 3)),
        )
    ]
    assert [row["at the cap"] for row in rows] == [Severity.WARNING, None]
