"""What holds of every comparison: its chances by another way of counting, and the edges of what matters."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram, bucket_value_ns
from plugin.insight.changes import (
    RISING_IS_BETTER,
    compare_counts,
    compare_durations,
    compare_rates,
    correct_for_multiple_tests,
    differ,
    make_change,
)
from plugin.model import Change, ChangeVerdict
from tests.history.builders import histogram
from tests.insight.exact import binomial, hypergeometric

ENOUGH, LEVEL = 20, 0.01
"""What is promised."""

MS = 1_000_000


def ranked(low: list[int], high: list[int]) -> float:
    """The chance of Mann and Whitney's test, call by call, with the correction for ties."""
    n, m, both = len(low), len(high), sorted([*low, *high])
    wins = sum((a < b) + (a == b) / 2 for a in low for b in high)
    ties = sum(both.count(value) ** 3 - both.count(value) for value in set(both))
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    return math.erfc((wins - n * m / 2 - 0.5) / math.sqrt(2 * variance)) / 2


def tail(low: list[int], high: list[int], share: float) -> float:
    """The chance of Fisher's test of the calls that reach the quantile of both."""
    both = sorted([*low, *high])
    start = both[math.ceil(share * len(both) - 1e-9) - 1]
    many, few = (sum(value >= start for value in values) for values in (high, low))
    return float(hypergeometric(many, len(high), few, len(low)))


octaves = st.lists(st.integers(0, 9).map(lambda octave: MS << octave), min_size=30, max_size=60)


@given(octaves, octaves, st.sampled_from([0.95, 0.5, None]))
def test_the_chance_of_durations_is_that_of_the_better_test(
    first: list[int], second: list[int], quantile: float | None
) -> None:
    """Of all calls, or of those in the tail; doubled for the sides and once more for the two tests."""
    change = compare_durations(histogram(first), histogram(second), quantile=quantile)
    assert change.before is not None and change.after is not None and change.p_value is not None
    low, high = (first, second) if change.after > change.before else (second, first)
    spread = max(sum(value == each for value in (*first, *second)) for each in {*first, *second})
    if min(len(first), len(second)) * (len(first) + len(second) - spread) >= 10 * (len(first) + len(second)):
        chance = min(ranked(low, high), tail(low, high, quantile or 0.95))
        assert change.p_value == pytest.approx(min(1.0, 4 * chance), rel=1e-6, abs=1e-12)


def test_the_value_of_durations_is_the_quantile_or_the_mean() -> None:
    """As the histograms have it."""
    first, second = histogram([MS] * 30 + [9 * MS] * 10), histogram([2 * MS] * 40)
    low, high, other = (bucket_value_ns(histogram([value]).counts.index(1)) for value in (MS, 9 * MS, 2 * MS))
    mean = compare_durations(first, second, quantile=None)
    assert (mean.before, mean.after) == ((30 * low + 10 * high) / 40, other)
    p95 = compare_durations(first, second)
    assert (p95.before, p95.after) == (high, other)


def test_where_nearly_all_take_the_same_the_gap_decides() -> None:
    """By the bound of Kolmogorov and Smirnov: 50 calls, of which 4 are slower, against 30 that are all alike."""
    first, second = [MS] * 30, [MS] * 46 + [9 * MS] * 4
    change = compare_durations(histogram(first), histogram(second), quantile=0.99)
    bound = math.exp(-2 * (4 / 50) ** 2 * 30 * 50 / 80)
    assert change.p_value == pytest.approx(min(1.0, 4 * min(bound, tail(first, second, 0.99))))


