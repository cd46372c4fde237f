"""What a declaration returns and refuses."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import plugin
from plugin.measures import MeasureKind
from plugin.metrics.meters import OwnMeasures
from plugin.own_measures import OwnMeasure
from tests.metrics.own import Bot


def test_the_same_declaration_returns_the_same_measure() -> None:
    """The order of attributes makes no difference, and the higher cap holds."""
    bot = Bot()
    first = bot.counter("kind", "shop", maximum_series=10)
    assert bot.counter("shop", "kind", maximum_series=30) is first
    assert bot.counter("shop", "kind", maximum_series=20) is first
    assert first.measure.maximum_series == 30


def test_a_declaration_is_listed() -> None:
    """With its kind, unit, description, attributes and system."""
    bot = Bot()
    plugin.counter("shop.sales", unit="{coin}", description="Coins taken", attributes=["kind"], bot=bot)
    declared = OwnMeasure("shop.sales", MeasureKind.COUNTER, "{coin}", "Coins taken", ("kind",))
    assert bot.own().declared() == [declared]
    assert declared.system == "shop"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (lambda bot: bot.counter("kind", unit="{coin}"), r"\(unit 1 by kind\).*\(unit \{coin\} by kind\)"),
        (lambda bot: bot.counter("shop"), "by kind.*by shop"),
        (lambda bot: bot.counter(), r"by kind.*\(unit 1\)"),
        (lambda bot: plugin.gauge("shop.sales", attributes=("kind",), bot=bot), "counter shop.sales.*gauge shop.sales"),
        (lambda bot: plugin.counter("shop_sales.x", bot=bot), "counter shop_sales.x"),
    ],
    ids=["unit", "attributes", "no attributes", "kind", "different name"],
)
def test_another_declaration_of_the_same_name_is_refused(second: Any, words: str) -> None:
    """The error names both; a name that Prometheus would write the same is the same."""
    bot = Bot()
    bot.counter("kind")
    plugin.counter("shop.sales_x", bot=bot)
    with pytest.raises(ValueError, match=words):
        second(bot)


def test_a_gauge_that_all_share_is_another() -> None:
    """Whether a fleet's value is a sum is part of the declaration; only True and False say it."""
    bot = Bot()
    supply = plugin.gauge("shop.supply", shared=True, bot=bot)
    assert supply.measure.shared and plugin.gauge("shop.supply", shared=True, bot=bot) is supply
    with pytest.raises(ValueError, match=r"shop.supply.*already declared"):
        plugin.gauge("shop.supply", bot=bot)
    with pytest.raises(TypeError, match=r"shared is True or False, not 'yes'"):
        plugin.gauge("shop.gone", shared="yes", bot=bot)


def test_a_timer_is_no_histogram() -> None:
    """One has a method that the other lacks, so neither stands in for the other."""
    bot = Bot()
    plugin.timer("shop.restock", bot=bot)
    with pytest.raises(ValueError, match=r"timer shop.restock.*histogram shop.restock"):
        plugin.histogram("shop.restock", unit="s", resolution=1.024e-6, bot=bot)


