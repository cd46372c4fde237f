"""When an hour of an economy is unusual: exact bounds, and what is told of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from plugin.insight.systems.economy_rules import unusual_volumes
from plugin.insight.systems.volumes import chance_beyond, is_unusual, same_hours
from plugin.model import (
    SeriesCourse,
    SeriesDelta,
    SeriesPoint,
    Severity,
    Subject,
    SubjectKind,
    SystemPast,
    SystemSeries,
)
from tests.insight.systems import END, HOUR, SPANS

DAY = 24 * HOUR
START = END - 21 * DAY


def by_hour(measure: str, value: Callable[[int], float]) -> SystemSeries:
    """A counter over three weeks and the present hour, by how many hours ago an hour began."""
    points = tuple(
        SeriesPoint(at, SeriesDelta(1, amount, amount, amount))
        for at in range(START, END + 1, HOUR)
        if (amount := value((END - at) // HOUR))
    )
    return SystemSeries(measure, {}, "counter", "{coin}", 1.0, SeriesCourse(HOUR, points), None)


def economy(*series: SystemSeries, end: int = END) -> SystemPast:
    """The past that the rule is given."""
    return SystemPast("economy", SPANS._replace(start=START, end=end), series)


def jumps(*hours_ago: int, to: float = 500) -> Callable[[int], float]:
    """A hundred in each hour, and more in some."""
    return lambda ago: to if ago in hours_ago else 100


@pytest.mark.parametrize(
    ("name", "told"),
    [("faucets", "made by faucets"), ("sinks", "burnt by sinks"), ("transfers", "moved between members")],
)
def test_each_flow_is_told_with_how_much_more_it_was(name: str, told: str) -> None:
    """Than the mean of these hours of other days."""
    (found,) = unusual_volumes(economy(by_hour(f"economy.{name}", jumps(3))))
    assert (found.rule, found.severity) == ("economy_volume", Severity.WARNING)
    assert found.subject == Subject(SubjectKind.MEASURE, f"economy.{name}")
    assert found.sentence == f"500 coins {told} in an hour, 5 times as much as in these hours of other days"
    assert (found.since, found.until, found.value) == (END - 3 * HOUR, END - 2 * HOUR, 500)
    assert (found.look_at, found.everywhere) == ("/performance system:economy", True)


@pytest.mark.parametrize(("ago", "is_told"), [(0, False), (1, True), (2, True), (24, True), (25, False)])
@pytest.mark.parametrize("seconds", [0, 1800, 3599])
def test_hours_of_the_last_day_are_told(ago: int, is_told: bool, seconds: int) -> None:
    """The present hour is not over."""
    past = economy(by_hour("economy.faucets", jumps(ago)), end=END + seconds)
    assert bool(list(unusual_volumes(past))) is is_told


def test_the_last_of_several_hours_is_told() -> None:
    """Once for each flow."""
    past = economy(by_hour("economy.faucets", jumps(2, 5)), by_hour("economy.sinks", jumps(4)))
    assert [(found.subject.name, found.since) for found in unusual_volumes(past)] == [
        ("economy.faucets", END - 2 * HOUR),
        ("economy.sinks", END - 4 * HOUR),
    ]


def test_an_hour_is_compared_with_those_before_it() -> None:
    """That today has as much does not make yesterday's hour usual."""
    past = economy(by_hour("economy.faucets", jumps(1, 24)))
    assert [found.since for found in unusual_volumes(past)] == [END - DAY]
    series = by_hour("economy.faucets", lambda ago: 100 if ago > 1 else {1: 100}.get(ago, 0))
    assert list(unusual_volumes(economy(series))) == []


def test_an_economy_at_rest_has_no_unusual_hours() -> None:
    """Nor one without counters."""
    assert list(unusual_volumes(economy())) == []
    assert list(unusual_volumes(economy(by_hour("economy.faucets", lambda _: 100)))) == []


