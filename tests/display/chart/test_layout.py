"""What is drawn where: gaps stay gaps, spikes are kept, limits and marks are named."""

from __future__ import annotations

import math

import pytest

from plugin.display.chart import EventMark, HistogramChart, Limit, Line, course_chart
from plugin.display.chart.charts import PANEL_HEIGHT, lay_out
from plugin.display.chart.records import Area, Dot, Picture, Stroke
from plugin.histogram import Histogram
from plugin.model import Severity
from tests.display.chart.faces import END, START, Monospace, chart, points, texts

FACE = Monospace()
SLOW = Limit(1e9, "threshold", Severity.CRITICAL)


def strokes(picture: Picture, colour: str) -> list[Stroke]:
    return [shape for shape in picture.shapes if isinstance(shape, Stroke) and shape.colour == colour]


def lines(picture: Picture) -> list[Stroke]:
    return [stroke for stroke in strokes(picture, "#5dbbf0") if stroke.width < 8]


def test_a_gap_is_no_line() -> None:
    """Where values are unknown the line ends and begins anew."""
    drawn = lay_out(chart([1, 2, 3, None, math.nan, math.inf, 3, 2, 1]), FACE)
    assert len(lines(drawn)) == 2


def test_missing_rows_are_a_gap() -> None:
    """Points further apart than usual are not joined."""
    rows = [(START + index * 60, 5.0) for index in (0, 1, 2, 3, 4, 40, 41, 42)]
    drawn = lay_out(chart(lines=[Line("RSS", rows)]), FACE)
    assert len(lines(drawn)) == 2


def test_a_point_alone_is_a_dot() -> None:
    """It would be no line at all."""
    drawn = lay_out(chart([None, None, 7, None, None]), FACE)
    assert [shape.colour for shape in drawn.shapes if isinstance(shape, Dot)] == ["#5dbbf0"]
    assert "no data yet" not in texts(drawn)


@pytest.mark.parametrize("values", [[], [None, None], [math.nan, math.inf]], ids=str)
def test_no_data_is_said(values: list[float | None]) -> None:
    """An empty plot says so and shows no scale that nothing stands behind."""
    shown = texts(lay_out(chart(values, limits=[Limit(5, "warning")]), FACE))
    assert "no data yet" in shown
    assert not any("MB" in text for text in shown)


@pytest.mark.parametrize("spike", [0, 1, 31_234, 49_999])
def test_a_spike_survives_the_reduction(spike: int) -> None:
    """Of 50,000 points a few thousand are drawn, the one that matters among them."""
    values: list[float | None] = [20.0] * 50_000
    values[spike] = 100.0
    drawn = lines(lay_out(chart(values), FACE))
    ys = [y for stroke in drawn for y in stroke.points[1::2]]
    assert len(ys) < 5_000
    assert max(ys) - min(ys) > 150


def test_a_limit_lies_at_its_value() -> None:
    """In dashes, at the height of the grid line for the same value."""
    drawn = lay_out(chart([0, 150, 90], limits=[Limit(100, "warning")]), FACE)
    dashes = strokes(drawn, "#f7a440")
    (named,) = [words for words in drawn.words if words.text == "100 MB"]
    assert len(dashes) > 10
    assert all(stroke.points[1] == pytest.approx((named.box.top + named.box.bottom) / 2) for stroke in dashes)


def test_a_limit_far_above_is_pointed_at() -> None:
    """The lines do not lie flat for it: an arrow and its value say that it is beyond."""
    drawn = lay_out(chart([10, 12, 11], limits=[Limit(4096, "critical", Severity.CRITICAL)]), FACE)
    assert "critical 4 GB" in [text.replace("4.0", "4") for text in texts(drawn)]
    assert [shape for shape in drawn.shapes if isinstance(shape, Area)]
    assert not strokes(drawn, "#ff8f80")


def test_a_limit_that_is_pointed_at_covers_no_line() -> None:
    """Its name has room above the highest value, where all values are equal too."""
    drawn = lay_out(chart([40.0] * 20, limits=[Limit(300, "threshold")]), FACE, 1200, PANEL_HEIGHT)
    (named,) = [words for words in drawn.words if words.text.startswith("threshold")]
    assert all(min(stroke.points[1::2]) >= named.box.bottom for stroke in lines(drawn))


def test_no_limit_goes_without_its_name() -> None:
    """Those that have no room at their line are named in the legend, or counted there."""
    close = [Limit(10 + index / 100, f"a limit named {index}") for index in range(4)]
    drawn = lay_out(chart([9, 11, 10], limits=close), FACE, 800, 300)
    assert "(unnamed)" not in texts(drawn)
    counted = [int(text[1]) for text in texts(drawn) if text.endswith(" more")]
    assert sum(text.startswith("a limit named") for text in texts(drawn)) + sum(counted) == 4


def test_marks_close_together_are_named_both() -> None:
    """Their labels go to both sides."""
    marks = [EventMark(START + 40_000, "v2.0.0"), EventMark(START + 41_500, "v2.0.1")]
    shown = texts(lay_out(chart([1, 2], marks=marks), FACE))
    assert {"v2.0.0", "v2.0.1"} <= set(shown)


def test_what_lies_outside_the_span_is_not_drawn() -> None:
    """Neither points nor marks."""
    late = Line("RSS", [(END + 60, 5.0), (START - 60, 5.0)])
    shown = texts(lay_out(chart(lines=[late], marks=[EventMark(END + 1, "v9")]), FACE))
    assert "no data yet" in shown
    assert "v9" not in shown


def test_the_last_value_is_that_of_the_end() -> None:
    """A course that ended before the picture does names none, or the past would look like now."""
    assert "line 0 3 MB" in texts(lay_out(chart([1, 2, 3]), FACE))
    assert "line 0" in texts(lay_out(chart([1, 2, 3, None]), FACE))


def test_lines_beyond_the_palette_are_counted() -> None:
    """Two lines never share a colour; how many are left out is said."""
    assert "+3 more" in texts(lay_out(chart(*[[1.0, 2.0]] * 8, title=""), FACE, 4000))


def test_noise_stays_flat() -> None:
    """An axis that does not begin at zero spans a quarter of its top at least."""
    drawn = lines(lay_out(chart([100, 101, 100, 101]), FACE))
    ys = [y for stroke in drawn for y in stroke.points[1::2]]
    assert max(ys) - min(ys) < 25


def test_a_course_shows_failures_below() -> None:
    """Bars for what failed, the room between the quantiles shaded, the peak in words."""
    made = course_chart(
        "/shop buy",
        p50_ns=points([1e8] * 24),
        p95_ns=points([3e8] * 24),
        failed_percent=points([0, 0, 9, *[0] * 21]),
        limits=[SLOW],
        start=START,
        end=END,
    )
    drawn = lay_out(made, FACE)
    assert "failed max 9 %" in texts(drawn)
    assert [shape for shape in drawn.shapes if isinstance(shape, Area)]


def test_a_distribution_tells_how_many_are_too_long() -> None:
    """Bars beyond a threshold have its colour, and their share is named."""
    histogram = Histogram()
    for duration in [150_000_000] * 90 + [5_000_000_000] * 10:
        histogram.record(duration)
    drawn = lay_out(HistogramChart(title="/shop buy", histogram=histogram, limits=[SLOW]), FACE)
    assert "threshold 1 s: 10 % longer" in texts(drawn)
    assert "100 invocations" in texts(drawn)
