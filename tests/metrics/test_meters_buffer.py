"""What own measures added between two cuts, as series of history."""

from __future__ import annotations

import pytest

import plugin
from plugin.metrics.meters import MeterReader
from plugin.metrics.meters.buffer import OwnSeriesBuffer, delta_of
from plugin.model import SeriesDelta, SeriesKind
from plugin.own_measures import LONGEST_SERIES_NAME, NO_VALUES, SeriesReading
from tests.metrics.own import Bot


class Cuts:
    """One reader of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot, self._reader, self._buffer = bot, MeterReader(), OwnSeriesBuffer()

    def read(self) -> None:
        """Collect."""
        for _ in self._buffer.reading(self._reader, [self._bot.own()]):
            pass

    def take(self) -> tuple[dict[str, SeriesDelta], dict[str, SeriesKind]]:
        """Cut."""
        series, kinds = self._buffer.take()
        return dict(series), dict(kinds)


def test_a_cut_has_what_each_kind_of_measure_added() -> None:
    """Increases of counters, levels of gauges, distributions of histograms, each with what it is."""
    bot = Bot()
    bot.counter("kind", "shop").add(5, kind="cake", shop="north")
    plugin.gauge("shop.supply", unit="{coin}", shared=True, bot=bot).set(9.5)
    plugin.histogram("shop.price", unit="{coin}", bot=bot).record(5)
    cuts = Cuts(bot)
    cuts.read()
    series, kinds = cuts.take()
    assert series['shop.sales{kind="cake",shop="north"}'] == SeriesDelta(1, 5, 5, 5)
    assert series["shop.supply"] == SeriesDelta(1, 9.5, 9.5, 9.5, last=9.5)
    price = series["shop.price"]
    assert (price.count, price.sum, price.distribution and price.distribution.total) == (1, 5, 1)
    assert price.minimum <= 5 <= price.maximum
    assert kinds == {
        "shop.sales": SeriesKind("1", "counter", "kind,shop"),
        "shop.supply": SeriesKind("{coin}", "gauge/shared", ""),
        "shop.price": SeriesKind("{coin}", "histogram/1", ""),
    }


def test_what_did_not_grow_is_not_in_the_next_cut() -> None:
    """A gauge is, as it still stands so high."""
    bot = Bot()
    bot.counter().add(5)
    plugin.gauge("shop.supply", bot=bot).set(1)
    plugin.histogram("shop.price", bot=bot).record(5)
    cuts = Cuts(bot)
    cuts.read()
    cuts.take()
    cuts.read()
    assert cuts.take()[0] == {"shop.supply": SeriesDelta(1, 1, 1, 1, last=1)}
    assert cuts.take() == ({}, {})


def test_readings_of_one_cut_come_together() -> None:
    """A cut that was begun twice has all of both, and the gauge as it stood last."""
    bot = Bot()
    sales, supply = bot.counter(), plugin.gauge("shop.supply", bot=bot)
    cuts = Cuts(bot)
    for amount in (5, 6):
        sales.add(amount)
        supply.set(amount)
        cuts.read()
    series, _ = cuts.take()
    assert series == {"shop.sales": SeriesDelta(2, 11, 5, 6), "shop.supply": SeriesDelta(2, 11, 5, 6, last=6)}


@pytest.mark.parametrize("length", [30, 100])
def test_names_that_are_too_long_stay_apart(length: int) -> None:
    """History takes names of 300 characters; of longer ones a digest of the attributes tells them apart."""
    bot = Bot()
    names = "abcd"
    sales = bot.counter(*names)
    for last in "xy":
        sales.add(1, **dict.fromkeys(names, "v" * (length - 1) + last))
    cuts = Cuts(bot)
    cuts.read()
    series, _ = cuts.take()
    assert len(series) == 2 and all(len(name) <= LONGEST_SERIES_NAME for name in series)
    assert all(name.startswith("shop.sales{") for name in series)


@pytest.mark.parametrize(
    ("resolution", "values", "extremes"),
    [(1, [5], (5, 6)), (0.5, [6, 2, 3], (2, 6.5)), (10, [0, 75], (0, 80)), (0.5, [1000], (960, 1024))],
)
def test_the_extremes_of_values_are_those_of_their_buckets(
    resolution: float, values: list[float], extremes: tuple[float, float]
) -> None:
    """In the unit of the measure: the begin of the lowest bucket and the end of the highest one."""
    bot = Bot()
    prices = plugin.histogram("shop.price", resolution=resolution, bot=bot)
    for value in values:
        prices.record(value)
    cuts = Cuts(bot)
    cuts.read()
    found = cuts.take()[0]["shop.price"]
    assert (found.minimum, found.maximum) == extremes


def test_without_values_the_extremes_are_zero() -> None:
    """And nothing else is told of them."""
    measure = plugin.histogram("shop.price", bot=Bot()).measure
    found = delta_of(SeriesReading(measure, (), NO_VALUES))
    assert (found.count, found.sum, found.minimum, found.maximum) == (0, 0, 0, 0)
