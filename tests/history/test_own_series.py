"""Series of own measures: what they are, how their values are distributed, and where gauges stood last."""

from __future__ import annotations

import random

from plugin.corridor.own_courses import SeriesReader
from plugin.histogram import TICK_NS, Histogram
from plugin.history.store import Store
from plugin.measures import parsed_series
from plugin.metrics.meters import MeterReader
from plugin.metrics.meters.buffer import OwnSeriesBuffer
from plugin.model import Batch, Scope, SeriesDelta, SeriesKept, SeriesKind
from tests.history.builders import BOT, DAY, NOON, SCOPE, WRITER, batch, roll_up_all
from tests.metrics.own import Bot

PRICE, SUPPLY, GIFTS = "economy.price", "economy.supply", 'economy.gifts{kind="daily",source="shop"}'
KINDS = {
    PRICE: SeriesKind("{coin}", "histogram/1", ""),
    SUPPLY: SeriesKind("{coin}", "gauge", ""),
    "economy.gifts": SeriesKind("1", "counter", "kind,source"),
}
HOUR = 3600


def own(start: int, series: dict[str, SeriesDelta], kinds: dict[str, SeriesKind] = KINDS) -> Batch:
    """A minute with values of own measures."""
    return batch(start)._replace(series=series, kinds=kinds)


def prices(*values: int) -> SeriesDelta:
    """What a histogram of resolution 1 recorded."""
    histogram = Histogram()
    for value in values:
        histogram.record(value * TICK_NS)
    return SeriesDelta(len(values), sum(values), min(values), max(values), histogram)


def level(value: float) -> SeriesDelta:
    """Where a gauge stood at the cut."""
    return SeriesDelta(1, value, value, value, last=value)


async def test_distributions_of_a_span_are_merged_exactly(store: Store) -> None:
    """Each bucket counts all minutes of the span, rolled up or not, and what comes late."""
    noise = random.Random(3)
    whole: list[int] = []
    for minute in range(0, 600, 7):
        values = [int(noise.lognormvariate(5, 2)) for _ in range(20)]
        whole += values
        await store.writing.write(WRITER, own(NOON + 60 * minute, {PRICE: prices(*values)}))
    for _ in range(2):
        found = await store.reading.values(SCOPE, NOON, NOON + DAY, PRICE)
        assert found == prices(*whole)
        hours = (await store.reading.series(SCOPE, NOON, NOON + DAY, [PRICE], HOUR))[0].points
        assert sum((point.values.distribution or Histogram()).total for point in hours) == len(whole)
        await roll_up_all(store, NOON + 2 * DAY)
    await store.writing.write(WRITER, own(NOON, {PRICE: prices(5)}))
    assert await store.reading.values(SCOPE, NOON, NOON + DAY, PRICE) == prices(*whole, 5)


async def test_the_last_value_of_a_gauge_is_that_of_its_last_minute(store: Store) -> None:
    """However minutes are put together, an hour or a day ends where its last minute did."""
    for minute in range(150):
        await store.writing.write(WRITER, own(NOON + 60 * minute, {SUPPLY: level(1000 - minute)}))
    await store.writing.write(WRITER, own(NOON + 60 * 149, {SUPPLY: level(7)}))
    for _ in range(2):
        (course,) = await store.reading.series(SCOPE, NOON, NOON + 3 * HOUR, [SUPPLY], HOUR)
        assert [point.values.last for point in course.points] == [941, 881, 7]
        (whole,) = (await store.reading.series(SCOPE, NOON - 12 * HOUR, NOON + DAY, [SUPPLY], DAY))[0].points
        assert whole.values.last == 7
        await roll_up_all(store, NOON + 3 * DAY)


async def test_what_a_series_is_stands_beside_its_name(store: Store) -> None:
    """Unit, kind and attributes are those of the declaration; names are listed by how they begin."""
    await store.writing.write(WRITER, own(NOON, {PRICE: prices(1), GIFTS: SeriesDelta(1, 2, 2, 2), "guilds": level(1)}))
    assert await store.reading.described(SCOPE, "economy.") == (
        SeriesKept(GIFTS, "1", "counter", "kind,source"),
        SeriesKept(PRICE, "{coin}", "histogram/1", ""),
    )
    assert [kept.name for kept in await store.reading.described(SCOPE)] == [GIFTS, PRICE, "guilds"]


async def test_a_declaration_that_changed_comes_last(store: Store) -> None:
    """A gauge that has become another has both descriptions, the present one behind the earlier one."""
    for minute, unit in enumerate(("{point}", "{coin}")):
        kinds = {SUPPLY: SeriesKind(unit, "gauge/shared", "")}
        await store.writing.write(WRITER, own(NOON + 60 * minute, {SUPPLY: level(1)}, kinds))
    assert [kept.unit for kept in await store.reading.described(SCOPE, SUPPLY)] == ["{point}", "{coin}"]


async def test_a_fleet_has_the_sum_of_its_gauges_and_counters(store: Store) -> None:
    """Gauges of all instances are added up where they stood last, counters over the whole span."""
    for instance, supply, gifts in (("a", 100.0, 3.0), ("b", 20.0, 4.0)):
        for minute in range(3):
            series = {SUPPLY: level(supply + minute), GIFTS: SeriesDelta(1, gifts, gifts, gifts)}
            await store.writing.write(WRITER._replace(instance=instance), own(NOON + 60 * minute, series))
    (supply,) = await store.reading.added(Scope(BOT), NOON, NOON + 180, [SUPPLY], 180, 60)
    assert [point.values for point in supply.points] == [SeriesDelta(3, 366, 120, 124, last=124)]
    (gifts,) = await store.reading.series(Scope(BOT), NOON, NOON + 180, [GIFTS], 180)
    assert [point.values.sum for point in gifts.points] == [21]


ODD = ['"', "\\", "\\n", 'a\\"b', 'kind="x"', "{", "},", "=", "", " a ", "%", "_", "'", "`", "é", "😀" * 100, "(other)"]


async def test_odd_attribute_values_of_a_fleet_come_back_as_they_were(store: Store) -> None:
    """Both instances count under the same series, and none is taken for another."""
    for instance in ("one", "two"):
        bot, buffer = Bot(), OwnSeriesBuffer()
        sales = bot.counter("kind")
        for number, kind in enumerate(ODD):
            sales.add(2**number, kind=kind)
        for _ in buffer.reading(MeterReader(), [bot.own()]):
            pass
        series, kinds = buffer.take()
        writer = WRITER._replace(instance=instance, boot=instance)
        await store.writing.write(writer, batch(NOON)._replace(series=series, kinds=kinds))
    kept = await store.reading.described(SCOPE, "shop.")
    courses = await SeriesReader(store, SCOPE, HOUR, 120).courses(kept, NOON, NOON + HOUR)
    found = {
        parsed_series(name)[1]["kind"]: sum(point.values.sum for point in course.points)
        for name, course in courses.items()
    }
    assert found == {kind: 2 * 2**number for number, kind in enumerate(ODD)}