@pytest.mark.parametrize(("count", "verdict"), [(ENOUGH - 1, ChangeVerdict.UNKNOWN), (ENOUGH, ChangeVerdict.SAME)])
def test_too_few_that_prove_nothing_are_unknown(count: int, verdict: ChangeVerdict) -> None:
    """Calls, trials, or the events of both sides."""
    few, many = histogram([MS] * count), histogram([MS] * 500)
    assert compare_durations(few, many).verdict is compare_durations(many, few).verdict is verdict
    assert compare_rates((0, count), (0, 500)).verdict is compare_rates((0, 500), (0, count)).verdict is verdict
    assert compare_counts(count // 2, count - count // 2, burst=1).verdict is verdict


def test_what_never_ran_is_compared_with_nothing() -> None:
    """On either side."""
    none, some = Histogram(), histogram([MS] * 30)
    for change in (compare_durations(none, some), compare_durations(some, none), compare_rates((0, 0), (1, 9))):
        assert change == Change(None, None, None, ChangeVerdict.UNKNOWN)
    assert compare_rates((1, 9), (0, 0)) == Change(None, None, None, ChangeVerdict.UNKNOWN)


@pytest.mark.parametrize(
    ("after", "verdict"),
    [(1_200, ChangeVerdict.WORSE), (1_199, ChangeVerdict.SAME), (833, ChangeVerdict.BETTER), (834, ChangeVerdict.SAME)],
)
def test_a_rate_changes_by_a_fifth_at_least(after: int, verdict: ChangeVerdict) -> None:
    """Either way; here many calls prove much smaller changes."""
    assert compare_rates((1_000 * 100, 10**7), (after * 100, 10**7)).verdict is verdict


@pytest.mark.parametrize(("after", "verdict"), [(1_900, ChangeVerdict.SAME), (2_100, ChangeVerdict.WORSE)])
def test_a_rate_changes_by_a_tenth_of_a_point_at_least(after: int, verdict: ChangeVerdict) -> None:
    """Which is the finest that a page shows: from 0.1 to 0.19 % is no change."""
    assert compare_rates((1_000, 10**6), (after, 10**6)).verdict is verdict


@pytest.mark.parametrize("dispersion", [1, 2, 5])
def test_calls_that_are_alike_count_once(dispersion: int) -> None:
    """Rates have the chance of so many times fewer events and trials, and values of all."""
    change = compare_rates((10, 200), (40, 300), float(dispersion))
    exact = hypergeometric(40 // dispersion, 300 // dispersion, 10 // dispersion, 200 // dispersion)
    assert (change.before, change.after) == (0.05, 40 / 300)
    assert change.p_value == pytest.approx(2 * float(exact))
    back = compare_rates((40, 300), (10, 200), float(dispersion))
    assert back.p_value == pytest.approx(change.p_value)


@pytest.mark.parametrize("burst", [1, 5])
@pytest.mark.parametrize("stretch", [0.5, 1, 3])
def test_counts_have_the_chance_of_bursts(burst: int, stretch: float) -> None:
    """The span before is stretched to the length of the one after, and a burst counts once."""
    change = compare_counts(50, 150, stretch=stretch, burst=burst)
    share = stretch / (1 + stretch)
    old, new = 50 // burst, 150 // burst
    rises = 50 * stretch < 150
    exact = binomial(new, new + old, Fraction(share)) if rises else binomial(old, new + old, 1 - Fraction(share))
    assert (change.before, change.after) == (50 * stretch, 150)
    assert change.p_value == pytest.approx(min(1.0, 2 * float(exact)))


def test_who_counts_says_what_is_good() -> None:
    """More guilds are better, and fewer worse."""
    assert compare_counts(100, 900, verdicts=RISING_IS_BETTER).verdict is ChangeVerdict.BETTER
    assert compare_counts(900, 100, verdicts=RISING_IS_BETTER).verdict is ChangeVerdict.WORSE


@pytest.mark.parametrize(("stretch", "burst"), [(0, 1), (-1, 1), (1, 0), (1, -1)])
def test_lengths_and_bursts_are_positive(stretch: float, burst: float) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match=f"not {stretch} and {burst}"):
        compare_counts(1, 1, stretch=stretch, burst=burst)


@pytest.mark.parametrize(
    ("was", "now", "differs"), [(0, 0, False), (0, 1, True), (10, 12, True), (12, 10, True), (10, 11.9, False)]
)
def test_values_differ_by_a_fifth(was: float, now: float, differs: bool) -> None:
    """And by more where that is asked for; anything is more than nothing."""
    assert differ(was, now) is differs
    assert differ(10, 14.9, 1.5) is False and differ(15, 10, 1.5) is True


def test_a_change_holds_up_to_one_percent() -> None:
    """Where it matters; what is known of the others depends on how much was seen."""
    assert make_change(1, 2, LEVEL, matters=True, enough=False) == Change(1, 2, LEVEL, ChangeVerdict.WORSE)
    assert make_change(2, 1, LEVEL, matters=True, enough=False).verdict is ChangeVerdict.BETTER
    assert make_change(1, 2, 2 * LEVEL, matters=True, enough=True).verdict is ChangeVerdict.SAME
    assert make_change(1, 2, 0.0, matters=False, enough=False).verdict is ChangeVerdict.UNKNOWN
    assert make_change(1, 2, 3.0, matters=False, enough=True) == Change(1, 2, 1.0, ChangeVerdict.SAME)


@given(st.lists(st.sampled_from([0.0001, 0.0024, 0.0026, 0.004, 0.009, 0.3, 0.9]), min_size=4, max_size=4))
def test_together_is_the_step_up_of_benjamini_and_hochberg(chances: list[float]) -> None:
    """The largest chance that is small enough for its rank stands, and with it all smaller ones."""
    changes = [make_change(1, 2, chance, matters=True, enough=True) for chance in chances]
    standing = [chance for rank, chance in enumerate(sorted(chances), 1) if chance <= LEVEL * rank / len(chances)]
    expected = [chance <= max(standing, default=-1) for chance in chances]
    assert [change.holds for change in correct_for_multiple_tests(changes)] == expected
    known = Change(1, 2, None, ChangeVerdict.UNKNOWN)
    assert correct_for_multiple_tests([*changes, known])[-1] == known
