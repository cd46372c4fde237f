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


def timed(work: Callable[[], object]) -> Batch:
    """A batch that does a thing once."""

    def batch() -> float:
        began_ns = processor_ns()
        work()
        return processor_ns() - began_ns

    return batch


def side_by_side(ours: Batch, theirs: Batch, rounds: int) -> Pair:
    """Run both by turns."""
    mine, others = by_turns([ours, theirs], rounds)
    return pair(mine, others)


def by_turns(batches: Sequence[Batch], rounds: int) -> list[list[float]]:
    """What each batch took in each round; every round begins with another one, and a first one only warms up."""
    for batch in batches:
        batch()
    took: list[list[float]] = [[] for _ in batches]
    for number in range(rounds):
        for turn in range(len(batches)):
            index = (number + turn) % len(batches)
            took[index].append(batches[index]())
    return took


def pair(ours: Sequence[float], theirs: Sequence[float]) -> Pair:
    """Two things that were measured by turns, round by round."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Pair(Spread.of(ours), Spread.of(theirs), Spread.of(ratios))


def added(took: Sequence[float], bare: Sequence[float]) -> list[float]:
    """What something took beyond the same without it, round by round."""
    return [with_it - without for with_it, without in zip(took, bare, strict=True)]
