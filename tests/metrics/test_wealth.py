"""Inequality of balances."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.systems.wealth import gini, top_share

BALANCES = st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any)


@given(BALANCES)
def test_gini_is_half_the_relative_mean_difference(balances: list[int]) -> None:
    """As it is defined: the mean difference of all pairs over twice the mean."""
    pairs = sum(abs(one - other) for one in balances for other in balances)
    assert gini(Counter(balances)) == pytest.approx(pairs / (2 * len(balances) * sum(balances)), abs=1e-9)


@pytest.mark.parametrize(
    ("balances", "coefficient"),
    [([5] * 40, 0.0), ([0] * 99 + [7], 0.99), ([1, 3], 0.25)],
    ids=["equal", "one has all", "one and three"],
)
def test_known_coefficients(balances: list[int], coefficient: float) -> None:
    """Equal balances have 0, and where one of n has all it is 1 - 1/n."""
    assert gini(Counter(balances)) == pytest.approx(coefficient)


def test_the_top_hundredth_is_counted_in_whole_members() -> None:
    """Of 250 members it is three, also where others have as much as the third."""
    balances = [1000, 500, 100, 100, *[0] * 246]
    assert top_share(Counter(balances)) == pytest.approx(1600 / 1700)


@pytest.mark.parametrize("number", [100, 300, 700, 1100])
def test_the_top_hundredth_of_hundreds_is_whole(number: int) -> None:
    """Of 700 members it is seven, not eight."""
    assert top_share(Counter([1] * number)) == pytest.approx(0.01)


@pytest.mark.parametrize("balances", [[], [0] * 500], ids=["nobody", "nothing"])
def test_nothing_is_said_of_nothing(balances: list[int]) -> None:
    """Where nobody has anything, nothing is unevenly spread."""
    assert gini(Counter(balances)) is None
    assert top_share(Counter(balances)) is None


def test_few_members_have_no_top_hundredth() -> None:
    """Of fewer than a hundred it would be less than one member."""
    assert top_share(Counter([100, *[1] * 98])) is None
