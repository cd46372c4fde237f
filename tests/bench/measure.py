"""How things are timed: two side by side in small batches, so that whatever else the machine does hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

processor_ns = time.thread_time_ns
"""What this thread took of the processor: everything compared by it never waits, and others' work does not count."""

Batch = Callable[[], float]
"""Does a thing some times, and returns how many nanoseconds once took."""


class Spread(NamedTuple):
    """What repeated measurements say; the ends are their 10th and 90th percentile."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of one or more values."""
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        tenths = statistics.quantiles(values, n=10, method="inclusive")
        return cls(statistics.median(values), tenths[0], tenths[-1])


class Pair(NamedTuple):
    """Two things measured side by side."""

    ours: Spread
    theirs: Spread
    ratio: Spread
    """Ours as a multiple of theirs, batch by batch: a machine that slows down for a while slows both."""


def side_by_side(ours: Batch, theirs: Batch, batches: int) -> Pair:
    """Run both by turns, each first in every other round; what a first round warms up is not counted."""
    ours(), theirs()
    pairs: list[tuple[float, float]] = []
    for number in range(batches):
        if number % 2:
            second = theirs()
            pairs.append((ours(), second))
        else:
            pairs.append((ours(), theirs()))
    return Pair(
        Spread.of([mine for mine, _ in pairs]),
        Spread.of([other for _, other in pairs]),
        Spread.of([mine / other for mine, other in pairs]),
    )
