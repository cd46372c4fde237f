"""Values with their units, and round values for the labels of an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from plugin.display import numbers

LARGEST = 1e18
"""Values beyond this, in either direction, are not measurements."""

SECOND_NS, MINUTE_NS, HOUR_NS, DAY_NS = 10**9, 60 * 10**9, 3600 * 10**9, 86400 * 10**9
ROUND_DURATIONS = tuple(
    number * unit
    for unit, amounts in (
        (SECOND_NS, (10, 15, 20, 30)),
        (MINUTE_NS, (1, 2, 5, 10, 15, 30)),
        (HOUR_NS, (1, 2, 6, 12)),
        (DAY_NS, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
    )
    for number in amounts
)
GIGABYTE = 1024


class Unit(NamedTuple):
    """How to show values of one unit."""

    scale: float
    """Factor that converts a value to nanoseconds, megabytes, percent or a count."""
    words: Callable[[float], str]
    steps: Callable[[float], Iterator[float]]
    """Round distances between ticks for an axis up to this value, smallest first."""
    least: float
    """An axis reaches at least this value."""


def unit_of(name: str) -> Unit:
    """The unit with this name; any other name is a noun that is counted."""
    if name in DURATIONS:
        return Unit(DURATIONS[name], numbers.duration, _duration_steps, numbers.MS)
    if name in SIZES:
        return Unit(SIZES[name], _size, _size_steps, 1)
    return Unit(1, numbers.percent if name == "%" else _pieces, _steps_of_ten, 1)


DURATIONS = {"ns": 1, "ms": numbers.MS, "s": SECOND_NS}
SIZES = {"MB": 1.0, "bytes": 1 / 1024**2}


def shown(value: float, unit: Unit) -> str:
    """The value in words, as short as an axis needs it: `0`, `1 s`, `1.5 s`, `-20 MB`."""
    if value == 0:
        return "0"
    words = unit.words(abs(value)).replace(".0 ", " ")
    return f"-{words}" if value < 0 else words


def _size(megabytes: float) -> str:
    return numbers.megabytes(megabytes) if megabytes >= 0.1 else f"{megabytes * 1024:.0f} kB"


def _pieces(number: float) -> str:
    if number >= 10 or number == int(number):
        return numbers.count_in(6, round(number)).strip()
    return f"{number:.2g}"


def _steps_of_ten(_: float) -> Iterator[float]:
    for exponent in range(-3, 19):
        yield from (digit * 10.0**exponent for digit in (1, 2, 5))


def _duration_steps(top: float) -> Iterator[float]:
    largest = ROUND_DURATIONS[0] if top >= MINUTE_NS else math.inf
    yield from (step for step in _steps_of_ten(top) if 1000 <= step < largest)
    yield from ROUND_DURATIONS


def _size_steps(top: float) -> Iterator[float]:
    scale = GIGABYTE if top >= GIGABYTE else 1
    yield from (step * scale for step in _steps_of_ten(top))


def ticks(bottom: float, top: float, unit: Unit, most: int) -> list[tuple[float, str]]:
    """At most `most` round values of an axis, with distinct labels."""
    for step in unit.steps(max(abs(bottom), abs(top))):
        if (top - bottom) / step > most:
            continue
        first = math.ceil(bottom / step - 1e-9)
        values = [index * step for index in range(first, math.floor(top / step + 1e-9) + 1)]
        labelled = [(value, shown(value, unit)) for value in values]
        if len(values) <= most and len({words for _, words in labelled}) == len(values):
            return labelled
    return []
