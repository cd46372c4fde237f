"""Calls in strata of like hours, how well a moment divides them, and how certain that is."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.chances import student_tail
from plugin.insight.fits import begins, fit
from plugin.insight.shifts import compare_blocks
from plugin.insight.strata import HourCalls, Likeness, Stratum, like_hours
from tests.insight.lives import DAY, HOUR, MONDAY, WEEK

TAKEN, ENOUGH = (3.0, 30.0), {Likeness.WEEK: 20, Likeness.DAY: 20, Likeness.NONE: 10}
"""What is promised."""

values = st.dictionaries(st.integers(0, 4), st.integers(1, 6), min_size=1)


def hours(start: int, number: int, each: dict[int, int], step: int = HOUR) -> list[HourCalls]:
    """Blocks that are all alike."""
    return [HourCalls(start + step * index, each) for index in range(number)]


@given(st.lists(values, min_size=1, max_size=4), st.lists(values, min_size=1, max_size=4))
def test_a_stratum_ranks_its_calls_as_mann_and_whitney_do(old: list[dict[int, int]], new: list[dict[int, int]]) -> None:
    """Its later scores are U less its mean, over all calls, with the variance that ties leave."""
    stratum = Stratum(
        [HourCalls(index * HOUR, each) for index, each in enumerate(old)],
        [HourCalls(WEEK + index * HOUR, each) for index, each in enumerate(new)],
    )
    before, after = ([*sum(map(Counter, side), Counter()).elements()] for side in (old, new))
    n, m, both = len(before), len(after), sorted([*before, *after])
    wins = sum((a < b) + (a == b) / 2 for a in before for b in after)
    score = sum(part.score for part in stratum.parts if part.is_after)
    assert score == pytest.approx((wins - n * m / 2) / (n + m))
    assert sum(part.score for part in stratum.parts) == pytest.approx(0, abs=1e-9)
    ties = sum(both.count(value) ** 3 - both.count(value) for value in {*both})
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    assert stratum.variance(m) == pytest.approx(variance / (n + m) ** 2)
    assert stratum.weight == pytest.approx(n * m / (n + m))
    assert (stratum.calls, stratum.calls_after, [part.calls for part in stratum.parts]) == (
        n + m,
        m,
        [sum(each.values()) for each in (*old, *new)],
    )


def test_the_same_hours_of_the_week_are_compared_first() -> None:
    """Where they have enough calls; a Monday's with those of other Mondays only."""
    before, after = hours(MONDAY, 7 * 24, {1: 20}), hours(MONDAY + WEEK, 3, {1: 20})
    found = like_hours(before, after)
    assert found is not None
    likeness, strata = found
    assert (likeness, len(strata)) == (Likeness.WEEK, 3)
    assert [[block.at for block in stratum.blocks[0]] for stratum in strata] == [[MONDAY + HOUR * n] for n in range(3)]


@pytest.mark.parametrize(
    ("day", "compared"),
    [(0, [1, 2, 3, 4]), (1, [0, 2, 3, 4]), (4, [0, 1, 2, 3]), (5, [6]), (6, [5])],
    ids=["Monday", "Tuesday", "Friday", "Saturday", "Sunday"],
)
def test_then_the_same_hours_of_working_days_or_of_weekends(day: int, compared: list[int]) -> None:
    """A week that has no such day yet has others like it."""
    before = [block for number in range(7) if number != day for block in hours(MONDAY + number * DAY, 24, {1: 30})]
    found = like_hours(before, hours(MONDAY + 7 * DAY + day * DAY + 5 * HOUR, 1, {1: 30}))
    assert found is not None
    likeness, (stratum,) = found
    assert likeness is Likeness.DAY
    assert [(block.at - 5 * HOUR - MONDAY) / DAY for block in stratum.blocks[0]] == compared


def test_else_the_day_before_and_the_day_after() -> None:
    """Whatever hours they have, and nothing that is further off."""
    before = hours(MONDAY, 50, {1: 30})
    after = hours(MONDAY + 54 * HOUR, 3, {1: 30}) + hours(MONDAY + 80 * HOUR, 1, {1: 30})
    found = like_hours([block for block in before if block.at % DAY < 6 * HOUR], after[:3])
    assert found is not None
    likeness, (stratum,) = found
    assert likeness is Likeness.NONE
    assert min(block.at for block in stratum.blocks[0]) > max(block.at for block in stratum.blocks[0]) - DAY
    assert [block.at for block in stratum.blocks[1]] == [block.at for block in after[:3]]


