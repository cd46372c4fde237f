"""Measures of one's own, fed through the package's front door."""

from __future__ import annotations

import decimal
import enum
import fractions
import math
import tracemalloc
from typing import Any

import pytest

import plugin
from plugin.measures import OTHERS
from plugin.own_measures import Distribution, DropReason
from tests.hostile import Meta, Name, refuse
from tests.metrics.own import Bot


class Kind(str, enum.Enum):  # noqa: UP042 # as bots have them
    """Kinds of sales as many bots write them."""

    DAILY = "daily"


class Evil(metaclass=Meta):
    """Refuses to be anything."""

    __index__ = __float__ = __eq__ = __hash__ = __lt__ = __le__ = __str__ = refuse


def test_a_counter_adds_up_by_its_attributes() -> None:
    """Whole numbers stay whole, whichever way and order the attributes are given in."""
    bot = Bot()
    sales = bot.counter("kind", "source")
    sales.add(kind="daily", source="command")
    sales.add(41, source="command", kind="daily")
    sales.labels(kind="gift", source="button").add(0.5)
    assert bot.values() == {("daily", "command"): 42, ("gift", "button"): 0.5}


def test_a_counter_without_attributes_has_one_series() -> None:
    """It is there from the first addition on."""
    bot = Bot()
    sales = bot.counter()
    assert bot.values() == {}
    for _ in range(1000):
        sales.add(2)
    assert bot.values() == {(): 2000}


def test_a_gauge_has_its_last_value() -> None:
    """Below zero, too; a series that was never set has none."""
    bot = Bot()
    queue = plugin.gauge("shop.queue", attributes=("shop",), bot=bot)
    queue.labels(shop="empty")
    queue.set(5, shop="old")
    queue.set(-3, shop="old")
    assert bot.values() == {("old",): -3}


def test_a_gauge_may_become_unknown() -> None:
    """All its series have no value until one is set again."""
    bot = Bot()
    players = plugin.gauge("shop.players", attributes=("queue",), bot=bot)
    players.set(3, queue="a")
    players.set(4, queue="b")
    players.unset()
    assert bot.values() == {}
    players.set(5, queue="b")
    assert bot.values() == {("b",): 5}


def test_a_histogram_tells_sizes_in_its_unit() -> None:
    """Quantiles are within 1/17, small counts exact within one, and the sum is exact."""
    bot = Bot()
    prices = plugin.histogram("shop.price", unit="{coin}", bot=bot)
    for price in range(1, 1001):
        prices.record(price)
    found = bot.values()[()]
    assert isinstance(found, Distribution)
    assert (found.number, found.sum) == (1000, 500_500)
    median = found.quantile(0.5, prices.measure)
    assert median == pytest.approx(500, rel=1 / 17)


@pytest.mark.parametrize(("unit", "value"), [("1", 0.05), ("s", 86_400), ("{coin}", 4e9), ("By", 10**6)])
def test_the_resolution_fits_what_is_measured(unit: str, value: float) -> None:
    """If none is declared, shares, days and large amounts are all told within 1/17."""
    bot = Bot()
    sizes = plugin.histogram("shop.size", unit=unit, bot=bot)
    sizes.record(value)
    assert bot.values()[()].quantile(0.5, sizes.measure) == pytest.approx(value, rel=1 / 17)


def test_a_resolution_of_ones_own() -> None:
    """It moves the range: fortunes that no other histogram holds."""
    bot = Bot()
    fortunes = plugin.histogram("shop.fortune", unit="{coin}", resolution=1e9, bot=bot)
    fortunes.record(10**18)
    assert bot.values()[()].quantile(0.5, fortunes.measure) == pytest.approx(1e18, rel=1 / 17)


