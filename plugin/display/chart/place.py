"""Place labels so that they do not overlap and cover as little of the lines as possible."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence

from plugin.display.chart import words
from plugin.display.chart.records import Rect, Words
from plugin.display.chart.words import SIZE, Typeface

GAP = 14
"""Pixels between two labels."""

CELL = 12
POSITIONS = 12
ORDERS = ((0.5, 1, 0), (0, 0.5, 1))
"""Shares of a label to the left of its point, in the order tried; one order may fit more labels."""


class Cover:
    """The heights of the lines in each narrow strip of the plot."""

    def __init__(self) -> None:
        self._strips: dict[int, list[tuple[float, float]]] = {}

    def add(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Add a line through these points, from left to right."""
        for strip in range(int(xs[0] // CELL), int(xs[-1] // CELL) + 1):
            left, right = max(xs[0], strip * CELL), min(xs[-1], (strip + 1) * CELL)
            first, end = bisect.bisect_left(xs, left), bisect.bisect_right(xs, right)
            inside = [*ys[first:end], _at(left, xs, ys), _at(right, xs, ys)]
            self._strips.setdefault(strip, []).append((min(inside), max(inside)))

    def strips(self, box: Rect) -> int:
        """The number of strips in which the box covers a line."""
        return sum(
            low < box.bottom and box.top < high
            for strip in range(int(box.left // CELL), int(box.right // CELL) + 1)
            for low, high in self._strips.get(strip, ())
        )


def _at(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """The height of the line at x."""
    after = min(bisect.bisect_left(xs, x), len(xs) - 1)
    before = max(0, after - 1)
    width = xs[after] - xs[before]
    return ys[before] + (ys[after] - ys[before]) * (x - xs[before]) / width if width > 0 else ys[after]


def free(boxes: Iterable[Rect], taken: Sequence[Rect], cover: Callable[[Rect], float]) -> Rect | None:
    """The box that covers least and overlaps no other; of equal ones the first."""
    found = [box for box in boxes if not any(box.overlaps(other) for other in taken)]
    return min(found, key=cover, default=None)


def along(y: float, size: tuple[float, float], plot: Rect) -> Iterator[Rect]:
    """Boxes of this size in the plot: centred on a horizontal line, then above or below it."""
    width, height = size
    room = plot.width - width - 2 * GAP
    for top in (y - height / 2, y - height - 2, y + 2):
        if room < 0 or top < plot.top - height / 2 - 1 or top + height > plot.bottom + height / 3:
            continue
        for index in range(POSITIONS + 1):
            left = plot.right - GAP - width - room * index / POSITIONS
            yield Rect(left, top, left + width, top + height)


def above(x: float, width: float, row: Rect, order: Sequence[float]) -> Iterator[Rect]:
    """Boxes of this width in the row, with the shares in `order` to the left of x, moved into the row."""
    for share in order:
        left = max(row.left, min(x - width * share, row.right - width))
        if left >= row.left:
            yield Rect(left, row.top, left + width, row.bottom)


def in_rows(labels: Sequence[tuple[float, str, str]], rows: Sequence[Rect], face: Typeface) -> list[Words]:
    """Labels (x, text, colour) above their points, the first ones first; those without room are left out."""
    return max((_in_rows(labels, rows, order, face) for order in ORDERS), key=len)


def _in_rows(
    labels: Iterable[tuple[float, str, str]], rows: Sequence[Rect], order: Sequence[float], face: Typeface
) -> list[Words]:
    found: list[Words] = []
    taken: list[Rect] = []
    for x, label, colour in labels:
        fitting = words.fitted(label, rows[0].width / 2, face)
        width = face.width(fitting, SIZE)
        boxes = [box for row in rows for box in above(x, width, row, order)]
        box = free(boxes, taken, lambda _: 0) if fitting else None
        if box is not None:
            taken.append(Rect(box.left - GAP, box.top, box.right + GAP, box.bottom))
            found.append(Words(box, fitting, SIZE, colour))
    return found
