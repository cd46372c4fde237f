"""What a share surely is at least, and fractions of invocations."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.proportions import exceeds, falls_short, least_share, overdispersion
from tests.insight.exact import binomial


@given(st.data(), st.integers(1, 60), st.sampled_from([0.05, 0.01]))
def test_a_share_is_at_least_what_rarely_has_so_many_errors(data: st.DataObject, judged: int, level: float) -> None:
    """The lower bound of Clopper and Pearson, to a thousandth, and never more than it."""
    errors = data.draw(st.integers(1, judged))
    least = least_share(errors, judged, level)
    assert binomial(errors, judged, Fraction(least)) < level
    assert binomial(errors, judged, Fraction(least) + Fraction(1, 1000)) >= level


@pytest.mark.parametrize(("errors", "judged"), [(0, 0), (0, 1), (0, 90), (1, 1)])
def test_little_surely_is_little(errors: int, judged: int) -> None:
    """No errors may always be no errors, and one of one may be chance."""
    assert least_share(errors, judged, 0.01) == pytest.approx(0.01 * errors, abs=0.001)


def test_uneven_errors_may_be_less_than_one_invocation() -> None:
    """Where they tell so much less, they still have a share."""
    assert least_share(0.8, 0.9, 0.01) == 0
    assert not exceeds(0.8, 0.9, 0.1) and not falls_short(0.1, 0.9, 0.99)


@pytest.mark.parametrize(("judged", "is_below"), [(3.0, True), (2.9, False)])
def test_a_part_of_an_invocation_proves_nothing(judged: float, is_below: bool) -> None:
    """Three without an error are rare where nine of ten fail, two are not so rare."""
    assert falls_short(0, judged, 0.9, level=0.002) is is_below
    assert not exceeds(judged - 1, judged, 0.1, level=0.002)


def test_slots_with_as_many_errors_as_successes_count() -> None:
    """As do those with one error in all."""
    half, none = (10, 10), (20, 0)
    assert overdispersion([half, none, none]) == pytest.approx(12)
    assert overdispersion([(0, 1), (10, 0), (9, 0)]) == pytest.approx(10)
