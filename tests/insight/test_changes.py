"""Whether a number differs from the span before it by more than noise."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.insight.changes import compare_counts, compare_durations, compare_rates, correct_for_multiple_tests
from plugin.model import Change, ChangeVerdict

LEVEL = 0.01
"""What is promised."""

MS = 1_000_000
SAMPLES = 300
SLACK = 0.02
"""Three standard errors of a share of 1 % over 300 samples."""


def durations(count: int, draw: Callable[[], float]) -> Histogram:
    """A histogram of so many draws in milliseconds."""
    filled = Histogram()
    for _ in range(count):
        filled.record(int(draw() * MS))
    return filled


def around(chance: random.Random, typical_ms: float, spread: float) -> Callable[[], float]:
    """Lognormal durations."""
    return lambda: typical_ms * math.exp(chance.gauss(0, spread))


def mostly_one(chance: random.Random) -> Callable[[], float]:
    """Durations of which all but a few fall into one bucket."""
    return lambda: 5 if chance.random() < 0.97 else 50 * chance.random()


def events(chance: random.Random, trials: int, share: float) -> tuple[int, int]:
    """Events out of trials."""
    return sum(chance.random() < share for _ in range(trials)), trials


def share(changes: list[Change]) -> float:
    """How many of the changes hold up."""
    return sum(change.holds for change in changes) / len(changes)


@pytest.mark.parametrize(("n", "m"), [(20, 20), (100, 100), (20, 1000), (3, 500)])
@pytest.mark.parametrize("shape", ["narrow", "wide", "tied"])
@pytest.mark.parametrize("quantile", [0.95, 0.5, None], ids=["p95", "median", "mean"])
def test_same_durations_rarely_differ(n: int, m: int, shape: str, quantile: float | None) -> None:
    """Of two draws from one distribution at most one comparison in a hundred finds a difference, whatever its shape."""
    chance = random.Random(1)
    draw = {"narrow": around(chance, 50, 0.5), "wide": around(chance, 50, 1.5), "tied": mostly_one(chance)}[shape]
    samples = SAMPLES if n + m < 500 else 100
    found = [compare_durations(durations(n, draw), durations(m, draw), quantile=quantile) for _ in range(samples)]
    assert share(found) <= LEVEL + SLACK


@pytest.mark.parametrize(("n", "m"), [(100, 100), (1000, 100), (100, 1000)])
@pytest.mark.parametrize("spread", [0.3, 0.5, 0.8])
def test_doubled_durations_are_found(n: int, m: int, spread: float) -> None:
    """With a hundred calls on either side a doubled latency is found in at least 95 of 100 comparisons."""
    chance = random.Random(2)
    found = [
        compare_durations(durations(n, around(chance, 50, spread)), durations(m, around(chance, 100, spread)))
        for _ in range(60)
    ]
    assert sum(change.verdict is ChangeVerdict.WORSE for change in found) >= 57


def test_slow_tail_is_found() -> None:
    """Where 12 instead of 3 calls in 100 take the slow path, 1,000 calls show it, though the median stays."""
    chance = random.Random(3)
    before, after = (
        durations(1000, lambda slow=slow: (400 if chance.random() < slow else 20) * math.exp(chance.gauss(0, 0.3)))
        for slow in (0.03, 0.12)
    )
    assert compare_durations(before, after).verdict is ChangeVerdict.WORSE
    assert compare_durations(before, after, quantile=0.5).verdict is ChangeVerdict.SAME


def test_small_shift_of_many_calls_is_no_change() -> None:
    """A shift of 5 % is proven by 20,000 calls, and still earns no arrow."""
    chance = random.Random(4)
    before, after = (durations(20_000, around(chance, typical, 0.5)) for typical in (50, 52.5))
    change = compare_durations(before, after, quantile=0.5)
    assert change.verdict is ChangeVerdict.SAME and change.p_value is not None and change.p_value < 1e-6


def test_durations_in_one_bucket_are_compared() -> None:
    """Where nearly all calls take one of two durations, whichever side has more of them, the change is found."""
    few, many = durations(100, lambda: 10), durations(10_000, lambda: 20)
    assert compare_durations(few, many).verdict is ChangeVerdict.WORSE
    assert compare_durations(many, few).verdict is ChangeVerdict.BETTER


@pytest.mark.parametrize(("n", "m", "rate"), [(100, 100, 0.05), (1000, 1000, 0.02), (5000, 50, 0.01), (300, 300, 0.5)])
def test_same_rates_rarely_differ(n: int, m: int, rate: float) -> None:
    """Of two draws with one error rate at most one comparison in a hundred finds a difference."""
    chance = random.Random(5)
    assert share([compare_rates(events(chance, n, rate), events(chance, m, rate)) for _ in range(SAMPLES)]) <= 0.03


def test_risen_rate_is_found() -> None:
    """2 % that become 20 % are found with 100 calls on either side in at least 85 of 100 comparisons."""
    chance = random.Random(6)
    assert share([compare_rates(events(chance, 100, 0.02), events(chance, 100, 0.2)) for _ in range(100)]) >= 0.85


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((0, 10_000), (10, 10), ChangeVerdict.WORSE),
        ((50, 100), (0, 100), ChangeVerdict.BETTER),
        ((0, 5), (0, 5), ChangeVerdict.UNKNOWN),
        ((0, 0), (5, 5), ChangeVerdict.UNKNOWN),
        ((0, 100), (1, 100), ChangeVerdict.SAME),
        ((10_000, 100_000_000), (20_000, 100_000_000), ChangeVerdict.SAME),
        ((1_000_000, 100_000_000), (2_000_000, 100_000_000), ChangeVerdict.WORSE),
    ],
)
def test_verdict_on_rates(before: tuple[int, int], after: tuple[int, int], verdict: ChangeVerdict) -> None:
    """Few events may decide where the difference is plain; what no page would show is no change."""
    assert compare_rates(before, after).verdict is verdict


def test_fisher_exact_value() -> None:
    """The p-value is twice the one-sided one: 2 * 17/70 for the lady tasting tea with three of four right."""
    assert compare_rates((1, 4), (3, 4)).p_value == pytest.approx(2 * 17 / 70)


@pytest.mark.parametrize(
    ("before", "after", "stretch", "verdict"),
    [
        (100, 150, 1, ChangeVerdict.SAME),
        (1000, 1300, 1, ChangeVerdict.MOVED),
        (1000, 1100, 1, ChangeVerdict.SAME),
        (0, 0, 1, ChangeVerdict.UNKNOWN),
        (7000, 1000, 1 / 7, ChangeVerdict.SAME),
        (7000, 500, 1 / 7, ChangeVerdict.MOVED),
        (10_000_000, 20_000_000, 1, ChangeVerdict.MOVED),
    ],
)
def test_verdict_on_counts(before: int, after: int, stretch: float, verdict: ChangeVerdict) -> None:
    """Invocations come in bursts, so that it takes more of them than independent events to show a change."""
    assert compare_counts(before, after, stretch=stretch).verdict is verdict


def test_stretch_must_be_positive() -> None:
    """A span without length is refused."""
    with pytest.raises(ValueError, match="stretch and burst are positive"):
        compare_counts(1, 1, stretch=0)


def test_many_comparisons_rarely_show_an_arrow() -> None:
    """Of pages of 200 commands on which nothing changed, hardly one shows any arrow; a true change stays."""
    chance = random.Random(7)
    pages = [[compare_rates(events(chance, 60, 0.1), events(chance, 60, 0.1)) for _ in range(200)] for _ in range(30)]
    assert sum(any(change.holds for change in correct_for_multiple_tests(page)) for page in pages) <= 2
    assert (
        correct_for_multiple_tests([*pages[0], compare_rates((0, 100), (40, 100))])[-1].verdict is ChangeVerdict.WORSE
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ChangeVerdict)), max_size=30))
def test_together_only_takes_arrows(parts: list[tuple[float, ChangeVerdict]]) -> None:
    """What did not hold up alone does not hold up among others, and what holds up keeps its verdict."""
    changes = [Change(1, 2, p_value, verdict) for p_value, verdict in parts]
    for alone, among in zip(changes, correct_for_multiple_tests(changes), strict=True):
        assert among == alone or (alone.holds and among == alone._replace(verdict=ChangeVerdict.SAME))


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=40), st.lists(st.integers(0, 10**10), max_size=40))
def test_swapped_spans_swap_the_verdict(first: list[int], second: list[int]) -> None:
    """A change for the worse is one for the better the other way round, with the same p-value."""
    a, b = (durations(len(values), lambda left=list(values): left.pop() / MS) for values in (first, second))
    there, back = compare_durations(a, b), compare_durations(b, a)
    swap = {ChangeVerdict.WORSE: ChangeVerdict.BETTER, ChangeVerdict.BETTER: ChangeVerdict.WORSE}
    assert swap.get(there.verdict, there.verdict) is back.verdict
    if there.before != there.after:
        assert there.p_value == pytest.approx(back.p_value)