@pytest.mark.parametrize(
    ("amount", "counted"),
    [
        (True, 1),
        (decimal.Decimal("2.5"), 2.5),
        (fractions.Fraction(1, 4), 0.25),
        (enum.IntEnum("Coins", {"TEN": 10})["TEN"], 10),
        (10**100, 10**100),
    ],
    ids=str,
)
def test_numbers_of_all_types_count(amount: Any, counted: float) -> None:
    """What has a value as a number is one."""
    bot = Bot()
    bot.counter().add(amount)
    assert bot.values() == {(): counted}
    assert bot.drops() == {}


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (-1, DropReason.NEGATIVE),
        (-0.5, DropReason.NEGATIVE),
        (math.nan, DropReason.NOT_FINITE),
        (math.inf, DropReason.NOT_FINITE),
        (-math.inf, DropReason.NOT_FINITE),
        (decimal.Decimal("NaN"), DropReason.NOT_FINITE),
        (decimal.Decimal("sNaN"), DropReason.NOT_A_NUMBER),
        (1e150, DropReason.TOO_LARGE),
        (1e200, DropReason.TOO_LARGE),
        (10**400, DropReason.TOO_LARGE),
        ("5", DropReason.NOT_A_NUMBER),
        (b"5", DropReason.NOT_A_NUMBER),
        (None, DropReason.NOT_A_NUMBER),
        ([1], DropReason.NOT_A_NUMBER),
        (1j, DropReason.NOT_A_NUMBER),
    ],
    ids=lambda value: value.name if type(value) is DropReason else "value",
)
def test_what_is_no_amount_is_dropped_and_counted(amount: Any, reason: DropReason) -> None:
    """Nothing is raised, the total stays, and the reason is known; a histogram does the same."""
    bot = Bot()
    sales, sizes = bot.counter(), plugin.histogram("shop.size", bot=bot)
    sales.add(3)
    sales.add(amount)
    sales.labels().add(amount)
    sizes.record(amount)
    assert [reading.value for reading in sales.read()] == [3]
    assert [(found.reason, found.number) for table in (sales, sizes) for found in table.drops()] == [
        (reason, 2),
        (reason, 1),
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, "5", None, 1e150, -1e150, 10**400], ids=str)
def test_a_gauge_keeps_its_value_where_the_next_is_none(value: Any) -> None:
    """The last good value stays."""
    bot = Bot()
    queue = plugin.gauge("shop.queue", bot=bot)
    queue.set(7)
    queue.set(value)
    assert bot.values() == {(): 7}
    assert sum(bot.drops().values()) == 1


@pytest.mark.parametrize(
    "attributes", [{}, {"kind": "a"}, {"kind": "a", "shop": "b", "more": "c"}, {"kind": "a", "stop": "b"}], ids=str
)
def test_wrong_attribute_names_are_dropped_and_counted(attributes: dict[str, Any]) -> None:
    """Too few, too many or mistyped: the measurement is lost, the bot goes on; so with a series that is kept."""
    bot = Bot()
    sales = bot.counter("kind", "shop")
    sales.add(1, kind="a", shop="b")
    sales.add(1, **attributes)
    kept = sales.labels(**attributes)
    kept.add()
    kept.add()
    assert bot.values() == {("a", "b"): 1}
    assert bot.drops() == {DropReason.WRONG_ATTRIBUTES: 3}


def test_gauges_and_histograms_know_wrong_attribute_names_too() -> None:
    """One name too many is not taken for the series without it."""
    bot = Bot()
    queue = plugin.gauge("shop.queue", attributes=("shop",), bot=bot)
    prices = plugin.histogram("shop.price", attributes=("shop",), bot=bot)
    for _ in range(2):
        queue.set(5, shop="a")
        prices.record(5, shop="a")
    queue.set(7, shop="a", floor="b")
    prices.record(7, shop="a", floor="b")
    assert queue.labels(shop="a").read() == 5
    assert prices.labels(shop="a").read().number == 2
    assert [(found.measure.name, found.number) for found in bot.own().drops()] == [("shop.queue", 1), ("shop.price", 1)]


def test_no_value_is_taken_for_another() -> None:
    """However alike the texts are, each is a series of its own."""
    bot = Bot()
    sales = bot.counter("kind")
    for times, kind in enumerate(("a", "aa", "aaa", ""), 1):
        for _ in range(times):
            sales.add(kind=kind)
    assert bot.values() == {("a",): 1, ("aa",): 2, ("aaa",): 3, ("",): 4}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("naïve 🟢", "naïve 🟢"),
        ("x" * 100, "x" * 100),
        (7, "7"),
        (-7, "-7"),
        (10**16 - 1, "9999999999999999"),
        (1 - 10**16, "-9999999999999999"),
        (True, "true"),
        (False, "false"),
        (Kind.DAILY, "daily"),
    ],
    ids=repr,
)
def test_attribute_values_are_text(value: Any, text: str) -> None:
    """Text, whole numbers and bools are told apart as text; one and true are two series."""
    bot = Bot()
    sales = bot.counter("kind")
    sales.add(kind=value)
    sales.labels(kind=value).add()
    assert bot.values() == {(text,): 2}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (123456789012345678, DropReason.LOOKS_LIKE_ID),
        ("12345678901234567", DropReason.LOOKS_LIKE_ID),
        ("12345678901234567890", DropReason.LOOKS_LIKE_ID),
        ("<@123456789012345678>", DropReason.LOOKS_LIKE_ID),
        ("user:١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧", DropReason.LOOKS_LIKE_ID),
        (10**16, DropReason.LOOKS_LIKE_ID),
        (-(10**16), DropReason.LOOKS_LIKE_ID),
        (10**5000, DropReason.LOOKS_LIKE_ID),
        ("x" * 101, DropReason.TOO_LONG),
        ("a\0b", DropReason.NOT_PRINTABLE),
        ("\ud800", DropReason.NOT_PRINTABLE),
        ("a\nb", DropReason.NOT_PRINTABLE),
        (1.5, DropReason.WRONG_TYPE),
        (None, DropReason.WRONG_TYPE),
        (["a"], DropReason.WRONG_TYPE),
    ],
    ids=lambda value: value.name if type(value) is DropReason else "value",
)
def test_values_that_may_not_be_kept_count_as_other(value: Any, reason: DropReason) -> None:
    """The measurement counts, the other attributes stay, and the reason is known."""
    bot = Bot()
    sales = bot.counter("kind", "who")
    for _ in range(2):
        sales.add(kind="daily", who=value)
    assert bot.values() == {("daily", OTHERS): 2}
    assert bot.drops() == {reason: 2}
    assert not reason.lost


