"""What the bot tells of its members' activity, and what measures say of it."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from plugin.own_measures import DropReason
from tests.hostile import refuse
from tests.metrics.systems import Books

ALICE, BOB = 204_255_221_017_214_977, 81_384_788_765_712_384
GENERAL, SPAM = 81_384_788_765_712_385, 81_384_788_765_712_386


def farms(books: Books, of: str = "member") -> dict[str, float]:
    """Who is at the cap of a cooldown for hours."""
    names = {("activity.farms", of), ("activity.farm_extents", of)}
    return {key[2]: value for key, value in books.read().items() if key[:2] in names}


def test_awards_are_counted_by_kind() -> None:
    """Points, awards, and what a cooldown held back."""
    books = Books()
    books.activity.award(15, ALICE, "message", GENERAL)
    books.activity.award(20, BOB, "message", None)
    books.activity.award(5, BOB, "voice", None)
    books.activity.hold_back(ALICE, "message")
    found = books.read()
    assert (found["activity.points", "message"], found["activity.awards", "message"]) == (35, 2)
    assert (found["activity.points", "voice"], found["activity.held_back", "message"]) == (5, 1)


def test_minutes_and_hours_count_each_member_once() -> None:
    """However often a member is active in them, and whether points were awarded or held back."""
    books = Books()
    for _ in range(3):
        books.activity.award(15, ALICE, "message", None)
        books.activity.hold_back(BOB, "message")
        books.activity.hold_back(BOB, "message")
        books.wait(60)
    assert books.read()["activity.member_minutes",] == 6
    assert books.read()["activity.member_hours",] == 2
    books.wait(3600)
    books.activity.hold_back(BOB, "message")
    assert books.read()["activity.member_hours",] == 3


def test_members_are_counted_exactly_up_to_a_bound() -> None:
    """4,096 members in a minute and an hour."""
    books = Books()
    for member in range(4096):
        books.activity.award(1, ALICE + member, "message", None)
    assert books.read()["activity.member_hours",] == books.read()["activity.member_minutes",] == 4096


def test_many_members_are_counted_within_bounds() -> None:
    """Beyond 4,096 the number is an estimate, and memory stays small."""
    books = Books()
    for member in range(20_000):
        books.activity.award(1, ALICE + (member << 22), "message", None)
    assert books.read()["activity.member_hours",] == pytest.approx(20_000, rel=0.06)


def test_levels_are_counted_and_timed() -> None:
    """The time is optional; the sum is exact."""
    books = Books()
    books.activity.level_up(None)
    books.activity.level_up(86_400 * 3)
    found = books.distribution("activity.level_time")
    assert books.read()["activity.level_ups",] == 2
    assert (found.number, found.sum) == (1, 259_200)


@pytest.mark.parametrize(
    ("points", "member", "drop"),
    [
        (-1, ALICE, ("activity.points", DropReason.NEGATIVE)),
        (math.nan, ALICE, ("activity.points", DropReason.NOT_FINITE)),
        ("many", ALICE, ("activity.points", DropReason.NOT_A_NUMBER)),
        (15, "alice", ("activity.hours", DropReason.NO_MEMBER)),
        (15, type("Evil", (), {"__index__": refuse})(), ("activity.hours", DropReason.NO_MEMBER)),
    ],
)
def test_what_is_wrong_is_dropped(points: Any, member: Any, drop: tuple[str, DropReason]) -> None:
    """No exception reaches the bot; of a wrong member the points still count."""
    books = Books()
    books.activity.award(points, member, "message", None)
    name, reason = drop
    assert books.drops() == {(name.replace("hours", "member_hours"), reason): 1}
    assert ("activity.points", "message") in books.read() or reason is not DropReason.NO_MEMBER


def write(books: Books, hours: float, every_s: float, *members: int, channel: int | None = GENERAL) -> None:
    """Members write with a message in each of so many seconds."""
    for _ in range(int(hours * 3600 / every_s)):
        for member in members:
            books.activity.award(20, member, "message", channel)
        books.wait(every_s)
        books.own.books()[1].post()


def test_a_member_at_the_cap_for_six_hours_is_a_farm() -> None:
    """Not after five; the number, the hours and the points are told, and no id."""
    books = Books()
    write(books, 5, 61, ALICE)
    write(books, 0.99, 61, ALICE)
    assert farms(books)["number"] == 0
    write(books, 0.1, 61, ALICE)
    assert farms(books) == {"number": 1, "together": 1, "hours": 6, "points": pytest.approx(6 * 59 * 20, abs=40)}
    assert books.read()["activity.capped_points",] == farms(books)["points"]
    write(books, 1, 61, ALICE)
    assert farms(books)["hours"] == 7


def test_a_farm_ends_with_the_first_hour_below_the_cap() -> None:
    """A pause of ten minutes is enough."""
    books = Books()
    write(books, 6.1, 60, ALICE)
    assert farms(books)["number"] == 1
    books.wait(600)
    write(books, 1, 60, ALICE)
    assert farms(books)["number"] == 0


def test_several_farms_are_told_together() -> None:
    """Also whether they are in one channel."""
    books = Books()
    write(books, 6.1, 60, ALICE, BOB, channel=SPAM)
    assert farms(books) == {"number": 2, "together": 2, "hours": 6, "points": 2 * 360 * 20}


@pytest.mark.parametrize("channels", [(SPAM, GENERAL), (SPAM, None), (None, None)])
def test_farms_are_together_in_one_known_channel_only(channels: tuple[int | None, int | None]) -> None:
    """Not in two of them, nor where one is unknown."""
    books = Books()
    for _ in range(6 * 60 + 5):
        for member, channel in zip((ALICE, BOB), channels, strict=True):
            books.activity.award(20, member, "message", channel)
        books.wait(60)
    assert (farms(books)["number"], farms(books)["together"]) == (2, 0)


def test_members_who_take_turns_in_a_channel_are_a_farm_of_the_channel() -> None:
    """Nobody is at the cap for six hours, but for twelve there is always somebody who is."""
    books = Books()
    for hour in range(13):
        write(books, 1, 60, ALICE + (hour << 22), channel=SPAM)
    assert farms(books)["number"] == 0
    assert farms(books, "channel")["number"] == 1
    assert farms(books, "channel")["hours"] == 13


def test_a_busy_channel_is_no_farm() -> None:
    """Many people write there, a few of them all the time."""
    books = Books()
    for hour in range(13):
        for _ in range(60):
            books.activity.award(20, ALICE + (hour << 22), "message", GENERAL)
            for member in range(5):
                books.activity.award(20, BOB + (member << 22), "message", GENERAL) if books.clock() % 180 == 0 else None
            books.activity.award(20, BOB + (int(books.clock()) << 22), "message", GENERAL)
            books.wait(60)
    assert farms(books, "channel")["number"] == 0


def test_long_cooldowns_have_no_farms() -> None:
    """Whoever may collect points once an hour is at the cap by collecting them."""
    books = Books(cooldown_s=3600)
    write(books, 30, 1800, ALICE)
    assert farms(books)["number"] == 0


@pytest.mark.parametrize(("cooldown_s", "awards"), [(86_400, 2), (3600, 2), (3600, 1), (3500, 1), (2400, 1)])
def test_few_awards_in_an_hour_are_not_at_the_cap(cooldown_s: float, awards: int) -> None:
    """With a long cooldown a single award is all that an hour allows; from an hour on, none is at the cap."""
    books = Books(cooldown_s=cooldown_s)
    for _ in range(8):
        for _ in range(awards):
            books.activity.award(20, ALICE, "message", GENERAL)
        books.wait(3600)
    assert books.read()["activity.capped_points",] == 0


def test_points_at_the_cap_are_counted_beside_all_points_of_the_same_hours() -> None:
    """Both when an hour is over, so that no period has more at the cap than there was; of all kinds, and of nobody."""
    books = Books()
    write(books, 1, 60, ALICE)
    books.activity.award(100, BOB, "voice", None)
    books.activity.award(100, "alice", "voice", None)
    found = books.read()
    assert (found["activity.capped_points",], found["activity.hourly_points",]) == (1200, 1200)
    books.wait(3600)
    found = books.read()
    assert (found["activity.capped_points",], found["activity.hourly_points",]) == (1200, 1400)


def test_the_points_of_an_hour_are_told_when_it_is_over() -> None:
    """Not before its last second."""
    books, told = Books(), list[float]()
    for seconds in (0, 10, 3589, 1):
        books.activity.award(5, ALICE, "voice", None)
        books.wait(seconds)
        told.append(books.read().get(("activity.hourly_points",), 0))
    assert told == [0, 0, 0, 20]


def test_a_talkative_member_is_no_farm() -> None:
    """Nine messages in ten minutes on average for a whole evening: some hours are at the cap, but not six in a row."""
    chance = random.Random(1)
    for seed in range(10):
        books = Books()
        books.wait(seed * 60)
        for _ in range(8 * 60):
            if chance.random() < 0.85:
                books.activity.award(20, ALICE, "message", GENERAL)
            books.wait(60)
            books.activity.post()
            assert farms(books)["number"] == 0


def test_a_farm_is_found_among_many() -> None:
    """It is followed exactly, however many others write in the first minutes of an hour."""
    books = Books()
    for minute in range(6 * 60 + 1):
        for member in range(300):
            books.activity.award(20, ALICE + (minute * 300 + member << 22), "message", GENERAL)
        books.activity.award(20, BOB, "message", SPAM)
        books.wait(60)
    assert farms(books)["number"] == 1
    assert farms(books, "channel")["number"] == 0
