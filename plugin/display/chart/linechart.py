"""The layout of values over time."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display import numbers
from plugin.display.chart import axes, courses, head, limits, palette, place, series, spans, timeaxis, units, words
from plugin.display.chart.courses import LineCourse
from plugin.display.chart.head import MARGIN, Entry
from plugin.display.chart.limits import LimitLine
from plugin.display.chart.records import FilledRect, LineChart, Picture, Rect, Stroke
from plugin.display.chart.scale import AxisScale, domain, extent
from plugin.display.chart.words import LINE_HEIGHT, SIZE, Typeface

STRIP, STRIP_GAP = 52, 12
"""Height of the bars below the lines, and of the gap above them."""

LEAST_PEAK = 1
"""Smallest error rate in percent that fills the strip."""

WIDEST_BAR, SMALLEST_BAR = 24, 4
NEWEST_MARKS = 40


def lay_out(chart: LineChart, width: int, height: int, face: Typeface) -> Picture:
    """The chart as shapes and words."""
    in_legend: list[LimitLine] = []
    while True:
        layout = _Layout(chart, width, height, face)
        homeless = layout.draw(in_legend)
        if not homeless:
            return layout.picture
        in_legend += homeless  # limits without room at their line go into the legend


class _Layout:
    def __init__(self, chart: LineChart, width: int, height: int, face: Typeface) -> None:
        self.picture = Picture(width, height)
        self._chart, self._face = chart, face
        self._unit = units.unit_of(chart.unit)
        self._start, self._end = timeaxis.span(chart.start, chart.end)
        self._courses = courses.courses(chart, self._unit)
        self._failed = series.runs(chart.failed, self._start, self._end) if chart.failed else []
        self._levels = limits.levels(chart.limits, self._unit)
        self._spans = spans.within(chart.spans, self._start, self._end)
        self._reach = extent(run for course in self._courses for run in course.runs)

    def draw(self, in_legend: Sequence[LimitLine]) -> list[LimitLine]:
        """Draw the picture; returns the limits that had no room for their names."""
        hidden = len(self._chart.lines) - len(self._courses)
        top = head.draw(self.picture, self._chart.title, self._legend(in_legend), hidden, self._face) + 10
        marks = [mark for mark in self._chart.marks if self._start <= mark.at <= self._end]
        row = Rect(MARGIN, top, self.picture.width - MARGIN, top + SIZE * LINE_HEIGHT)
        top = row.bottom + 4 if marks else top + SIZE * LINE_HEIGHT / 2 - 8
        bottom = self.picture.height - axes.HEIGHT
        plot = row._replace(top=top, bottom=bottom - (STRIP + STRIP_GAP if self._failed else 0))
        y = None
        if self._reach is not None:
            low, high = self._domain(*self._reach, plot.height)
            plot = axes.values(self.picture, plot, low, high, self._unit, self._face)
            y = AxisScale(low, high, plot.bottom, plot.top)
        x = axes.time(self.picture, plot._replace(bottom=bottom), self._start, self._end, self._face)
        shaded = spans.shapes(self._spans, plot._replace(bottom=bottom), x)
        self.picture.shapes[:0] = shaded  # behind the lines of the axes
        newest = sorted(((mark.at, mark.text) for mark in marks), reverse=True)[:NEWEST_MARKS]
        axes.marks(
            self.picture,
            [(x(at), text, palette.MARK) for at, text in newest],
            [row._replace(left=plot.left)],
            bottom,
            self._face,
        )
        self._bars(plot._replace(top=bottom - STRIP, bottom=bottom), x)
        if y is None:
            axes.nothing(self.picture, plot, self._face)
            return []
        return self._lines(plot, x, y, in_legend)

    def _domain(self, lowest: float, highest: float, height: float) -> tuple[float, float]:
        """Both ends of the axis, with room above the lines for the name of a limit beyond it."""
        values = [level.value for level in self._levels]
        low, high = domain(lowest, highest, values, self._unit.least)
        if max(values, default=low) > high:
            share = SIZE * LINE_HEIGHT / height
            high = max(high, (highest - low * share) / (1 - share))
        return low, high

    def _legend(self, in_legend: Sequence[LimitLine]) -> list[Entry]:
        entries = [Entry(self._with_last(course), course.colour) for course in self._courses]
        if self._failed and self._chart.failed:
            peak = numbers.percent(max(value for run in self._failed for _, value in run))
            entries.append(Entry(f"{self._chart.failed.label} max {peak}", palette.FAILED))
        entries += spans.entries(self._spans)
        return [*entries, *(Entry(level.label, level.colour, dashed=True) for level in in_legend)]

    def _with_last(self, course: LineCourse) -> str:
        label = words.fitted(course.label, self.picture.width / 3, self._face)
        return label if course.last is None else f"{label} {units.shown(course.last, self._unit)}"

    def _bars(self, strip: Rect, x: AxisScale) -> None:
        points = [point for run in self._failed for point in run]
        if not points:
            return
        self.picture.shapes.append(Stroke([strip.left, strip.bottom, strip.right, strip.bottom], palette.AXIS, 2))
        peak = max(LEAST_PEAK, *(value for _, value in points), LEAST_PEAK)
        width = max(SMALLEST_BAR, min(strip.width / len(points) * 0.7, WIDEST_BAR))
        for at, value in points:
            if value > 0:
                left = min(max(strip.left, x(at) - width / 2), strip.right - width)
                top = strip.bottom - max(SMALLEST_BAR, STRIP * value / peak)
                self.picture.shapes.append(FilledRect(Rect(left, top, left + width, strip.bottom), palette.FAILED))

    def _lines(self, plot: Rect, x: AxisScale, y: AxisScale, in_legend: Sequence[LimitLine]) -> list[LimitLine]:
        cover = place.Cover()
        if self._chart.band and len(self._courses) > 1:
            self.picture.shapes += courses.band(self._courses[0], self._courses[1], x, y)
        for course in reversed(self._courses):
            drawn = courses.paths(course, x, y)
            self.picture.shapes += courses.shapes(course, drawn)
            for path in drawn if self._levels else ():
                cover.add(path.xs, path.ys)
        named = [level for level in self._levels if level not in in_legend]
        boxes = limits.draw(self.picture, plot, y, named, cover, self._face)
        unnamed = [level._replace(label="") for level in in_legend]
        limits.draw(self.picture, plot, y, unnamed, cover, self._face)
        return [level for level, box in zip(named, boxes, strict=True) if box is None]
