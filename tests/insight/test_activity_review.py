"""The page of activity, and the rule about farming."""

from __future__ import annotations

import pytest

from plugin.insight.systems import review_system
from plugin.insight.systems.activity_rules import farm_findings
from plugin.model import SystemPast, SystemSeries
from tests.insight.systems import END, HOUR, a_past, counter, gauge, histogram


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


def farm(number: int, hours: int, points: float, of: str = "member", places: int = 1) -> list[SystemSeries]:
    """Gauges that tell of a farm in the last hour, and of none before."""
    told = {"number": number, "hours": hours, "points": points, "places": places}
    return [
        gauge("activity.farms", lambda hour, value=value: value if hour == 167 else 0, of=of, what=what)
        for what, value in told.items()
    ]


def test_points_are_told_by_member_and_hour() -> None:
    """And by the minutes in which they could be earned, beside the previous week."""
    review = review_system(activity())
    assert review.sentences == ("100,800 coins awarded, 60 per member and active hour.",)
    rows = {row.label: (row.change.before, row.change.after) for row in review.sections[0].rows}
    assert rows["per hour"] == (300, 600)
    assert rows["active h"] == (30, 60)
    assert rows["per minute"] == (15, 15)
    assert rows["held back"] == (None, 25)


def test_levels_are_told_with_how_long_they_take() -> None:
    """Per day, and in the median."""
    review = review_system(
        activity(counter("activity.level_ups", lambda _: 2), histogram("activity.level_time", lambda _: [86_400.0] * 2))
    )
    assert review.sentences[-1].startswith("336 levels gained; a level takes ")
    rows = {row.label: row.change.after for row in review.sections[-1].rows}
    assert rows["a day"] == 48
    assert rows["median"] == pytest.approx(86_400, rel=0.06)


def test_a_farm_is_named_without_an_id() -> None:
    """How many members, what part of the points, and for how long; on the page, and as a finding."""
    past = activity(*farm(1, 6, 1368))
    assert review_system(past).sentences[1] == "One member earned 38 % of the points in 6 h at the cap."
    (found,) = farm_findings(past)
    assert (found.rule, found.sentence) == ("activity_farm", "one member earned 38 % of the points in 6 h at the cap")
    assert (found.since, found.value) == (END - 6 * HOUR, 38)


def test_a_long_farm_of_several_is_told_by_its_last_day() -> None:
    """With for how long it has gone on, and whether it is in one channel."""
    (found,) = farm_findings(activity(*farm(3, 57, 7200)))
    assert found.sentence == (
        "3 members earned 50 % of the points in 24 h at the cap, for 57 h in a row, all in one channel"
    )


def test_a_farmed_channel_is_named_where_no_member_is() -> None:
    """Its members take turns; where they are named, the channel says nothing new."""
    channel = farm(1, 12, 3600, of="channel")
    (found,) = farm_findings(activity(*channel))
    assert found.sentence == "one channel earned 50 % of the points in 12 h at the cap"
    assert len(list(farm_findings(activity(*farm(1, 12, 3600), *channel)))) == 1


def test_without_a_farm_nothing_is_named() -> None:
    """Nor where one ended an hour ago."""
    assert list(farm_findings(activity(*farm(0, 0, 0)))) == []
    assert list(farm_findings(activity())) == []


def test_activity_without_the_meter_is_told_as_any_system() -> None:
    """Its measures may mean something else."""
    past = a_past(counter("activity.points", lambda _: 2))._replace(system="activity")
    assert [section.title for section in review_system(past).sections] == ["points (coins)"]
