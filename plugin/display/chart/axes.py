"""Axes, marks and limits around the lines of a picture."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from plugin.display.chart import palette, place, timeaxis, units, words
from plugin.display.chart.head import MARGIN
from plugin.display.chart.records import Picture, Rect, Stroke, Words
from plugin.display.chart.scale import AxisScale
from plugin.display.chart.units import Unit
from plugin.display.chart.words import LINE_HEIGHT, SIZE, Typeface

TICK = 8
HEIGHT = TICK + SIZE * LINE_HEIGHT + 8
"""Height of the labels below the plot."""

BETWEEN = 34
TICK_HEIGHT = 52
MOST_TICKS = 5
ZONE = "UTC"
NOTHING = "no data yet"
NARROWEST_GUTTER = "000 MB"
"""Charts below each other are aligned if their values are no wider than this."""

MARK_SHARE = 0.6


def values(picture: Picture, plot: Rect, low: float, high: float, unit: Unit, face: Typeface) -> Rect:
    """Draw horizontal lines with their values to the left; returns the rest of the plot."""
    found = units.ticks(low, high, unit, max(3, min(MOST_TICKS, int(plot.height // TICK_HEIGHT))))
    gutter = max(face.width(label, SIZE) for label in (NARROWEST_GUTTER, *(label for _, label in found)))
    plot = plot._replace(left=plot.left + gutter + 16)
    y = AxisScale(low, high, plot.bottom, plot.top)
    for value, label in found:
        level = y(value)
        picture.shapes.append(Stroke([plot.left, level, plot.right, level], palette.GRID, 2))
        top = level - SIZE * LINE_HEIGHT / 2
        left = plot.left - 16 - face.width(label, SIZE)
        picture.words.append(words.placed(label, left, top, face, palette.FAINT))
    return plot


def time(picture: Picture, plot: Rect, start: float, end: float, face: Typeface) -> AxisScale:
    """Draw the time axis below the plot, labelled in UTC; returns its scale."""
    x = AxisScale(start, end, plot.left, plot.right)
    room, zone = _zone(picture, plot, face)

    def labels(found: timeaxis.Ticks) -> list[Words]:
        return tick_labels([(x(at), label) for at, label in found], room, face)

    chosen = timeaxis.ticks(start, end, lambda found: apart(labels(found)))
    picture.shapes.append(Stroke([plot.left, plot.bottom, plot.right, plot.bottom], palette.AXIS, 2))
    for at, _ in chosen:
        picture.shapes.append(Stroke([x(at), plot.bottom, x(at), plot.bottom + TICK], palette.AXIS, 3))
    picture.words += [*labels(chosen), zone]
    return x


def _zone(picture: Picture, plot: Rect, face: Typeface) -> tuple[Rect, Words]:
    """The space for labels, and the name of the zone beside it: left of the plot if that is free."""
    zone = words.placed(ZONE, MARGIN, plot.bottom + TICK, face, palette.MARK)
    row = Rect(plot.left - 8, zone.box.top, picture.width - 4, zone.box.bottom)
    if zone.box.right + BETWEEN <= plot.left and not any(zone.box.overlaps(other.box) for other in picture.words):
        return row, zone
    zone = words.placed(ZONE, plot.right - zone.box.width, zone.box.top, face, palette.MARK)
    return row._replace(right=zone.box.left - BETWEEN), zone


def tick_labels(ticks: Sequence[tuple[float, str]], room: Rect, face: Typeface) -> list[Words]:
    """Labels centred below their ticks, as far as they fit."""
    found = [words.placed(label, x - face.width(label, SIZE) / 2, room.top, face, palette.FAINT) for x, label in ticks]
    return [label for label in found if room.left <= label.box.left and label.box.right <= room.right]


def apart(labels: Sequence[Words]) -> bool:
    """Whether the labels, from left to right, keep their distance."""
    return all(one.box.right + BETWEEN <= other.box.left for one, other in itertools.pairwise(labels))


def marks(
    picture: Picture, found: Sequence[tuple[float, str, str]], rows: Sequence[Rect], bottom: float, face: Typeface
) -> None:
    """Draw vertical lines (x, label, colour) down to the bottom, their labels in the rows above."""
    for x, _, colour in found:
        picture.shapes.append(Stroke([x, rows[-1].bottom, x, bottom], palette.mixed(colour, MARK_SHARE), 3))
    picture.words += place.in_rows(found, rows, face)


def nothing(picture: Picture, plot: Rect, face: Typeface) -> None:
    """Say in the middle of the plot that there is nothing to show."""
    left = (plot.left + plot.right - face.width(NOTHING, SIZE)) / 2
    top = (plot.top + plot.bottom - SIZE * LINE_HEIGHT) / 2
    picture.words.append(words.placed(NOTHING, left, top, face, palette.INK)._replace(haloed=True))
