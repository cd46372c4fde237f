"""Tails of distributions, held against exact sums and printed tables."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight import restarts, trends
from plugin.insight.chances import chance_of_count, chance_of_rates, normal_tail, student_tail
from tests.insight.exact import binomial, hypergeometric

EXACT_UP_TO = 1000.0
"""What is promised."""


@given(st.data(), st.integers(1, 60), st.integers(1, 60))
def test_the_chance_of_rates_is_that_of_fisher(data: st.DataObject, trials: int, others: int) -> None:
    """Where the sum is exact, it is the hypergeometric one."""
    many, few = data.draw(st.integers(0, trials)), data.draw(st.integers(0, others))
    exact = hypergeometric(many, trials, few, others)
    assert chance_of_rates(many, trials, few, others) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9))
def test_the_chance_of_counts_is_binomial(many: int, few: int, tenths: int) -> None:
    """Where the sum is exact, it is the binomial one."""
    exact = binomial(many, many + few, Fraction(tenths, 10))
    assert chance_of_count(many, few, tenths / 10) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("many", "few"), [(5_200, 5_000), (2_300, 2_200), (11_000, 10_700)])
def test_many_events_are_near_the_exact_sum(many: int, few: int) -> None:
    """The normal approximation takes over where it is within a tenth of the chance."""
    assert (many + few) / 4 > EXACT_UP_TO
    exact = math.fsum(
        math.exp(
            math.lgamma(many + few + 1)
            - math.lgamma(got + 1)
            - math.lgamma(many + few - got + 1)
            - (many + few) * math.log(2)
        )
        for got in range(many, many + few + 1)
    )
    assert chance_of_count(many, few, 0.5) == pytest.approx(exact, rel=0.1)
    assert chance_of_count(many, few, 0.5) != pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("scale", [20, 24], ids=["exact", "approximate"])
def test_the_chance_of_rates_goes_on_smoothly(scale: int) -> None:
    """Just below and just above the bound, chances of like rates are alike, and near the exact value."""
    trials, others = 200 * scale, 100 * scale
    many, few = 104 * scale, 49 * scale
    assert chance_of_rates(many, trials, few, others) == pytest.approx(
        float(hypergeometric(many, trials, few, others)), rel=0.15
    )


def test_many_rates_of_unequal_sides_are_near_the_exact_sum() -> None:
    """Also where one side is many times the other, and the share is far from a half."""
    many, trials, few, others = 2_160, 6_000, 4_000, 12_000
    found = chance_of_rates(many, trials, few, others)
    assert found == pytest.approx(float(hypergeometric(many, trials, few, others)), rel=0.15)
    assert chance_of_rates(few, others, many, trials) == pytest.approx(1 - found, rel=0.01)


@pytest.mark.parametrize(
    ("deviations", "chance"), [(0, 0.5), (1, 0.158655), (1.959964, 0.025), (2.575829, 0.005), (-1, 0.841345)]
)
def test_the_normal_tail_is_that_of_the_tables(deviations: float, chance: float) -> None:
    """One side of the standard normal distribution."""
    assert normal_tail(deviations) == pytest.approx(chance, rel=1e-4)


@pytest.mark.parametrize(
    ("deviations", "freedom", "chance"),
    [(2.015, 5, 0.05), (-2.015, 5, 0.95), (3.365, 5, 0.01), (2.228, 10, 0.025), (2.042, 30, 0.025), (0, 3, 0.5)],
)
def test_the_tail_of_student_is_that_of_the_tables(deviations: float, freedom: float, chance: float) -> None:
    """Within what the approximation promises."""
    assert student_tail(deviations, freedom) == pytest.approx(chance, rel=0.02)


@pytest.mark.parametrize(("table", "first"), [(restarts.STUDENT, 2), (trends.STUDENT, 5)], ids=["lives", "blocks"])
def test_each_line_of_a_table_is_one_percent(table: tuple[float, ...], first: int) -> None:
    """Two-sided, for the degrees of freedom that it stands for."""
    for freedom, deviations in enumerate(table, first):
        assert 2 * student_tail(deviations, freedom) == pytest.approx(0.01, rel=0.25)


@pytest.mark.parametrize(("total", "tenths"), [(11_000, 1), (11_000, 9), (6_000, 2), (4_000, 5)])
def test_up_to_a_thousand_expected_events_counts_are_summed(total: int, tenths: int) -> None:
    """Whatever the share: a tail that is approximated is off by more."""
    assert total * tenths * (10 - tenths) <= 100 * EXACT_UP_TO
    expected = total * tenths // 10
    many = expected + round(2.5 * math.sqrt(expected * (10 - tenths) / 10))
    ways = term = math.comb(total, many) * tenths**many * (10 - tenths) ** (total - many)
    for got in range(many, total):
        term = term * (total - got) * tenths // ((got + 1) * (10 - tenths))
        ways += term
        if not term:
            break
    exact = float(Fraction(ways, 10**total))
    assert chance_of_count(many, total - many, tenths / 10) == pytest.approx(exact, rel=1e-6)


def test_up_to_a_thousand_expected_events_rates_are_summed() -> None:
    """Of the rarer side, in the smaller one."""
    for many, trials, few, others in (
        (1060, 2000, 940, 2000),
        (160, 1100, 840, 8900),
        (2060, 2500, 1940, 2500),
        (240, 1000, 1760, 9000),
    ):
        events, both = many + few, trials + others
        assert min(events, both - events) * min(trials, others) <= EXACT_UP_TO * both
        exact = float(hypergeometric(many, trials, few, others))
        assert chance_of_rates(many, trials, few, others) == pytest.approx(exact, rel=1e-6)


def test_more_events_than_that_are_approximated() -> None:
    """Within a tenth of the chance, as an exact sum would take long."""
    many, trials, few, others = 5200, 10_000, 5000, 10_000
    exact = float(hypergeometric(many, trials, few, others))
    found = chance_of_rates(many, trials, few, others)
    assert found == pytest.approx(exact, rel=0.1) and found != pytest.approx(exact, rel=1e-9)
