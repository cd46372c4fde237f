"""What proves that voice costs something: exact bounds of hours, and what is no cost."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from plugin.insight.systems.voice_costs import Cost, cost_of, costs
from plugin.model import SeriesCourse, SeriesDelta, SeriesPoint
from tests.insight.lives import DAY, HOUR, MONDAY

CHANCE = random.Random(8)
MEMBERS = [CHANCE.uniform(0, 40) for _ in range(400)]


def course(times: Sequence[int], value: Callable[[int], float], count: int = 1) -> SeriesCourse:
    """A value for each hour, read so often."""
    deltas = (SeriesDelta(count, of * count, of, of) for of in map(value, range(len(times))))
    return SeriesCourse(HOUR, tuple(map(SeriesPoint, times, deltas)))


def members(times: Sequence[int]) -> SeriesCourse:
    """As many as chance brings."""
    return course(times, MEMBERS.__getitem__)


def takes(times: Sequence[int], each: float) -> SeriesCourse:
    """A processor of which each member takes a share."""
    return course(times, lambda hour: 0.05 + each * MEMBERS[hour])


def days(*numbers: int, hours: int = 24) -> list[int]:
    """The first hours of these days, counted from a Monday."""
    return [MONDAY + DAY * day + HOUR * hour for day in numbers for hour in range(hours)]


WEEK = days(*range(7))


def test_a_cost_is_that_of_each_member() -> None:
    """By all hours."""
    assert cost_of(members(WEEK), takes(WEEK, 0.005)) == Cost(pytest.approx(0.005), 168)
    assert cost_of(members(WEEK), members(WEEK)) == Cost(1, 168)


def test_less_with_more_members_is_no_cost() -> None:
    """However sure it is."""
    assert cost_of(members(WEEK), takes(WEEK, -0.005)) is None


def test_what_has_little_to_do_with_members_is_no_cost() -> None:
    """They explain at least a quarter of what the processor varies by."""
    chance = random.Random(1)
    noise = [chance.gauss(0, 1) for _ in WEEK]
    spread = 0.005 * math.sqrt(1600 / 12)
    found = [
        cost_of(
            members(WEEK),
            course(WEEK, lambda hour, times=times: 0.005 * MEMBERS[hour] + times * spread * noise[hour]),
        )
        for times in (1.3, 2.6)
    ]
    assert found[0] is not None and found[1] is None


@pytest.mark.parametrize(("number", "is_proven"), [(95, False), (96, True), (97, True)])
def test_four_days_of_hours_are_needed(number: int, is_proven: bool) -> None:
    """Twelve hours of each working day."""
    times = days(*(7 * week + day for week in range(2) for day in range(5)), hours=12)[:number]
    assert (cost_of(members(times), takes(times, 0.005)) is not None) is is_proven


@pytest.mark.parametrize(("more", "is_proven"), [(0, False), (1, True), (2, True)])
def test_hours_are_compared_with_the_same_hours_of_other_days(more: int, is_proven: bool) -> None:
    """Two Fridays and two Saturdays leave one hour less free than it takes, as weekends are apart."""
    times = [*days(4, 5, 11, 12), *days(18, hours=more)]
    assert (cost_of(members(times), takes(times, 0.005)) is not None) is is_proven
    sundays = [*days(0, 6, 7, 13), *days(14, hours=more)]
    assert (cost_of(members(sundays), takes(sundays, 0.005)) is not None) is is_proven


@pytest.mark.parametrize(("waves", "is_proven"), [(1, False), (7, False), (8, True), (20, True)])
def test_slow_waves_prove_nothing(waves: int, is_proven: bool) -> None:
    """Hours that follow from those before them are not as many; it takes as much as three independent ones."""
    times = days(*range(14))

    def wave(hour: int) -> float:
        return 10 + math.sin(2 * math.pi * waves * hour / len(times))

    assert (cost_of(course(times, wave), course(times, wave)) is not None) is is_proven


def test_hours_that_were_read_often_count_once() -> None:
    """By their mean; those that were not read, not at all."""
    often = course(WEEK, lambda hour: 0.05 + 0.005 * MEMBERS[hour], count=60)
    unread = members(WEEK)._replace(
        points=(*members(WEEK).points, SeriesPoint(MONDAY + 8 * DAY, SeriesDelta(0, 0, 0, 0)))
    )
    assert cost_of(unread, often) == Cost(pytest.approx(0.005), 168)


def test_only_hours_that_both_have_count() -> None:
    """Whichever has more."""
    more, less = days(*range(14)), days(*range(5))
    assert cost_of(members(more), takes(less, 0.005)) == Cost(pytest.approx(0.005), 120)
    assert cost_of(members(less), takes(more, 0.005)) == Cost(pytest.approx(0.005), 120)


def test_each_cost_is_a_sentence() -> None:
    """Of the processor, then of memory, in the unit of each; of ten members."""
    beside = {"memory_bytes": takes(WEEK, 3 << 20), "cpu_share": takes(WEEK, 0.004)}
    assert list(costs(members(WEEK), beside)) == [
        "Ten members in voice go with 4 % more CPU (168 hours).",
        "Ten members in voice go with 30 MB more memory (168 hours).",
    ]
    assert list(costs(members(WEEK), {})) == []


def noisy(times: Sequence[int], share: float) -> SeriesCourse:
    """A processor of which each member takes as much, beside noise that varies so many times as much as members do."""
    chance = random.Random(1)
    noise = [chance.gauss(0, math.sqrt(1600 / 12)) for _ in times]
    return course(times, lambda hour: MEMBERS[hour] + share * noise[hour])


@pytest.mark.parametrize(("share", "is_proven"), [(2.3, True), (2.5, False)])
def test_a_quarter_of_what_varies_is_proven_by_four_days(share: float, is_proven: bool) -> None:
    """Where hours do not follow from each other, twelve of each working day are enough."""
    times = days(*(7 * week + day for week in range(2) for day in range(5)), hours=12)[:96]
    assert (cost_of(members(times), noisy(times, share)) is not None) is is_proven


def test_hours_that_follow_from_each_other_prove_less() -> None:
    """What holds for half a day on both sides is not as many independent hours."""
    chance = random.Random(5)
    steps = [(chance.uniform(0, 40), chance.gauss(0, 1)) for _ in range(60)]
    held = [steps[hour // 12] for hour in range(len(WEEK))]
    shuffled = chance.sample(held, len(held))
    found = [
        cost_of(
            course(WEEK, lambda hour, of=of: of[hour][0]),
            course(WEEK, lambda hour, of=of: of[hour][0] + 17 * of[hour][1]),
        )
        for of in (held, shuffled)
    ]
    assert found[0] is None and found[1] is not None
