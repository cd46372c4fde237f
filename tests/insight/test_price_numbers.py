"""How prices and sales of an economy become an index."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from plugin.insight.systems.money import Money, prices_of
from plugin.insight.systems.prices import PriceStep, price_index
from plugin.model import SeriesCourse, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, START, a_past, counter, gauge

DAY = 24 * HOUR
FIRST = START // DAY * DAY


def price(item: str, value: Callable[[int], float], times: Callable[[int], int] = lambda _: 1) -> SystemSeries:
    """The price of an item in each hour, said so many times."""
    series = gauge("economy.price", value, None, item=item)
    points = tuple(
        point._replace(values=point.values._replace(count=times(hour), sum=times(hour) * point.values.sum))
        for hour, point in enumerate(series.course.points)
    )
    return series._replace(course=SeriesCourse(HOUR, points))


def sales(item: str, value: float, **more: str) -> SystemSeries:
    """What was paid for an item in each hour."""
    return counter("economy.sales", lambda _: value, lambda _: 2 * value, item=item, **more)


def after(begin: float, value: float) -> Callable[[int], float]:
    """A price that changes with the second day."""
    return lambda hour: begin if START + HOUR * hour < FIRST + DAY else value


def test_sales_of_all_series_of_an_item_weigh_its_price() -> None:
    """Three quarters of the money go for rope, in two shops."""
    past = a_past(
        price("rope", after(10, 20)),
        price("map", after(100, 100)),
        sales("rope", 20, shop="a"),
        sales("rope", 10, shop="b"),
        sales("map", 10),
    )
    index = prices_of(past)
    assert index is not None
    assert index.inflation == pytest.approx(2**0.75 - 1)
    assert index.items == 2
    assert [at for at, _ in index.points] == [FIRST + DAY * day for day in range(8)]


def test_the_price_of_a_day_is_the_mean_of_what_was_said() -> None:
    """However often, and whatever was recorded without a value."""
    past = a_past(price("rope", lambda hour: 10 + 10 * (hour % 2), times=lambda hour: 1 + hour // 40))
    index = prices_of(past)
    assert index is not None and index.inflation == pytest.approx(0)
    unsaid = price("map", lambda _: 5, times=lambda _: 0)
    assert prices_of(a_past(unsaid)) is None


def test_other_items_together_have_no_price() -> None:
    """What is beyond the bound of items is a mixture."""
    assert prices_of(a_past(price("(other)", lambda _: 5))) is None


def test_the_week_before_has_an_index_of_its_own() -> None:
    """None where history does not reach back."""
    rope = gauge("economy.price", lambda _: 10, lambda hour: 10 * 2**hour, item="rope")
    index = prices_of(a_past(rope), previous=True)
    assert index is not None and index.inflation > 1e6
    assert prices_of(a_past(price("rope", lambda _: 5)), previous=True) is None


@pytest.mark.parametrize("hours", [24, 48])
def test_up_to_two_days_are_told_by_the_hour(hours: int) -> None:
    """Each hour with its price."""
    past = a_past(price("rope", lambda hour: 100 + hour), spans=SPANS._replace(start=END - hours * HOUR))
    index = prices_of(past)
    assert index is not None
    assert [at for at, _ in index.points[:3]] == [START, START + HOUR, START + 2 * HOUR]
    assert index.points[2][1] == pytest.approx(1.02)


def test_the_fewest_items_of_a_link_are_told() -> None:
    """The index rests on no more."""
    index = price_index(
        [
            PriceStep(0, {"rope": 1, "map": 1}, {}),
            PriceStep(1, {"rope": 2, "map": 2}, {}),
            PriceStep(2, {"rope": 4}, {}),
            PriceStep(3, {"rope": 4, "map": 2}, {}),
        ]
    )
    assert index is not None and index.items == 1
    assert index.points == ((0, 1.0), (1, pytest.approx(2)), (2, pytest.approx(4)), (3, pytest.approx(4)))


def test_an_item_that_became_free_is_left_out() -> None:
    """As one that was free before."""
    steps = [PriceStep(0, {"rope": 1, "map": 1}, {}), PriceStep(1, {"rope": 0, "map": 3}, {})]
    for order in (steps, steps[::-1]):
        index = price_index(order)
        assert index is not None and index.items == 1
        assert abs(math.log(index.inflation + 1)) == pytest.approx(math.log(3))


def test_items_of_a_link_without_sales_count_alike() -> None:
    """Though those of other links are weighted by their sales."""
    sold = {"rope": 3.0, "map": 1.0}
    steps = [
        PriceStep(0, {"rope": 1, "map": 1}, sold),
        PriceStep(1, {"rope": 16, "map": 1}, sold),
        PriceStep(2, {"rope": 256, "map": 1}, {}),
    ]
    index = price_index(steps)
    assert index is not None
    assert [value for _, value in index.points] == pytest.approx([1, 8, 32])


def test_an_item_that_sold_in_one_step_only_has_half_its_weight() -> None:
    """In the other step nothing was paid for it."""
    steps = [PriceStep(0, {"rope": 1, "map": 1}, {"rope": 4}), PriceStep(1, {"rope": 4, "map": 1}, {"map": 4})]
    index = price_index(steps)
    assert index is not None and index.points[1] == (1, pytest.approx(2))
    earlier = [step._replace(sales=other.sales) for step, other in zip(steps, steps[::-1], strict=True)]
    assert price_index(earlier) == index


def flow(name: str, now: float, before: float | None = None) -> SystemSeries:
    """A counter of the economy."""
    return counter(f"economy.{name}", lambda _: now, None if before is None else lambda _: before)


@pytest.mark.parametrize(("made", "burned", "supply"), [(2, 1, 832), (0, 1, 1168), (2, 0, 664), (0, 0, 1000)], ids=str)
def test_the_supply_of_a_week_ago_follows_from_the_flows(made: float, burned: float, supply: float) -> None:
    """What was made since is taken from it, and what was burnt is put back."""
    past = a_past(gauge("economy.supply", lambda _: 1000), flow("faucets", made, 1), flow("sinks", burned, 1))
    assert Money(past, previous=True).supply == supply
    assert Money(past).supply == 1000


def test_a_flow_that_is_not_counted_is_none() -> None:
    """A bot without sinks burns nothing; with sinks that history does not cover, it is not known."""
    past = a_past(gauge("economy.supply", lambda _: 1000), flow("faucets", 2), flow("transfers", 1))
    now, before = Money(past), Money(past, previous=True)
    assert (now.made, now.burned, now.moved, now.net) == (336, 0, 168, 336)
    assert (before.made, before.burned, before.moved, before.net) == (None, 0, None, None)
    assert before.growth is None and before.velocity(7) is None and before.burned_share is None
    assert now.velocity(7) == pytest.approx(168 / (1000 - 168) / 7)
    assert Money(a_past(flow("faucets", 0), flow("sinks", 1))).burned_share is None
    assert Money(a_past(flow("faucets", 2), flow("sinks", 1))).velocity(7) is None


def test_an_item_without_sales_on_a_day_has_no_weight_of_that_day() -> None:
    """Rope is all of the money of the first day, and none of that of the second."""
    index = price_index(
        [PriceStep(0, {"rope": 1, "map": 1}, {"rope": 5}), PriceStep(1, {"rope": 16, "map": 4}, {"map": 0.5})]
    )
    assert index is not None and index.points[1][1] == pytest.approx(8)
