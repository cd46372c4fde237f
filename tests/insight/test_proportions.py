"""Whether a share is beyond a bound, held against exact sums."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.proportions import exceeds, falls_short, independent, overdispersion
from tests.insight.exact import binomial

CLUMP, LEVEL = 4, 0.002
"""What is promised."""

bounds = st.integers(1, 9)


@given(st.data(), st.integers(1, 80), bounds)
def test_a_share_is_above_where_so_many_are_rare_at_the_bound(data: st.DataObject, judged: int, tenths: int) -> None:
    """The lower bound of Clopper and Pearson, summed exactly."""
    errors, bound = data.draw(st.integers(0, judged)), Fraction(tenths, 10)
    rare = binomial(errors, judged, bound) < LEVEL and errors > judged * bound
    assert exceeds(errors, judged, tenths / 10) is rare
    assert exceeds(errors, judged, tenths / 10, level=0.2) is (
        binomial(errors, judged, bound) < Fraction(2, 10) and errors > judged * bound
    )


@given(st.data(), st.integers(1, 80), bounds)
def test_a_share_is_below_where_so_few_are_rare_at_the_bound(data: st.DataObject, judged: int, tenths: int) -> None:
    """It is above for what did not fail."""
    errors = data.draw(st.integers(0, judged))
    assert falls_short(errors, judged, tenths / 10) is exceeds(judged - errors, judged, (10 - tenths) / 10)


@pytest.mark.parametrize(("errors", "judged", "above"), [(0, 0, False), (0, 10, False), (1, 10, True)])
def test_any_error_is_above_zero(errors: int, judged: int, above: bool) -> None:
    """Who wants none at all hears of the first."""
    assert exceeds(errors, judged, 0) is above
    assert not falls_short(errors, judged, 0)


@pytest.mark.parametrize("clump", [2, 4, 7])
def test_errors_that_come_together_count_as_often_as_they_come(clump: int) -> None:
    """So many at a time, in one slot of every four, vary more than single ones, by that and by what those vary."""
    slots = [(4 * clump - clump, clump) if slot % 4 == 0 else (4 * clump, 0) for slot in range(400)]
    share, each = 1 / 16, 4 * clump
    varied = 400 * (0.25 * (clump - each * share) ** 2 + 0.75 * (each * share) ** 2) / each
    assert overdispersion(slots) == pytest.approx(varied / (share * (1 - share)) / 399)


@pytest.mark.parametrize(
    "slots",
    [[(9, 1)] * 40, [(0, 5), (95, 5)], [(100, 0)] * 9, [(0, 7)] * 9, [(0, 0)] * 9, [(0, 7), (9, 0), (0, 0)]],
    ids=["even", "two slots", "no errors", "errors only", "nothing", "two that count"],
)
def test_nothing_is_less_uneven_than_independent_errors(slots: list[tuple[int, int]]) -> None:
    """Even ones count fully, and so does what is too little to tell."""
    assert overdispersion(slots) == 1


def test_three_slots_tell_how_uneven_errors_are() -> None:
    """All errors in one of three like slots: 20 of 60, where a third of them were due in each."""
    assert overdispersion([(0, 20), (20, 0), (20, 0)]) == pytest.approx(60 / 2)


@pytest.mark.parametrize(
    ("slots", "clumps", "errors", "judged"),
    [
        ([(10, 0), (20, 0)], 1, 0, 30),
        ([(10, 1), (20, 1)], 1, 2, 32),
        ([(10, 6), (20, 2)], 1, 8 - (CLUMP - 1), 38 - (CLUMP - 1)),
        ([(10, 6), (20, 2)], 2, 8 - CLUMP, 38 - CLUMP),
        ([(10, 3), (20, 1)], 2, 2, 32),
        ([(10, 3), (20, 2)], 0, 5, 35),
    ],
)
def test_a_few_failures_at_once_may_be_one_event(
    slots: list[tuple[int, int]], clumps: int, errors: float, judged: float
) -> None:
    """In the worst slots, whoever tried again is counted once."""
    assert independent(slots, clumps) == (errors, judged)


def test_uneven_errors_tell_less() -> None:
    """Errors and invocations count for so many times less."""
    slots = [(0, 20), (20, 0), (20, 0)]
    assert independent(slots, 0) == pytest.approx((20 / 30, 60 / 30))


def test_one_slot_may_be_a_clump_unless_more_are_named() -> None:
    """The worst one."""
    assert independent([(10, 6), (20, 2)]) == independent([(10, 6), (20, 2)], 1) == (8 - (CLUMP - 1), 38 - (CLUMP - 1))
