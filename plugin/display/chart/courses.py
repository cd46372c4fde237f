"""The lines of a chart: cut at gaps, reduced to the resolution of the picture, and turned into shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plugin.display.chart import palette, series, timeaxis
from plugin.display.chart.records import Area, Dot, LineChart, Shape, Stroke
from plugin.display.chart.scale import AxisScale
from plugin.display.chart.series import Run
from plugin.display.chart.units import Unit

THICK, DENSE = 5, 4
DENSE_POINTS = 300
SINGLE, LAST = 7, 9
"""Radius of a single point, and of the last point of a line."""

BAND_SHARE = 0.22


class LineCourse(NamedTuple):
    """A line cut at its gaps."""

    label: str
    colour: str
    runs: list[Run]
    last: float | None


class Path(NamedTuple):
    """A run in pixels."""

    xs: list[float]
    ys: list[float]


def courses(chart: LineChart, unit: Unit) -> list[LineCourse]:
    """The lines, as many as there are colours, cut at their gaps."""
    start, end = timeaxis.span(chart.start, chart.end)
    found: list[LineCourse] = []
    for line, colour in zip(chart.lines, palette.LINES, strict=False):
        runs = series.runs(line, start, end, unit.scale)
        found.append(LineCourse(line.label, line.colour or colour, runs, series.last_value(runs, line, start, end)))
    return found


def paths(course: LineCourse, x: AxisScale, y: AxisScale) -> list[Path]:
    """The line in pixels, reduced to visible points."""
    dense = sum(map(len, course.runs)) > 2 * (x.high_pixel - x.low_pixel)
    found: list[Path] = []
    for run in course.runs:
        points = series.reduced(run, lambda at: int(x(at))) if dense else run
        found.append(Path([x(at) for at, _ in points], [y(value) for _, value in points]))
    return found


def shapes(course: LineCourse, drawn: list[Path]) -> Iterator[Shape]:
    """A stroke for each run, and a dot for single points and the last one."""
    width = DENSE if sum(len(path.xs) for path in drawn) > DENSE_POINTS else THICK
    for xs, ys in drawn:
        if len(xs) == 1:
            yield Dot(xs[0], ys[0], SINGLE, course.colour)
        else:
            yield Stroke([number for corner in zip(xs, ys, strict=True) for number in corner], course.colour, width)
    if course.last is not None:
        yield Dot(drawn[-1].xs[-1], drawn[-1].ys[-1], LAST, course.colour)


def band(one: LineCourse, other: LineCourse, x: AxisScale, y: AxisScale) -> Iterator[Shape]:
    """The area between two lines, where both are known."""
    known = {at: value for run in other.runs for at, value in run}
    for run in one.runs:
        both = [(x(at), y(value), y(known[at])) for at, value in run if at in known]
        if len(both) > 1:
            corners = [(left, upper) for left, upper, _ in both] + [(left, lower) for left, _, lower in both[::-1]]
            colour = palette.mixed(one.colour, BAND_SHARE)
            yield Area([number for corner in corners for number in corner], colour)
