"""What holds of measures of one's own, whatever is measured and whenever it is read."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import plugin
from plugin.histogram import Histogram
from plugin.metrics.meters import MeterReader
from plugin.own_measures import NO_VALUES, Distribution
from tests.metrics.own import Bot

amounts = st.integers(0, 10**12)
series = st.sampled_from("abc")
READ = None
steps = st.lists(st.one_of(st.tuples(series, amounts), st.tuples(st.integers(0, 1), st.just(READ))), max_size=100)
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.lists(st.integers()),
    st.datetimes(),
    st.integers(10**16, 10**20),
    st.from_regex(r"\d{17,20}"),
)


@given(steps)
def test_increases_add_up_to_the_total_for_each_reader(taken: list[tuple[Any, Any]]) -> None:
    """Whenever two readers read, each gets every addition exactly once."""
    bot = Bot()
    sales = bot.counter("kind")
    readers = [MeterReader(), MeterReader()]
    sums: list[dict[tuple[str, ...], Any]] = [{}, {}]
    expected = dict[tuple[str, ...], int]()

    def read(which: int) -> None:
        for reading in readers[which].increases([bot.own()]):
            sums[which][reading.values] = sums[which].get(reading.values, 0) + reading.value

    for which, amount in taken:
        if amount is READ:
            read(which)
        else:
            sales.add(amount, kind=which)
            expected[which,] = expected.get((which,), 0) + amount
    read(0)
    read(1)
    grown = {values: total for values, total in expected.items() if total}
    assert sums == [grown, grown]


@given(st.lists(st.lists(st.floats(0, 1e9), max_size=50), max_size=5))
def test_increases_of_a_histogram_merge_to_the_whole(parts: list[list[float]]) -> None:
    """However the values are cut, merging the parts gives the histogram of all."""
    bot = Bot()
    sizes = plugin.histogram("shop.size", bot=bot)
    reader, merged, number = MeterReader(), Histogram(), 0
    for part in parts:
        for value in part:
            sizes.record(value)
        for reading in reader.increases([bot.own()]):
            assert isinstance(reading.value, Distribution)
            merged.merge(reading.value.histogram)
            number += reading.value.number
    whole = bot.values().get((), NO_VALUES)
    assert merged == whole.histogram
    assert number == whole.number == merged.total == sum(map(len, parts))


@given(st.lists(st.tuples(anything, anything), max_size=60), st.integers(1, 5))
def test_whatever_is_measured_nothing_is_raised_and_everything_accounted_for(
    measured: list[tuple[Any, Any]], maximum_series: int
) -> None:
    """Each measurement is counted or a known drop; no series is kept that may not be."""
    bot = Bot()
    calls = plugin.histogram("shop.size", attributes=("kind", "of"), maximum_series=maximum_series, bot=bot)
    for number, attribute in measured:
        calls.record(number, kind=attribute, of="shop")
    lost = sum(number for reason, number in bot.drops().items() if reason.lost)
    found = bot.values()
    assert sum(value.number for value in found.values()) + lost == len(measured)
    assert len(found) <= maximum_series + 1
    for kind, _ in found:
        assert kind.isprintable() and len(kind) <= 100 and not re.search(r"\d{17}", kind)
