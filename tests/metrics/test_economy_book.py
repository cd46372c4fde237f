"""What the bot tells of its economy, and what measures say of it."""

from __future__ import annotations

import math
from collections import ChainMap, Counter, OrderedDict, defaultdict
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.meters import MeterReader
from plugin.metrics.systems.sample import MOST_MEMBERS
from plugin.own_measures import Distribution, DropReason, SeriesReading
from tests.hostile import refuse
from tests.metrics.systems import Books

ALICE, BOB = 204_255_221_017_214_977, 81_384_788_765_712_384


def test_transactions_are_counted_by_kind_and_flow() -> None:
    """Number and volume; what was made, burnt and moved is also counted over all kinds."""
    books = Books()
    books.economy.transaction(50, "daily", "faucet", ALICE)
    books.economy.transaction(50, "daily", "faucet", BOB)
    books.economy.transaction(30, "shop", "sink", BOB)
    books.economy.transaction(7, "gift", "transfer", None)
    found = books.read()
    assert found["economy.transactions", "daily", "faucet"] == 2
    assert found["economy.volume", "daily", "faucet"] == 100
    assert found["economy.volume", "gift", "transfer"] == 7
    assert [found[f"economy.{flow}",] for flow in ("faucets", "sinks", "transfers")] == [100, 30, 7]


@pytest.mark.parametrize(
    ("amount", "flow", "reason"),
    [
        (-5, "faucet", DropReason.NEGATIVE),
        (math.nan, "sink", DropReason.NOT_FINITE),
        ("5", "faucet", DropReason.NOT_A_NUMBER),
        (None, "faucet", DropReason.NOT_A_NUMBER),
        (5, "tap", DropReason.UNKNOWN_FLOW),
        (5, None, DropReason.UNKNOWN_FLOW),
        (5, type("Evil", (), {"__eq__": refuse, "__hash__": refuse})(), DropReason.UNKNOWN_FLOW),
    ],
)
def test_a_wrong_transaction_is_dropped_once(amount: object, flow: object, reason: DropReason) -> None:
    """No exception reaches the bot; nothing of it is counted but the drop."""
    books = Books()
    books.economy.transaction(amount, "daily", flow, None)
    assert books.drops() == {("economy.volume", reason): 1}
    assert not any(name.startswith("economy") for name, *_ in books.read())


def test_more_kinds_than_are_told_apart_lose_no_money() -> None:
    """Beyond the bound the kind is unknown, but what was made and burnt stays exact."""
    books = Books()
    for number in range(300):
        books.economy.transaction(1, f"kind {number}", "faucet" if number % 3 else "sink", None)
    assert books.total("economy.volume") == 300
    assert books.read()["economy.faucets",] == 200 and books.read()["economy.sinks",] == 100


def test_a_wrong_member_costs_only_its_earnings() -> None:
    """The transaction counts, and the drop is counted."""
    books = Books()
    books.economy.transaction(5, "daily", "faucet", "somebody")
    assert books.read()["economy.faucets",] == 5
    assert books.drops() == {("economy.earnings", DropReason.NO_MEMBER): 1}


def test_earnings_are_told_by_active_hour() -> None:
    """Of each member with a transaction in the hour, what faucets gave; the hour is told when it is over."""
    books = Books()
    for _ in range(3):
        books.economy.transaction(20, "work", "faucet", ALICE)
    books.economy.transaction(10, "shop", "sink", BOB)
    books.wait(3599)
    assert ("economy.earnings",) not in books.read()
    books.wait(1)
    found = books.distribution("economy.earnings")
    assert (found.number, found.sum) == (2, 60)


def test_earnings_of_many_members_are_a_fair_sample() -> None:
    """Memory is bounded, and the median stays that of all."""
    books = Books()
    for member in range(20_000):
        books.economy.transaction(100 if member % 4 else 900, "work", "faucet", ALICE + (member << 22))
    books.wait(3600)
    found = books.distribution("economy.earnings")
    assert MOST_MEMBERS // 3 < found.number <= MOST_MEMBERS
    assert found.sum / found.number == pytest.approx(300, rel=0.1)