def test_classes_of_text_are_read_and_not_asked() -> None:
    """A text whose methods all refuse counts by its characters."""
    bot = Bot()
    sales = bot.counter("kind")
    sales.add(kind=Name("daily"))
    sales.add(kind="daily")
    assert bot.values() == {("daily",): 2}


def test_values_that_refuse_everything_are_dropped() -> None:
    """A class that cannot even be hashed, and what is of it, as amount and as attribute."""
    bot = Bot()
    sales = bot.counter("kind")
    sales.add(Evil, kind="a")
    sales.add(object.__new__(Evil), kind="a")
    sales.add(kind=Evil)
    sales.add(kind=object.__new__(Evil))
    assert bot.values() == {("a",): 0, (OTHERS,): 2}
    assert bot.drops() == {DropReason.NOT_A_NUMBER: 2, DropReason.WRONG_TYPE: 2}


def test_attribute_values_beyond_the_cap_are_counted_together() -> None:
    """Ten thousand values make as many series as were declared and one for the rest; the total is exact."""
    bot = Bot()
    sales = bot.counter("item", maximum_series=20)
    for number in range(10_000):
        sales.add(item=f"item {number}")
    sales.add(item="item 3")
    found = bot.values()
    assert len(found) == 21 and found["item 3",] == 2
    assert found[OTHERS,] == bot.drops()[DropReason.TOO_MANY_SERIES] == 9_980


def test_the_series_of_the_rest_takes_no_room() -> None:
    """Values that may not be kept leave room for as many others as were declared."""
    bot = Bot()
    sales = bot.counter("item", maximum_series=2)
    for item in ("x" * 101, "a", "b", "c"):
        sales.add(item=item)
    assert bot.values() == {(OTHERS,): 2, ("a",): 1, ("b",): 1}


def test_a_value_that_may_not_be_kept_is_not_one_too_many() -> None:
    """Where no room is left, the reason is still what is wrong with the value."""
    bot = Bot()
    sales = bot.counter("item", maximum_series=1)
    for item in ("a", "x" * 101):
        sales.add(item=item)
    assert bot.values() == {("a",): 1, (OTHERS,): 1}
    assert bot.drops() == {DropReason.TOO_LONG: 1}


def test_all_series_of_a_process_are_bounded() -> None:
    """Where 5,000 are taken, each measure has room for one more, which takes the rest; a bot that goes makes room."""
    first, second = Bot(), Bot()
    for number in range(6):
        filled = plugin.counter(f"shop.part{number}", attributes=("item",), maximum_series=1000, bot=first)
        for item in range(1000):
            filled.add(item=item)
    assert len(list(first.own().read())) <= 5001
    late = plugin.counter("market.sales", attributes=("item",), bot=second)
    late.add(item="a")
    late.add(item="b")
    assert second.values() == {(OTHERS,): 2}
    assert second.drops() == {DropReason.PROCESS_FULL: 2}
    del first, filled
    late.add(item="a")
    assert second.values() == {(OTHERS,): 2, ("a",): 1}


@pytest.mark.parametrize("measured", ["counter", "large counter", "histogram", "drops"])
def test_additions_take_no_memory(measured: str) -> None:
    """Ten thousand of them are folded into their total as they come."""
    bot = Bot()
    counter, histogram = bot.counter().labels(), plugin.histogram("shop.size", bot=bot).labels()
    add, value = {
        "counter": (counter.add, 1),
        "large counter": (counter.add, decimal.Decimal(1)),
        "histogram": (histogram.record, 1),
        "drops": (counter.add, -1),
    }[measured]
    add(value)
    tracemalloc.start()
    try:
        for _ in range(10_000):
            add(value)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 20_000
