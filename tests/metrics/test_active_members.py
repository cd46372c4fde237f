"""Members of a day and a week are counted once, whenever the salt becomes known, and without their ids."""

from __future__ import annotations

import pytest

from plugin.hyperloglog import HyperLogLog, member_hash
from plugin.metrics.systems.active_members import ActiveMembers
from plugin.model import MemberPeriod, MemberSpan
from tests.metrics.systems import MONDAY, Books

DAY_S = 86_400
SALTS = {MemberSpan.DAY: b"d" * 32, MemberSpan.WEEK: b"w" * 32}


def known(at_s: float = MONDAY) -> ActiveMembers:
    """A counter that knows the salts of a moment."""
    counter = ActiveMembers()
    for span, salt in SALTS.items():
        counter.know(span.period(at_s), salt)
    return counter


def both(counter: ActiveMembers, at_s: float = MONDAY) -> tuple[int, int]:
    """The members of the day and of the week."""
    return counter.estimate(MemberSpan.DAY, at_s), counter.estimate(MemberSpan.WEEK, at_s)


def test_a_member_counts_once_a_day_and_once_a_week() -> None:
    """Who is active on two days counts on both, and once in the week that they are in."""
    counter = known()
    for day in range(2):
        at_s = MONDAY + day * DAY_S
        counter.know(MemberSpan.DAY.period(at_s), bytes([day]) * 32)
        for member in (1, 2, 1, 2 + day):
            counter.add(member, at_s)
    assert both(counter) == (2, 3) and both(counter, MONDAY + DAY_S) == (3, 3)


def test_weeks_begin_on_monday() -> None:
    """The week of a Monday is that of the Sunday after it, and not that of the Sunday before it."""
    assert MemberSpan.WEEK.period(MONDAY) == MemberPeriod(MemberSpan.WEEK, int(MONDAY))
    assert MemberSpan.WEEK.period(MONDAY + 7 * DAY_S - 1).start == MONDAY
    assert MemberSpan.WEEK.period(MONDAY - 1).end == MONDAY
    assert MemberSpan.DAY.period(MONDAY + DAY_S - 1) == MemberPeriod(MemberSpan.DAY, int(MONDAY))


def test_members_wait_for_the_salt() -> None:
    """Before the salt is known they are counted, too, up to a bound; nothing is handed on until then."""
    counter = ActiveMembers()
    for member in range(5):
        counter.add(member, MONDAY)
    assert both(counter) == (5, 5) and counter.take() == ()
    counter.know(MemberSpan.DAY.period(MONDAY), b"d" * 32)
    assert both(counter) == (5, 5)
    assert [sketch.period.span for sketch in counter.take()] == [MemberSpan.DAY] and counter.take() == ()
    for member in range(4096 + 10):
        counter.add(member, MONDAY)
    assert counter.estimate(MemberSpan.WEEK, MONDAY) == 4096


def test_what_others_counted_is_added() -> None:
    """A sketch of the same salt merges; what is no sketch changes nothing."""
    counter, others, hashed = known(), HyperLogLog(), member_hash(SALTS[MemberSpan.DAY])
    for member in range(10):
        counter.add(member, MONDAY)
        others.add(hashed(member + 5))
    today = MemberSpan.DAY.period(MONDAY)
    counter.know(today, SALTS[MemberSpan.DAY], others.pack())
    counter.know(today, SALTS[MemberSpan.DAY], b"no sketch")
    assert both(counter) == (15, 10)


def test_only_what_changed_is_handed_on() -> None:
    """A member who was counted already changes nothing; a new one changes the day and the week."""
    counter = known()
    counter.add(1, MONDAY)
    first = counter.take()
    counter.add(1, MONDAY)
    assert [sketch.salt for sketch in first] == [SALTS[MemberSpan.DAY], SALTS[MemberSpan.WEEK]]
    assert counter.take() == ()
    counter.add(2, MONDAY)
    assert [HyperLogLog.unpack(sketch.packed).estimate() for sketch in counter.take()] == pytest.approx(
        [2, 2], abs=0.01
    )