@pytest.mark.parametrize(("value", "unusual"), [(299, False), (300, True), (301, True)])
def test_an_unusual_hour_has_three_times_the_largest(value: float, unusual: bool) -> None:
    """Of the same hours of other days."""
    values = {START + HOUR * hour: 100.0 for hour in range(14 * 24)}
    at = max(values)
    assert is_unusual(at, values | {at: value}) is unusual


@pytest.mark.parametrize(("value", "unusual"), [(29_000, False), (31_000, True)])
def test_where_money_comes_in_lumps_more_is_usual(value: float, unusual: bool) -> None:
    """A quarter of the hours has e times what others have: so much more has a chance of one in ten thousand."""
    at = START + 20 * DAY
    days = {at - DAY * day: math.e if day % 4 == 0 else 1.0 for day in range(1, 21)}
    assert len(same_hours(at, days)) == 20
    forty = days | {day + HOUR: value for day, value in days.items()}
    assert is_unusual(at, forty | {at: value}) is unusual


@pytest.mark.parametrize(("days", "number"), [(6, 0), (7, 7), (8, 8)])
def test_a_week_of_other_days_tells_what_is_usual(days: int, number: int) -> None:
    """The day of the hour itself does not count."""
    at = START + 20 * DAY
    assert same_hours(at, {at - DAY * day: 5.0 for day in range(days + 1)}) == [5.0] * number


def test_an_hour_before_and_after_are_alike() -> None:
    """Of other days; two hours away, and hours without anything, are not."""
    at = START + 20 * DAY
    hours = {at - DAY * day + HOUR * hour: 10.0 + hour for day in range(8) for hour in range(-3, 4)}
    hours |= {at - DAY + HOUR: 0.0}
    assert sorted(same_hours(at, hours)) == [9.0] * 7 + [10.0] * 7 + [11.0] * 6


def test_days_on_which_nothing_happened_do_not_count() -> None:
    """Seven with something do, however long ago they begin."""
    at = START + 20 * DAY
    rare = {at - 2 * DAY * day: 5.0 for day in range(8)} | {at - DAY: 0.0}
    assert same_hours(at, rare) == [5.0] * 7
    assert same_hours(at, {}) == []


TAIL = [math.e] * 10 + [1.0] * 30
STEEP = 1 / (1 + 1 / math.sqrt(10))
"""The exponent of a tail whose ten values are e times its begin, less a standard error."""


@pytest.mark.parametrize(
    ("value", "others", "chance"),
    [
        pytest.param(9, [1.0] * 8, 1, id="too few"),
        pytest.param(9, [2.0] * 8 + [1.0], 8 / 9 * 9 ** -(1 / (math.log(2) * (1 + 1 / math.sqrt(8)))), id="nine"),
        pytest.param(1, TAIL, 0.25, id="at the begin of the tail"),
        pytest.param(0.5, TAIL, 0.25, id="below it"),
        pytest.param(10, TAIL, 0.25 * 10**-STEEP, id="in the tail"),
        pytest.param(1000, TAIL, 0.25 * 1000**-STEEP, id="far out"),
        pytest.param(2, [1.0] * 40, 0, id="more than all, which are alike"),
        pytest.param(1, [1.0] * 40, 0.25, id="as much as all"),
        pytest.param(
            10, [math.e] * 11 + [1.0] * 30, 11 / 41 * 10 ** -(1 / (1 + 1 / math.sqrt(11))), id="the tail is rounded up"
        ),
    ],
)
def test_the_chance_of_more_follows_from_the_largest(value: float, others: Sequence[float], chance: float) -> None:
    """The largest quarter, at least eight of them, tell how fast the chance falls."""
    assert chance_beyond(value, others) == pytest.approx(chance)
    assert chance_beyond(value, [*reversed(others)]) == pytest.approx(chance)


def test_an_hour_without_anything_is_not_unusual() -> None:
    """However little other days had."""
    at = START + 20 * DAY
    assert not is_unusual(at, {at - DAY * day: 0.01 for day in range(1, 15)})
