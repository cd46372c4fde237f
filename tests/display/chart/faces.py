"""A font that needs no library, and what the tests look for in pictures."""

from __future__ import annotations

import itertools

from plugin.display.chart.records import Line, LineChart, Picture, Words

START, END = 1_773_237_600.0, 1_773_324_000.0  # 11 and 12 March 2026, 14:00 UTC
STEP = 60.0


class Monospace:
    """Every sign is half as wide as high; only ASCII is drawn."""

    def width(self, words: str, size: int) -> float:
        return len(words) * size / 2

    def has(self, sign: str) -> bool:
        return sign.isascii()


def points(values: list[float | None]) -> list[tuple[float, float | None]]:
    step = (END - START) / max(1, len(values) - 1)
    return [(START + index * step, value) for index, value in enumerate(values)]


def chart(*values: list[float | None], unit: str = "MB", **more: object) -> LineChart:
    lines = [Line(f"line {index}", points(part)) for index, part in enumerate(values)]
    known = {"title": "Memory", "lines": lines, "unit": unit, "start": START, "end": END}
    return LineChart(**(known | more))


def texts(picture: Picture) -> list[str]:
    return [words.text for words in picture.words]


def crossing(picture: Picture) -> list[tuple[Words, Words]]:
    pairs = itertools.combinations(picture.words, 2)
    return [(one, other) for one, other in pairs if one.box.overlaps(other.box)]


def outside(picture: Picture) -> list[Words]:
    return [
        words
        for words in picture.words
        if words.box.left < 0
        or words.box.right > picture.width
        or words.box.top < 0
        or words.box.bottom > picture.height
    ]
