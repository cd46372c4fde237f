"""Bars and sparklines in text; always at the end of a line, so that a missing glyph shifts nothing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

PARTS = " ▏▎▍▌▋▊▉█"
EMPTY = "░"
STEPS = "▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
LEAST_SPAN = 0.25


def bar(value: float, whole: float, width: int) -> str:
    """`value` as a bar of at most `width` cells, full at `whole`; a value above 0 is always visible."""
    eighths = _eighths(value, whole, width)
    full, rest = divmod(eighths, 8)
    return "█" * full + (PARTS[rest] if rest else "")


def gauge(value: float, whole: float, width: int) -> str:
    """A track of `width` cells, filled as far as `value` is of `whole`: from one cell to, at `whole` or more, all."""
    full = min(width - (value < whole), round(_eighths(value, whole, width) / 8))
    full = max(full, value > 0)
    return "█" * full + EMPTY * (width - full)


def _eighths(value: float, whole: float, width: int) -> int:
    if value <= 0 or whole <= 0:
        return 0
    return max(1, min(width * 8, round(value / whole * width * 8)))


def sparkline(values: Sequence[float | None], width: int) -> str:
    """The values over time in at most `width` cells, up to their maximum; a gap for unknown ones.

    It begins at their minimum, or so far below that it spans a quarter of the maximum, so that noise stays flat.
    """
    columns = [_mean(part) for part in _parts(values, min(width, len(values)))]
    known = [column for column in columns if column is not None]
    top = max(known, default=0)
    bottom = min(min(known, default=0), top * (1 - LEAST_SPAN))
    return "".join(_step(column, bottom, top) for column in columns)


def shade(value: float | None, most: float) -> str:
    """One cell, the darker the nearer a value is to the largest; a dot for nothing, a gap for what is not known."""
    if value is None:
        return " "
    if value <= 0 or most <= 0:
        return SHADES[0]
    return SHADES[min(4, 1 + int(value / most * 4))]


def _parts(values: Sequence[float | None], number: int) -> list[Sequence[float | None]]:
    bounds = [index * len(values) // number for index in range(number + 1)] if number else []
    return [values[start:end] for start, end in itertools.pairwise(bounds)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _step(value: float | None, bottom: float, top: float) -> str:
    if value is None:
        return " "
    return STEPS[min(7, int((value - bottom) / (top - bottom) * 8))] if top > bottom else STEPS[0]