@pytest.mark.parametrize(("likeness", "later"), [(Likeness.WEEK, WEEK), (Likeness.DAY, DAY), (Likeness.NONE, HOUR)])
@pytest.mark.parametrize("few_before", [False, True])
def test_hours_have_enough_calls_on_either_side(likeness: Likeness, later: int, few_before: bool) -> None:
    """One too few, and less alike ones are compared, or none at all."""
    for calls, told in ((ENOUGH[likeness], likeness), (ENOUGH[likeness] - 1, None)):
        few, many = hours(MONDAY, 1, {1: calls}), hours(MONDAY, 1, {1: 500})
        old, new = (few, many) if few_before else (many, few)
        found = like_hours(old, [HourCalls(block.at + later, block.values) for block in new])
        assert (found and found[0]) is (told if told or likeness is Likeness.NONE or calls < 10 else found and found[0])
        if told is None and found is not None:
            assert found[0] < likeness


def test_hours_without_calls_say_nothing() -> None:
    """Nor does one side alone."""
    some, none = hours(MONDAY, 5, {1: 30}), hours(MONDAY + WEEK, 5, {1: 0})
    assert like_hours(some, none) is None
    assert like_hours(none, some) is None
    assert like_hours(some, []) is None
    assert compare_blocks(some, hours(MONDAY + WEEK, 5, {1: 30})) is None


@pytest.mark.parametrize(("calls", "days", "number"), [(2, 2, 4), (3, 2, 24), (2, 1, 24)])
def test_rare_calls_are_compared_by_quarters_of_the_day(calls: int, days: int, number: int) -> None:
    """From two days on; else an hour is compared with that hour."""
    found = like_hours(hours(MONDAY, 7 * 24, {1: calls}), hours(MONDAY + WEEK, 24 * days, {1: calls}))
    assert found is not None and (found[0], len(found[1])) == (Likeness.WEEK, number * days)


@given(st.lists(values, min_size=8, max_size=20), st.integers(2, 6))
def test_a_fit_has_the_score_of_its_later_part(blocks: list[dict[int, int]], cut: int) -> None:
    """Whatever moment divides; explained is its square over the variance, and the dispersion at least one."""
    stratum = Stratum(hours(0, 1, blocks[0]), [HourCalls(HOUR * n, each) for n, each in enumerate(blocks) if n])
    found = fit(stratum.parts, lambda part: part.at >= cut * HOUR)
    later = [part for part in stratum.parts if part.at >= cut * HOUR]
    assert found.score == pytest.approx(sum(part.score for part in later))
    assert found.variance == pytest.approx(stratum.variance(sum(part.calls for part in later)))
    assert found.explained == pytest.approx(found.score**2 / found.variance if found.variance else 0)
    assert found.dispersion >= 1 and found.freedom >= 2


def test_what_is_too_little_to_tell_is_taken_to_come_in_clumps() -> None:
    """Three blocks are."""
    stratum = Stratum(hours(0, 2, {0: 9, 1: 1}), hours(HOUR * 2, 1, {1: 5}))
    found = fit(stratum.parts, lambda part: part.is_after)
    assert (found.dispersion, found.freedom) == TAKEN


@pytest.mark.parametrize("clump", [1, 2, 5])
def test_clumps_of_calls_raise_the_dispersion(clump: int) -> None:
    """Where whole hours are alike, the sums over them vary as many times more as an hour has calls."""
    old = [HourCalls(HOUR * n, {n % 2: clump * 4}) for n in range(200)]
    single = [HourCalls(HOUR * n, {0: clump * 2, 1: clump * 2}) for n in range(200)]
    new = [HourCalls(WEEK * 2 + block.at, block.values) for block in old]
    clumped, even = (
        Stratum(old, new),
        Stratum(single, [HourCalls(WEEK * 2 + block.at, block.values) for block in single]),
    )
    assert fit(clumped.parts, lambda part: part.is_after).dispersion == pytest.approx(4 * clump, rel=0.05)
    assert fit(even.parts, lambda part: part.is_after).dispersion == 1


