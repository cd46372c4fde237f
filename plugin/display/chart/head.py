"""The title of a picture, with the legend beside or below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.display.chart import palette, words
from plugin.display.chart.records import FilledRect, Picture, Rect, Stroke, Words
from plugin.display.chart.words import LINE_HEIGHT, SIZE, TITLE_SIZE, Typeface

MARGIN = 20
SWATCH = 34
SPACE = 12
BETWEEN = 32
MOST_ROWS = 2
DASH, PAUSE = 14, 10


class Entry(NamedTuple):
    """One item of the legend."""

    text: str
    colour: str
    dashed: bool = False
    swatch: bool = True
    area: bool = False
    """Whether it stands for a shaded span."""


class Item(NamedTuple):
    """An entry with its fitted text and its width."""

    entry: Entry
    text: str
    width: float


def draw(picture: Picture, title: str, entries: Sequence[Entry], hidden: int, face: Typeface) -> float:
    """Draw title and legend; returns where they end. Entries without room are counted, like the hidden ones."""
    room = picture.width - 2 * MARGIN
    items = [_item(entry, room, face) for entry in entries] + ([_more(hidden, face)] if hidden else [])
    beside = _width(items)
    shown = words.fitted(title, room, face, TITLE_SIZE)
    picture.words.append(words.placed(shown, MARGIN, SPACE, face, palette.INK, TITLE_SIZE))
    top = SPACE + TITLE_SIZE * LINE_HEIGHT
    if not items:
        return top
    if face.width(shown, TITLE_SIZE) + 2 * BETWEEN + beside <= room:
        _row(picture, items, picture.width - MARGIN - beside, SPACE + (TITLE_SIZE - SIZE) * LINE_HEIGHT / 2, face)
        return top
    for row in _rows(items, hidden, room, face):
        _row(picture, row, MARGIN, top, face)
        top += SIZE * LINE_HEIGHT
    return top


def _item(entry: Entry, room: float, face: Typeface) -> Item:
    swatch = SWATCH + SPACE if entry.swatch else 0
    text = words.fitted(entry.text, room * 0.6 - swatch, face)
    return Item(entry, text, swatch + face.width(text, SIZE))


def _width(items: Sequence[Item]) -> float:
    return sum(item.width for item in items) + BETWEEN * (len(items) - 1)


def _rows(items: Sequence[Item], hidden: int, room: float, face: Typeface) -> list[list[Item]]:
    rows: list[list[Item]] = [[]]
    for index, item in enumerate(items):
        if _width([*rows[-1], item]) > room:
            if len(rows) == MOST_ROWS:
                _say_rest(rows[-1], len(items) - index + max(0, hidden - 1), room, face)
                break
            rows.append([])
        rows[-1].append(item)
    return rows


def _say_rest(row: list[Item], hidden: int, room: float, face: Typeface) -> None:
    more = _more(hidden, face)
    while row and _width([*row, more]) > room:
        row.pop()
        hidden += 1
        more = _more(hidden, face)
    row.append(more)


def _more(hidden: int, face: Typeface) -> Item:
    text = f"+{hidden} more"
    return Item(Entry(text, palette.FAINT, swatch=False), text, face.width(text, SIZE))


def _row(picture: Picture, items: Sequence[Item], left: float, top: float, face: Typeface) -> None:
    for entry, text, width in items:
        start = left
        if entry.swatch:
            _swatch(picture, entry, left, top + SIZE * LINE_HEIGHT / 2 + 3)
            start += SWATCH + SPACE
        box = Rect(start, top, start + face.width(text, SIZE), top + SIZE * LINE_HEIGHT)
        picture.words.append(Words(box, text, SIZE, entry.colour))
        left += width + BETWEEN


def _swatch(picture: Picture, entry: Entry, left: float, y: float) -> None:
    if entry.area:
        box = Rect(left, y - 14, left + SWATCH, y + 10)
        picture.shapes.append(FilledRect(box, palette.mixed(entry.colour, palette.SHADE)))
        picture.shapes.append(FilledRect(box._replace(top=box.bottom - 8), entry.colour))
    elif entry.dashed:
        picture.shapes += dashed(left, y, left + SWATCH, y, entry.colour)
    else:
        picture.shapes.append(Stroke([left, y, left + SWATCH, y], entry.colour, 8))


def dashed(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 4) -> list[Stroke]:
    """A dashed horizontal or vertical line."""
    length = abs(to_x - x) + abs(to_y - y)
    right, down = to_x > x, to_y > y
    found: list[Stroke] = []
    at = 0.0
    while at < length:
        end = min(at + DASH, length)
        found.append(Stroke([x + at * right, y + at * down, x + end * right, y + end * down], colour, width))
        at += DASH + PAUSE
    return found
