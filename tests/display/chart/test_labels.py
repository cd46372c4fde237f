"""Labels keep apart and within the picture, whatever is drawn."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display.chart import EventMark, HistogramChart, Limit
from plugin.display.chart.charts import lay_out
from plugin.histogram import Histogram
from tests.display.chart.faces import END, START, Monospace, chart, crossing, outside, texts

NUMBERS = st.none() | st.floats(-1e9, 1e9) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e300])
FACE = Monospace()


@given(
    values=st.lists(st.lists(NUMBERS, max_size=30), max_size=7),
    limits=st.lists(st.tuples(st.floats(allow_nan=True), st.text(max_size=20)), max_size=6),
    marks=st.lists(st.tuples(st.floats(START, END), st.text(max_size=30)), max_size=20),
    unit=st.sampled_from(["ns", "ms", "s", "MB", "bytes", "%", "", "guilds"]),
    title=st.text(max_size=80),
)
def test_whatever_comes_no_labels_overlap(
    values: list[list[float | None]],
    limits: list[tuple[float, str]],
    marks: list[tuple[float, str]],
    unit: str,
    title: str,
) -> None:
    """All text lies in the picture, none on another, none is smaller than a phone can show."""
    drawn = lay_out(
        chart(
            *values,
            unit=unit,
            title=title,
            limits=[Limit(value, text) for value, text in limits],
            marks=[EventMark(at, text) for at, text in marks],
        ),
        FACE,
    )
    assert not crossing(drawn)
    assert not outside(drawn)
    assert all(words.size >= 36 for words in drawn.words)


@given(st.lists(st.integers(0, 10**13), max_size=50), st.lists(st.floats(1, 1e13), max_size=3))
def test_no_labels_of_a_distribution_overlap(durations: list[int], limits: list[float]) -> None:
    """From nothing measured to hours."""
    histogram = Histogram()
    for duration in durations:
        histogram.record(duration)
    named = [Limit(value, "limit") for value in limits]
    drawn = lay_out(HistogramChart(title="/shop buy", histogram=histogram, limits=named), FACE)
    assert not crossing(drawn)
    assert not outside(drawn)


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1e5, 1e5), (END, START), (START, START), (math.nan, 1), (-math.inf, math.inf), (-1e30, 1e30), (0, 4e9), (0, 1)],
)
def test_any_span_has_an_axis(start: float, end: float) -> None:
    """Before 1970, turned round, of no length, without end, of centuries, of a second."""
    drawn = lay_out(chart([1, 2], start=start, end=end), FACE)
    assert "UTC" in texts(drawn)
    assert not crossing(drawn)
