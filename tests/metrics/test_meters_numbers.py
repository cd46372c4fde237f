"""Numbers and ids as a bot gives them."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from plugin.metrics.meters.numbers import checked, member_id, tallied
from plugin.own_measures import DropReason
from tests.hostile import refuse


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (0.0, 0),
        (True, 1),
        (Decimal("2.5"), 2.5),
        (Fraction(1, 4), 0.25),
        (9e149, 9e149),
        (1e150, DropReason.TOO_LARGE),
        (10**150, DropReason.TOO_LARGE),
        (math.inf, DropReason.NOT_FINITE),
        (-math.inf, DropReason.NOT_FINITE),
        (-1e-9, DropReason.NEGATIVE),
        (-1, DropReason.NEGATIVE),
        ("5", DropReason.NOT_A_NUMBER),
        (bytearray(b"5"), DropReason.NOT_A_NUMBER),
        (5j, DropReason.NOT_A_NUMBER),
        (type("Evil", (), {"__index__": refuse, "__float__": refuse})(), DropReason.NOT_A_NUMBER),
    ],
    ids=lambda found: repr(found)[:20],
)
def test_numbers_are_taken_and_others_named(value: Any, number: float | DropReason) -> None:
    """From 0 up, and below a bound at which sums stay finite."""
    assert checked(value) == number


@pytest.mark.parametrize("value", [-1e150, -(10**150), 1e150])
def test_numbers_below_zero_have_a_bound_too(value: float) -> None:
    """Just within it they are taken where they may be negative."""
    assert checked(value, negative=True) is DropReason.TOO_LARGE
    assert checked(-9e149, negative=True) == -9e149


@pytest.mark.parametrize(
    ("value", "found"),
    [(0, 0), (1, 1), (2**64 - 1, 2**64 - 1), (2**64, None), (-1, None), ("1", None), (1.0, None), (None, None)],
)
def test_ids_are_whole_numbers_of_64_bits(value: Any, found: int | None) -> None:
    """From 0 up; anything else is none."""
    assert member_id(value) == found


@pytest.mark.parametrize(
    ("values", "counts"),
    [([5, 7, 5], {5: 2, 7: 1}), ({"a": 5, "b": 5}, {5: 2}), ([], {}), (5, None), ([[]], None)],
)
def test_values_are_counted_by_how_often_they_occur(values: Any, counts: dict[int, int] | None) -> None:
    """Of a mapping those behind its keys."""
    assert tallied(values) == counts
