"""The sliding sums and latest levels behind own thresholds."""

from __future__ import annotations

import pytest

from plugin.histogram import TICK_NS, Histogram
from plugin.insight.own_verdicts import UNDECIDED, Side
from plugin.insight.own_windows import LatestLevels, SlidingWindow, WindowSum
from plugin.model import SeriesDelta

BEGIN = 1_790_000_000 // 86_400 * 86_400
MINUTE, HOUR, DAY = 60, 3600, 86_400


def added(value: float) -> SeriesDelta:
    """One increase of a counter."""
    return SeriesDelta(1, value, value, value)


def recorded(*values: float) -> SeriesDelta:
    """Values of a histogram of resolution 1."""
    histogram = Histogram()
    for value in values:
        histogram.record(int(value * TICK_NS))
    return SeriesDelta(len(values), sum(values), min(values), max(values), histogram)


def level(value: float, last: float | None = None, count: int = 1) -> SeriesDelta:
    """One reading of a gauge."""
    return SeriesDelta(count, value, value, value, last=last)


def counted_minutes(length_s: int, minutes: int) -> SlidingWindow:
    """A window over a counter that grows by one each minute."""
    window = SlidingWindow(length_s)
    for minute in range(minutes):
        window.take(BEGIN + MINUTE * minute, [added(1)], counter=True)
    return window


@pytest.mark.parametrize(
    ("length_s", "minutes", "within", "around"),
    [
        pytest.param(MINUTE, 5, 1, 2, id="a minute"),
        pytest.param(HOUR, 60, 60, 60, id="an hour just seen"),
        pytest.param(HOUR, 61, 58, 61, id="a part of the first slot is older than the hour"),
        pytest.param(HOUR, 63, 60, 63, id="whole slots"),
        pytest.param(HOUR, 64, 58, 61, id="the oldest slot has left the window"),
        pytest.param(HOUR, 66, 60, 63, id="a whole slot later"),
        pytest.param(DAY, 24 * 60, 24 * 60, 24 * 60, id="a day just seen"),
        pytest.param(DAY, 24 * 60 + 72, 24 * 60, 24 * 60 + 72, id="a day and a slot of 72 minutes"),
        pytest.param(DAY, 24 * 60 + 73, 24 * 60 - 71, 24 * 60 + 1, id="a new slot of a day"),
    ],
)
def test_a_window_sums_at_most_and_at_least_its_length(length_s: int, minutes: int, within: int, around: int) -> None:
    """`within` never has more than the window, `around` never less; both count whole slots."""
    window = counted_minutes(length_s, minutes)
    assert window.within()[:2] == (within, within)
    assert window.around()[:2] == (around, around)


@pytest.mark.parametrize(("minutes", "covered"), [(0, False), (1, False), (61, False), (62, True), (63, True)])
def test_a_window_is_covered_after_its_whole_length(minutes: int, covered: bool) -> None:
    """The first minute may have been seen in part, and the last one is not over: neither counts."""
    assert counted_minutes(HOUR, minutes).covered is covered


def test_a_minute_in_which_a_counter_grew_is_one_measurement() -> None:
    """Several series and several cuts of one minute are one; a minute without an increase is none."""
    window = SlidingWindow(HOUR)
    window.take(BEGIN, [added(2), added(3)], counter=True)
    window.take(BEGIN, [added(4)], counter=True)
    window.take(BEGIN + MINUTE, [added(0)], counter=True)
    window.take(BEGIN + 2 * MINUTE, [], counter=True)
    window.take(BEGIN + 3 * MINUTE, [added(0), added(0.5)], counter=True)
    assert window.within()[:2] == (9.5, 2)


def test_every_value_of_a_histogram_is_a_measurement() -> None:
    """Values of all slots are merged."""
    window = SlidingWindow(HOUR)
    window.take(BEGIN, [recorded(1, 2), recorded(4)], counter=False)
    window.take(BEGIN + 3 * MINUTE, [recorded(8)], counter=False)
    total, number, distribution = window.within()
    assert (total, number) == (15, 4)
    assert distribution is not None and distribution.total == 4


def test_a_window_that_took_nothing_is_empty() -> None:
    """Zero of a counter is not the absence of a window."""
    window = SlidingWindow(HOUR)
    assert window.within()[:2] == window.around()[:2] == WindowSum()[:2] == (0.0, 0)
    assert not window.covered


def test_only_the_latest_levels_are_kept() -> None:
    """The oldest level leaves first."""
    levels = LatestLevels(3)
    seen: list[tuple[list[float], bool]] = []
    for minute in range(4):
        levels.take(BEGIN + MINUTE * minute, [level(10.0 * minute)])
        seen.append((levels.values, levels.full))
    assert seen == [([0], False), ([0, 10], False), ([0, 10, 20], True), ([10, 20, 30], True)]


def test_a_level_is_the_last_one_or_the_mean() -> None:
    """Series are added up; a later cut of the same minute replaces the first, and a cut without values does not."""
    levels = LatestLevels(3)
    levels.take(BEGIN, [level(5)])
    levels.take(BEGIN, [level(12, last=7, count=3), level(12, count=3)])
    levels.take(BEGIN, [])
    levels.take(BEGIN + MINUTE, [level(9, count=0)])
    assert levels.values == [11]


def test_an_undecided_verdict_has_no_value() -> None:
    """Nor any measurement."""
    assert UNDECIDED == (Side.UNDECIDED, None, 0)