def test_balances_become_inequality() -> None:
    """How many hold something, the Gini coefficient, and what the richest hundredth has."""
    books = Books()
    books.economy.balances(iter([100] * 99 + [100_000]))
    found = books.read()
    assert found["economy.holders",] == 100
    assert found["economy.gini",] == pytest.approx(0.8999, abs=1e-4)
    assert found["economy.top_share",] == pytest.approx(100_000 / 109_900)


BALANCES = {ALICE: 1, BOB: 3}


@pytest.mark.parametrize(
    "balances",
    [BALANCES, Counter(BALANCES), OrderedDict(BALANCES), MappingProxyType(BALANCES), ChainMap(BALANCES)],
    ids=lambda balances: type(balances).__name__,
)
def test_balances_by_member_are_taken_without_the_members(balances: Any) -> None:
    """Any mapping from ids to balances does as well."""
    books = Books()
    books.economy.balances(balances)
    assert books.read()["economy.gini",] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("left", "known"),
    [([], set[str]()), ([0] * 5, set[str]()), ([5] * 99, {"gini"}), ([5] * 100, {"gini", "top_share"})],
    ids=["nobody", "nobody has anything", "too few for a hundredth", "enough"],
)
def test_inequality_that_is_not_known_any_more_is_gone(left: list[int], known: set[str]) -> None:
    """It does not stay as it was with other holders."""
    books = Books()
    books.economy.balances([5] * 200)
    books.economy.balances(left)
    found = books.read()
    assert found["economy.holders",] == len(left)
    assert {name for name in ("gini", "top_share") if (f"economy.{name}",) in found} == known


def failing() -> Iterator[int]:
    """Yields a balance, then fails as the bot's own code may."""
    yield 5
    refuse()


@pytest.mark.parametrize("balances", [None, 5, failing(), [[]]], ids=["None", "a number", "fails", "unhashable"])
def test_balances_that_cannot_be_read_are_dropped(balances: Any) -> None:
    """No exception reaches the bot."""
    books = Books()
    books.economy.balances(balances)
    assert books.drops() == {("economy.holders", DropReason.NOT_A_NUMBER): 1}


def test_wrong_balances_are_left_out() -> None:
    """The others count."""
    books = Books()
    books.economy.balances([5, -3, math.nan, "7", 5])
    assert books.read()["economy.holders",] == 2
    assert sum(books.drops().values()) == 3


def test_prices_and_sales_are_told_by_item() -> None:
    """A price is the last that was said; what was sold adds up."""
    books = Books()
    books.economy.price("rope", 15, 2)
    books.economy.price("rope", 18, 1)
    books.economy.price("map", 120, 0)
    books.economy.price("map", -1, 0)
    found = books.read()
    assert (found["economy.price", "rope"], found["economy.price", "map"]) == (18, 120)
    assert (found["economy.sold", "rope"], found["economy.sales", "rope"]) == (3, 48)
    assert ("economy.sold", "map") not in found


def bounds(books: Books) -> tuple[float, float] | None:
    """Between what the supply surely is."""
    found = books.read()
    if ("economy.supply_checked", "least") not in found:
        return None
    return found["economy.supply_checked", "least"], found["economy.supply_checked", "most"]


def test_the_supply_goes_on_with_what_is_made_and_burnt() -> None:
    """A reader gets it as of now, so it agrees with the flows that are read beside it."""
    books = Books()
    books.economy.supply(1000, 5)
    books.economy.transaction(50, "daily", "faucet", None)
    books.economy.transaction(20, "shop", "sink", None)
    books.economy.transaction(500, "gift", "transfer", None)
    assert books.read()["economy.supply",] == 1030


