"""The cap of a cooldown: who is at it in an hour, and for how many hours in a row."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest

from plugin.metrics.systems.farms import CapWatch, hours_needed

HOUR_S = 3600
FIRST = 480_000
"""The first hour, counted since 1970."""
ALICE, BOB, OTHER = 1, 2, 1_000
SPAM, GENERAL = 7, 8


class Hours:
    """Hours of a cooldown of one minute, in which members are awarded."""

    def __init__(self, cooldown_s: float = 60) -> None:
        self.watch = CapWatch(cooldown_s)
        self.hour = FIRST
        self.watch.roll(self.hour * HOUR_S)

    def award(
        self, minutes: Iterable[float], member: int = ALICE, points: float = 1, channel: int | None = SPAM
    ) -> None:
        """Award a member in each of these minutes."""
        for minute in minutes:
            self.watch.award(member, self.hour * HOUR_S + minute * 60, points, channel)

    def end(self, hours: int = 1) -> float:
        """Let hours pass; the points at the cap in the first of them."""
        self.hour += hours
        return self.watch.roll(self.hour * HOUR_S)


@pytest.mark.parametrize(
    ("cooldown_s", "hours"),
    [(1, 6), (90, 6), (90.1, 16), (300, 16), (300.1, 22), (900, 22), (900.1, math.inf), (3600, math.inf)],
)
def test_the_longer_the_cooldown_the_more_hours_make_a_farm(cooldown_s: float, hours: float) -> None:
    """And beyond a quarter of an hour none do."""
    assert hours_needed(cooldown_s) == hours


@pytest.mark.parametrize(
    ("cooldown_s", "awards", "capped"),
    [(60, 54, True), (60, 53, False), (36, 90, True), (36, 89, False), (2000, 2, True), (2000, 1, False)],
)
def test_nine_tenths_of_the_possible_awards_are_the_cap(cooldown_s: float, awards: int, capped: bool) -> None:
    """Of 60 possible ones 54 are enough; of fewer than three it takes two."""
    hours = Hours(cooldown_s)
    hours.award((number * cooldown_s / 60 for number in range(awards)), points=3)
    assert hours.end() == (3 * awards if capped else 0)


@pytest.mark.parametrize(
    ("minutes", "points"),
    [
        ([*range(6, 60)], 54),
        ([7.5] * 60, 0),
        ([0, *[20] * 60], 0),
        ([*range(30), *[50] * 60], 0),
        ([*range(20), *range(26, 60)], 54),
    ],
    ids=["late by the misses", "too late", "fell behind at once", "fell behind midway", "a pause within the misses"],
)
def test_who_missed_too_many_awards_cannot_catch_up(minutes: list[float], points: float) -> None:
    """Six of sixty may be missed, at any time; later, however many awards come at once, an hour is not at the cap."""
    hours = Hours()
    hours.award(minutes)
    assert hours.end() == points


@pytest.mark.parametrize(("others", "points"), [(8191, 60), (8192, 0)])
def test_so_many_members_are_followed_in_an_hour(others: int, points: float) -> None:
    """Further ones are not, even in its first minute."""
    hours = Hours()
    for other in range(others):
        hours.award([0], member=OTHER + other)
    hours.award(range(60))
    assert hours.end() == points


@pytest.mark.parametrize(("others", "number"), [(8191, 1), (8192, 0)])
def test_so_many_channels_are_followed_in_an_hour(others: int, number: int) -> None:
    """The farm of a further channel is not known; awards without a channel take no place."""
    hours = Hours()
    for hour in range(12):
        hours.award([0], member=BOB, channel=None)
        for other in range(others if hour == 11 else 0):
            hours.award([0], member=BOB, channel=OTHER + other)
        hours.award(range(60))
        hours.end()
    assert hours.watch.channels.number == number


@pytest.mark.parametrize(("share", "number"), [(0.5, 1), (0.49, 0)])
def test_half_of_the_points_make_the_farm_of_a_channel(share: float, number: int) -> None:
    """Those of members at the cap, in each of twelve hours."""
    hours = Hours()
    for _ in range(12):
        hours.award(range(60), points=share)
        hours.award([5], member=BOB, points=60 * (1 - share))
        assert hours.watch.channels.number == 0
        hours.end()
    assert hours.watch.channels.number == number


def test_who_moves_between_channels_makes_no_farm_of_them() -> None:
    """The member is one, in no known place."""
    hours = Hours()
    for _ in range(12):
        hours.award(range(59), channel=SPAM)
        hours.award([59], channel=GENERAL)
        hours.end()
    assert (hours.watch.members.number, hours.watch.members.places) == (1, {None})
    assert hours.watch.channels.number == 0


@pytest.mark.parametrize(("pause", "number"), [(1, 1), (2, 0)], ids=["the next hour", "an hour without a check"])
def test_farms_end_with_an_hour_without_a_check(pause: int, number: int) -> None:
    """Nobody knows whether they were at the cap in it."""
    hours = Hours()
    for _ in range(12):
        hours.award(range(60))
        hours.end(pause)
    found = (hours.watch.members.number, hours.watch.channels.number)
    assert found == (number, number)
