"""The index of prices."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.systems.prices import PriceStep, price_index

PRICE = st.floats(0.01, 1e6)
ITEMS = st.dictionaries(st.sampled_from("abcdef"), PRICE, min_size=1)


def step(at: int, prices: Mapping[str, float], sales: Mapping[str, float] | None = None) -> PriceStep:
    """A day."""
    return PriceStep(at, prices, sales or {})


def test_without_sales_every_item_counts_alike() -> None:
    """The geometric mean of one that doubled and one that stayed."""
    index = price_index([step(0, {"rope": 10, "map": 100}), step(1, {"rope": 20, "map": 100})])
    assert index is not None
    assert index.inflation == pytest.approx(math.sqrt(2) - 1)
    assert index.items == 2


def test_sales_weigh_the_items() -> None:
    """By the mean of their shares in both days: 0.9 and 0.7 of the money went for rope."""
    index = price_index(
        [
            step(0, {"rope": 10, "map": 100}, {"rope": 90, "map": 10}),
            step(1, {"rope": 20, "map": 100}, {"rope": 70, "map": 30}),
        ]
    )
    assert index is not None
    assert index.inflation == pytest.approx(2**0.8 - 1)


def test_new_and_removed_items_move_no_index() -> None:
    """Only those with a price on both days count, whatever the new ones cost."""
    index = price_index(
        [step(0, {"rope": 10, "map": 5}), step(1, {"rope": 11, "castle": 10**6}), step(2, {"castle": 10**6})]
    )
    assert index is not None
    assert index.points == ((0, 1.0), (1, pytest.approx(1.1)), (2, pytest.approx(1.1)))
    assert index.items == 1


@pytest.mark.parametrize("steps", [[], [step(0, {"rope": 1})], [step(0, {"rope": 1}), step(1, {"map": 1})]])
def test_nothing_is_said_without_a_common_item(steps: list[PriceStep]) -> None:
    """Neither of one day, nor of two that sell different things."""
    assert price_index(steps) is None


def test_what_is_free_has_no_relative() -> None:
    """An item that cost nothing on one of the days is left out."""
    index = price_index([step(0, {"rope": 0, "map": 5}), step(1, {"rope": 10, "map": 5})])
    assert index is not None
    assert index.inflation == 0


@given(ITEMS, st.floats(0.1, 10))
def test_a_rise_of_all_prices_is_the_inflation(prices: dict[str, float], factor: float) -> None:
    """Proportionality: if all prices go up by one factor, so does the index."""
    index = price_index([step(0, prices), step(1, {item: price * factor for item, price in prices.items()})])
    assert index is not None
    assert index.inflation == pytest.approx(factor - 1, rel=1e-6, abs=1e-9)


@given(ITEMS, st.floats(0.1, 10))
def test_prices_that_return_leave_no_inflation(prices: dict[str, float], factor: float) -> None:
    """Time reversal: there and back again is 1, so that chaining does not drift."""
    other = {item: price * factor**number for number, (item, price) in enumerate(prices.items())}
    index = price_index([step(0, prices, prices), step(1, other, other), step(2, prices, prices)])
    assert index is not None
    assert index.inflation == pytest.approx(0, abs=1e-6)