@pytest.mark.parametrize(
    "name",
    ["sales", "Shop.sales", "shop.", ".sales", "shop..sales", "shop.sales-total", "shop sales", "1shop.sales", ""],
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """The error shows one that would do."""
    with pytest.raises(ValueError, match=r"such as 'economy.transactions'"):
        plugin.counter(name)


@pytest.mark.parametrize("name", ["process.threads", "discord.x", "golem.x", "latency_s.shard0", "asyncio.x"])
def test_names_of_the_monitor_are_refused(name: str) -> None:
    """What it measures itself cannot be mixed up with what a bot measures."""
    with pytest.raises(ValueError, match="the monitor's own"):
        plugin.gauge(name)


def test_no_id_is_kept_in_a_name() -> None:
    """Whatever is around it."""
    with pytest.raises(ValueError, match=r"looks like a user id"):
        plugin.counter("points.of_123456789012345678")


def test_a_name_that_is_too_long_is_shown_in_part() -> None:
    """An error fits into a line of a log."""
    with pytest.raises(ValueError, match=r"^'points\.x{23}'… has 107 characters: use at most 100$"):
        plugin.counter("points." + "x" * 100)


def test_whatever_is_just_within_its_bound_is_taken() -> None:
    """Names and descriptions, units, attributes, and the number of series, as long and as many as they may be."""
    name, unit, description = "points." + "x" * 93, f"{{{'x' * 61}}}", "x" * 200
    attributes = tuple("abcdefgh")
    bot = Bot()
    plugin.gauge(name, unit=unit, description=description, attributes=attributes, maximum_series=5_000, bot=bot)
    plugin.gauge("points.one", attributes=("a",), maximum_series=1, bot=bot)
    longest, least = bot.own().declared()
    assert longest == OwnMeasure(name, MeasureKind.GAUGE, unit, description, attributes, 5_000)
    assert least.maximum_series == 1


@pytest.mark.parametrize(
    "beyond",
    [{"name": "points." + "x" * 94}, {"unit": f"{{{'x' * 62}}}"}, {"description": "x" * 201}],
    ids=["name", "unit", "description"],
)
def test_a_character_more_is_refused(beyond: dict[str, str]) -> None:
    """Of a name, a unit or a description."""
    with pytest.raises(ValueError, match=r"points\."):
        plugin.gauge(**{"name": "points.now", **beyond})


@pytest.mark.parametrize(("unit", "resolution"), [("{coin}", 1), ("By", 1), ("s", 0.001), ("1", 0.001), ("%", 0.001)])
def test_a_histogram_has_a_resolution_by_its_unit(unit: str, resolution: float) -> None:
    """What is counted is exact to one, what is measured to a thousandth."""
    assert plugin.histogram("shop.size", unit=unit, bot=Bot()).measure.resolution == resolution


@pytest.mark.parametrize("resolution", [1e-12, 0.5, 10, 1e12])
def test_a_resolution_is_taken_within_twelve_digits_of_one(resolution: float) -> None:
    """Both bounds included."""
    assert plugin.histogram("shop.size", resolution=resolution, bot=Bot()).measure.resolution == resolution


def test_a_measure_belongs_to_one_bot_or_to_all() -> None:
    """Two bots may each have one of the same name; one for every bot of the process stands in the way of both."""
    one, other = Bot(), Bot()
    plugin.gauge("shop.of_one_bot", bot=one)
    plugin.gauge("shop.of_one_bot", bot=other)
    plugin.gauge("shop.of_all_bots")
    for name, bot in (("shop.of_one_bot", None), ("shop.of_all_bots", one)):
        with pytest.raises(ValueError, match=rf"{name} is declared for one bot and for every bot of the process"):
            plugin.gauge(name, bot=bot)


@pytest.mark.parametrize("unit", ["1", "s", "By", "MiBy", "%", "{coin}", "{coin}/h", "By/s", "m/s2", "10*3", "Cel"])
def test_units_of_ucum_are_taken(unit: str) -> None:
    """Plain, annotated and composed ones."""
    assert plugin.gauge("shop.level", unit=unit, bot=Bot()).measure.unit == unit


@pytest.mark.parametrize(
    ("unit", "meant"),
    [("", "'1'"), ("seconds", "'s'"), ("Bytes", "'By'"), ("coins", "'{coins}'"), ("{two words}", "'{twowords}'")],
)
def test_other_units_are_refused_with_the_one_meant(unit: str, meant: str) -> None:
    """The error says what to write instead."""
    with pytest.raises(ValueError, match=f"use {meant}"):
        plugin.counter("shop.sales", unit=unit)


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        ("kind", TypeError),
        (("kind", 1), TypeError),
        (7, TypeError),
        (("kind", "kind"), ValueError),
        (("Kind",), ValueError),
        (("class",), ValueError),
        (("amount",), ValueError),
        (("bot",), ValueError),
        (("u12345678901234567",), ValueError),
        (tuple("abcdefghi"), ValueError),
    ],
    ids=str,
)
def test_attributes_that_no_call_can_name_are_refused(attributes: Any, error: type[Exception]) -> None:
    """A single text, words of Python or of the call, the same name twice, and more than eight."""
    with pytest.raises(error, match=r"shop\.sales"):
        plugin.counter("shop.sales", attributes=attributes)


@pytest.mark.parametrize(
    "wrong",
    [{"maximum_series": 0}, {"maximum_series": 5001}, {"maximum_series": True}, {"description": 7}, {"unit": None}],
    ids=str,
)
def test_other_wrong_arguments_are_refused(wrong: dict[str, Any]) -> None:
    """The error names the measure."""
    with pytest.raises(ValueError, match=r"shop\.sales"):
        plugin.counter("shop.sales", **wrong)


@pytest.mark.parametrize(
    "resolution",
    [0, -1, 0.9e-12, 1.1e12, 10**400, float("nan"), float("inf"), "1", True],
    ids=lambda given: str(given)[:5],
)
def test_a_resolution_that_is_none_is_refused(resolution: Any) -> None:
    """It is a number above zero, within bounds."""
    with pytest.raises(ValueError, match="resolution"):
        plugin.histogram("shop.size", resolution=resolution)


def test_a_process_takes_a_thousand_measures() -> None:
    """A name made in a loop is a mistake, and the error says what to use instead."""
    bot = Bot()
    gc.collect()  # bots of other tests

    def declare_in_a_loop() -> None:
        for number in range(1001):
            plugin.counter(f"shop.item{number}", bot=bot)

    with pytest.raises(ValueError, match="use an attribute instead"):
        declare_in_a_loop()
    assert sum(len(own.declared()) for own in gc.get_objects() if type(own) is OwnMeasures) == 1000
