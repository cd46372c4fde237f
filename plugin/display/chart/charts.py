"""Charts as PNG, for the pages."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display.chart import draw, histogramchart, linechart
from plugin.display.chart.records import (
    Chart,
    EventMark,
    HistogramChart,
    Limit,
    Line,
    LineChart,
    MarkedSpan,
    Picture,
    Points,
)
from plugin.display.chart.words import Typeface
from plugin.histogram import Histogram

WIDTH, HEIGHT, PANEL_HEIGHT = 1200, 500, 400
SMALLEST, LARGEST = (600, 300), (4000, 2000)


def line_chart(
    title: str,
    lines: Sequence[Line],
    *,
    limits: Sequence[Limit] = (),
    marks: Sequence[EventMark] = (),
    unit: str,
    start: float,
    end: float,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> bytes:
    """Values over time from start to end (Unix time in seconds); raises MissingExtraError without Pillow."""
    chart = LineChart(title=title, lines=lines, unit=unit, start=start, end=end, limits=limits, marks=marks)
    return panels([chart], width, height)


def histogram_chart(
    title: str,
    histogram: Histogram,
    *,
    limits: Sequence[Limit] = (),
    quantiles: Sequence[float] = (0.5, 0.95),
    width: int = WIDTH,
    height: int = HEIGHT,
) -> bytes:
    """A distribution of durations; raises MissingExtraError without Pillow."""
    chart = HistogramChart(title=title, histogram=histogram, limits=limits, quantiles=quantiles)
    return panels([chart], width, height)


def panels(charts: Sequence[Chart], width: int = WIDTH, height: int = PANEL_HEIGHT) -> bytes:
    """Charts below each other in one picture, each `height` pixels high; raises MissingExtraError without Pillow."""
    typeface = draw.font()
    return draw.png([lay_out(chart, typeface, width, height) for chart in charts])


def lay_out(chart: Chart, face: Typeface, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """The layout of a chart, by the metrics of the font."""
    width, height = (max(SMALLEST[i], min(LARGEST[i], size)) for i, size in enumerate((width, height)))
    if isinstance(chart, HistogramChart):
        return histogramchart.lay_out(chart, width, height, face)
    return linechart.lay_out(chart, width, height, face)


def course_chart(
    title: str,
    *,
    p50_ns: Points,
    p95_ns: Points,
    high: str = "p95",
    failed_percent: Points = (),
    limits: Sequence[Limit] = (),
    marks: Sequence[EventMark] = (),
    spans: Sequence[MarkedSpan] = (),
    start: float,
    end: float,
) -> LineChart:
    """A command over time: its quantiles with the area between them shaded, and its error rate as bars below.

    `high` is what the upper line is called.
    """
    return LineChart(
        title=title,
        lines=[Line(high, p95_ns), Line("p50", p50_ns)],
        unit="ns",
        start=start,
        end=end,
        limits=limits,
        marks=marks,
        spans=spans,
        failed=Line("failed", failed_percent) if failed_percent else None,
        band=True,
    )