def test_a_day_that_is_over_is_handed_on_and_then_forgotten() -> None:
    """The last minute of a day may be told in the hour after it, and the next day begins at zero."""
    counter = known()
    counter.add(1, MONDAY + DAY_S - 1)
    counter.take()
    counter.add(2, MONDAY + DAY_S - 1)
    assert counter.estimate(MemberSpan.DAY, MONDAY + DAY_S) == 0
    assert [sketch.period.start for sketch in counter.take()] == [MONDAY, MONDAY]
    tuesday = MemberSpan.DAY.period(MONDAY + DAY_S)
    assert counter.unsalted([MemberSpan.DAY.period(MONDAY), tuesday]) == [tuesday]
    counter.add(3, MONDAY + 2 * DAY_S)
    assert counter.unsalted([MemberSpan.DAY.period(MONDAY)]) == [MemberSpan.DAY.period(MONDAY)]


@pytest.mark.parametrize(("later_s", "kept"), [(DAY_S + 3599, True), (DAY_S + 3600, False)])
def test_a_day_is_kept_for_an_hour_after_its_end(later_s: int, kept: bool) -> None:
    """Even if nobody was active in between."""
    counter, monday = known(), MemberSpan.DAY.period(MONDAY)
    counter.add(1, MONDAY + later_s)
    assert counter.unsalted([monday]) == ([] if kept else [monday])


def test_salts_are_asked_for_ahead() -> None:
    """Ten minutes before a day ends, the salt of the next one is wanted, too."""
    counter, today = ActiveMembers(), MemberSpan.DAY.period(MONDAY)
    week = MemberSpan.WEEK.period(MONDAY)
    assert counter.wanted(MONDAY + DAY_S - 601) == (today, week)
    assert counter.wanted(MONDAY + DAY_S - 600) == (today, week, MemberSpan.DAY.period(MONDAY + DAY_S))


def test_another_salt_begins_anew() -> None:
    """Sketches of two salts have nothing to do with each other: a database that was replaced has another."""
    counter, today = known(), MemberSpan.DAY.period(MONDAY)
    counter.add(1, MONDAY)
    counter.know(today, b"x" * 32)
    assert both(counter) == (0, 1)
    counter.add(1, MONDAY)
    assert both(counter) == (1, 1)


def test_awards_count_their_members() -> None:
    """An award counts, and one that was held back; both measures are the same on every instance of a fleet."""
    books = Books()
    for member in (1, 2, 1):
        books.activity.award(1, member, "message", None)
    books.activity.hold_back(3, "message")
    found = books.read()
    assert (found["activity.daily_members",], found["activity.weekly_members",]) == (3, 3)
    assert {one.name for one in books.own.declared() if one.shared} >= {
        "activity.daily_members",
        "activity.weekly_members",
    }
    books.wait(DAY_S)
    assert books.read()["activity.daily_members",] == 0


def test_a_week_has_at_least_the_members_of_its_day() -> None:
    """Where the hashes of two members choose one register, the estimate is one too low."""
    books = Books()
    active = books.activity.active
    salt = next(salt for number in range(10_000) if _collide(salt := number.to_bytes(32, "big")))
    active.know(MemberSpan.WEEK.period(MONDAY), salt)
    active.know(MemberSpan.DAY.period(MONDAY), bytes(32))
    for member in (1, 2):
        books.activity.award(1, member, "message", None)
    assert active.estimate(MemberSpan.WEEK, MONDAY) < active.estimate(MemberSpan.DAY, MONDAY) == 2
    assert books.read()["activity.weekly_members",] == 2


def _collide(salt: bytes) -> bool:
    hashed = member_hash(salt)
    return hashed(1) >> 52 == hashed(2) >> 52


def test_a_clock_that_is_set_back_counts_in_its_day() -> None:
    """And goes on with the next day when that comes again."""
    counter, tuesday = known(), MONDAY + DAY_S
    counter.know(MemberSpan.DAY.period(tuesday), b"t" * 32)
    for member, at_s in ((1, tuesday), (2, MONDAY), (3, MONDAY), (4, tuesday), (5, tuesday + DAY_S - 1)):
        counter.add(member, at_s)
    days = [counter.estimate(MemberSpan.DAY, at_s) for at_s in (MONDAY, tuesday)]
    assert (days, counter.estimate(MemberSpan.WEEK, MONDAY)) == ([2, 3], 5)