def test_what_is_read_agrees_though_the_reader_pauses() -> None:
    """What is counted while a reader pauses between two series is told with its next reading."""
    books = Books()
    books.economy.transaction(50, "daily", "faucet", None)
    books.economy.supply(1000, 5)
    found: dict[str, Any] = {}
    for reading in books.own.read():
        found[reading.measure.name] = reading.value
        books.economy.transaction(50, "daily", "faucet", None)
    assert (found["economy.faucets"], found["economy.supply"]) == (50, 1000)


def test_readings_that_interleave_tell_every_unit_once() -> None:
    """A second reading overtakes a first one that pauses, which then goes on with what it read before."""
    books, reader, told = Books(), MeterReader(), defaultdict[str, float](float)

    def work() -> None:
        for amount in (50, 20):
            books.economy.transaction(amount, "daily", "faucet", ALICE)
        books.wait(3600)

    def take(found: SeriesReading) -> None:
        value = found.value
        told[found.measure.name] += value.number if isinstance(value, Distribution) else value

    work()
    paused = reader.increases([books.own])
    take(next(paused))
    work()
    for found in (*reader.increases([books.own]), *paused, *reader.increases([books.own])):
        take(found)
    names = ("transactions", "volume", "faucets", "earnings")
    assert [told[f"economy.{name}"] for name in names] == [4, 140, 140, 2]


def test_a_supply_said_in_quiet_is_exact() -> None:
    """Without a transaction shortly before or after, both bounds are the supply."""
    books = Books()
    books.economy.transaction(50, "daily", "faucet", None)
    books.wait(10)
    books.economy.supply(1000, 5)
    assert bounds(books) is None
    books.wait(2)
    books.economy.transaction(7, "daily", "faucet", None)
    assert bounds(books) == (1007, 1007)


def test_each_reading_is_a_check_once() -> None:
    """Its bounds go on with what is counted, but another reader must know that nothing new was read."""
    books = Books()
    books.economy.supply(1000, 5)
    books.wait(60)
    assert books.read()["economy.supply_checks",] == 1
    books.wait(60)
    books.economy.transaction(7, "daily", "faucet", None)
    assert books.read()["economy.supply_checks",] == 1
    assert bounds(books) == (1007, 1007)


@given(st.data())
def test_the_bounds_hold_whatever_is_in_flight(data: st.DataObject) -> None:
    """A reading that lacks transactions counted before, or has some counted after, never disproves the supply."""
    books, amounts = Books(), st.lists(st.integers(-50, 50), max_size=5)
    truth, said = 1000, 1000
    for lacking in (data.draw(amounts), data.draw(amounts)):
        for amount in lacking:
            books.economy.transaction(abs(amount), "any", "faucet" if amount >= 0 else "sink", None)
            truth += amount
            said += amount if data.draw(st.booleans()) else 0
            books.wait(data.draw(st.floats(0, 0.3)))
    ahead = data.draw(amounts)
    books.economy.supply(said + sum(ahead), 5)
    for amount in ahead:
        books.wait(data.draw(st.floats(0, 0.3)))
        books.economy.transaction(abs(amount), "any", "faucet" if amount >= 0 else "sink", None)
    books.wait(3)
    found = bounds(books)
    assert found is not None and found[0] <= truth + sum(ahead) <= found[1]


def test_the_surest_reading_of_a_minute_is_told() -> None:
    """A reading amid transactions does not replace one in quiet."""
    books = Books()
    books.economy.supply(1000, 5)
    books.wait(10)
    books.economy.transaction(50, "daily", "faucet", None)
    books.economy.supply(1050, 5)
    books.wait(10)
    assert bounds(books) == (1050, 1050)


def test_a_wrong_supply_is_dropped() -> None:
    """What was said before stays."""
    books = Books()
    books.economy.supply(1000, 5)
    books.economy.supply(math.nan, 5)
    books.economy.supply(5, -1)
    assert books.read()["economy.supply",] == 1000
    assert books.drops() == {
        ("economy.supply", DropReason.NOT_FINITE): 1,
        ("economy.supply", DropReason.NEGATIVE): 1,
    }
