"""Limits: dashed horizontal lines with their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.display.chart import head, palette, place, words
from plugin.display.chart.records import Area, Limit, Picture, Rect, Words
from plugin.display.chart.scale import AxisScale
from plugin.display.chart.units import LARGEST, Unit, shown
from plugin.display.chart.words import LINE_HEIGHT, SIZE, Typeface

ARROW = 26
MOST = 4
ROOM = 0.5
"""Largest share of the plot's width for one label."""


class LimitLine(NamedTuple):
    """A limit in the unit of the axis."""

    limit: Limit
    value: float
    label: str

    @property
    def colour(self) -> str:
        """The colour of its severity."""
        return palette.LIMITS[self.limit.severity]


def levels(limits: Sequence[Limit], unit: Unit) -> list[LimitLine]:
    """The most severe limits that are numbers, named with their values."""
    known = [limit for limit in limits if abs(limit.value * unit.scale) < LARGEST]
    gravest = sorted(known, key=lambda limit: -limit.severity)[:MOST]
    return [LimitLine(limit, limit.value * unit.scale, _label(limit, unit)) for limit in gravest]


def _label(limit: Limit, unit: Unit) -> str:
    value = shown(limit.value * unit.scale, unit)
    return limit.text if value in limit.text else f"{limit.text} {value}"


def draw(
    picture: Picture, plot: Rect, y: AxisScale, found: Sequence[LimitLine], cover: place.Cover, face: Typeface
) -> list[Rect | None]:
    """Draw the limits; returns the boxes of their labels, None for a label without room."""
    boxes: list[Rect | None] = []
    for level in found:
        label = words.fitted(level.label, plot.width * ROOM, face) if level.label else ""
        taken = [*(other.box for other in picture.words), *(box for box in boxes if box is not None)]
        box = _placed(label, level.value, plot, y, taken, cover, face) if label else None
        if box is not None:
            _name(picture, box, label, level, level.value > y.high)
        boxes.append(box)
        if y.shows(level.value):
            _line(picture, plot, y(level.value), box, level.colour)
    return boxes


def _placed(
    label: str, value: float, plot: Rect, y: AxisScale, taken: Sequence[Rect], cover: place.Cover, face: Typeface
) -> Rect | None:
    """On its line, or at the top of the plot if the line is above it."""
    if value < y.low:
        return None
    above = value > y.high
    size = face.width(label, SIZE) + ARROW * above, SIZE * LINE_HEIGHT
    return place.free(place.along(plot.top if above else y(value), size, plot), taken, cover.strips)


def _name(picture: Picture, box: Rect, label: str, level: LimitLine, above: bool) -> None:
    if above:
        left, middle = box.left, (box.top + box.bottom) / 2
        picture.shapes.append(Area([left, middle + 9, left + 9, middle - 7, left + 18, middle + 9], level.colour))
    at = box._replace(left=box.left + ARROW * above)
    picture.words.append(Words(at, label, SIZE, level.colour, haloed=True))


def _line(picture: Picture, plot: Rect, y: float, label: Rect | None, colour: str) -> None:
    if label is None or not label.top < y < label.bottom:
        picture.shapes += head.dashed(plot.left, y, plot.right, y, colour)
        return
    picture.shapes += head.dashed(plot.left, y, label.left - place.GAP, y, colour)
    picture.shapes += head.dashed(label.right + place.GAP, y, plot.right, y, colour)