@pytest.mark.parametrize(("at", "told"), [(20, True), (18, False), (30, False)])
def test_a_change_begins_where_its_values_change(at: int, told: bool) -> None:
    """Another moment that explains it much better is where it began."""
    blocks = [HourCalls(HOUR * n, {0: 30, 1: 10} if n < 20 else {0: 10, 1: 30}) for n in range(60)]
    stratum = Stratum(blocks[:at], blocks[at:])
    parts = sorted(stratum.parts, key=lambda part: part.at)
    assert begins(parts, fit(parts, lambda part: part.is_after)) is told


@pytest.mark.parametrize("begin", [20, 21])
@pytest.mark.parametrize("later", [0, 1])
def test_a_change_begins_in_the_hour_in_which_it_does(begin: int, later: int) -> None:
    """Where calls are many, the next hour is too late."""
    blocks = [HourCalls(HOUR * n, {0: 300, 1: 100} if n < begin else {0: 100, 1: 300}) for n in range(60)]
    at = begin + later
    parts = Stratum(blocks[:at], blocks[at:]).parts
    assert begins(parts, fit(parts, lambda part: part.is_after)) is not bool(later)


def test_a_shift_is_told_by_all_that_was_compared() -> None:
    """Which way, in which hours, the values of both sides, and the ratio of their geometric means."""
    old = [block for week in range(3) for block in hours(MONDAY + week * WEEK, 48, {1: 20, 2: 20})]
    new = hours(MONDAY + 3 * WEEK, 48, {2: 20, 4: 20})
    up = compare_blocks(old, new)
    assert up is not None
    assert (up.rises, up.likeness, up.begins) == (True, Likeness.WEEK, True)
    assert (up.before, up.after) == ({1: 20 * 144, 2: 20 * 144}, {2: 20 * 48, 4: 20 * 48})
    assert up.ratio(float) == pytest.approx(2)
    assert up.p_value < 1e-6
    down = compare_blocks(
        [HourCalls(block.at, {4: 20, 2: 20}) for block in old], [HourCalls(block.at, {2: 20, 1: 20}) for block in new]
    )
    assert down is not None and (down.rises, down.begins) == (False, True)
    assert down.ratio(float) == pytest.approx(1 / 2)
    assert down.p_value == pytest.approx(up.p_value)


def test_a_shift_weighs_its_strata_by_what_they_tell() -> None:
    """An hour with many calls on both sides counts for more than one with few on either."""
    old = [*hours(MONDAY, 1, {1: 100}), *hours(MONDAY + HOUR, 1, {1: 100})]
    new = [*hours(MONDAY + WEEK, 1, {2: 100}), *hours(MONDAY + WEEK + HOUR, 1, {1: 10})]
    found = compare_blocks(old, new)
    assert found is not None
    assert found.ratio(float) == pytest.approx(math.exp(50 * math.log(2) / (50 + 1000 / 110)))


@pytest.mark.parametrize("change", [0, 1], ids=["unchanged", "slower"])
def test_the_chance_of_a_shift_allows_for_its_dispersion(change: int) -> None:
    """It is that of Student's t, two-sided, with the degrees of freedom of the dispersion, and at most 1."""
    old = [HourCalls(MONDAY + HOUR * n, {n * 7 % 5: 8}) for n in range(14 * 24)]
    new = [HourCalls(MONDAY + 2 * WEEK + HOUR * n, {n * 7 % 5 + change: 8}) for n in range(72)]
    found, matched = compare_blocks(old, new), like_hours(old, new)
    assert found is not None and matched is not None
    parts = sorted((part for stratum in matched[1] for part in stratum.parts), key=lambda part: part.at)
    whole = fit(parts, lambda part: part.is_after)
    tail = student_tail(math.sqrt(whole.explained / whole.dispersion), whole.freedom)
    assert found.p_value == pytest.approx(min(1.0, 2 * tail))
    assert found.dispersion == whole.dispersion > 2
