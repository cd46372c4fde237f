"""How much more numbers vary from step to step than those of independent calls would.

Users retry, a database is slow for an hour: calls close in time are alike. The dispersion is the
variance of sums over steps as a multiple of what it would be were the calls independent, within each span (Pearson's
estimate of quasi-likelihood: McCullagh and Nelder, "Generalized Linear Models", section 4.5). What is compared counts
for so many times less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.histogram import Histogram, bucket_value_ns
from plugin.model import ActivityPoint, CommandPoint, Outcome

LENGTHS_S = (60, 300, 3600, 6 * 3600, 86_400, 4 * 86_400)
"""Lengths over which calls may be alike."""
FEWEST = 12
"""With fewer sums the dispersion is not estimated."""

Point = ActivityPoint | CommandPoint
Sum = tuple[int, float, int]
"""Unix time in seconds of a step, the sum over its calls, and how many calls these were."""


class Steps(NamedTuple):
    """The steps of a period, and of the previous one."""

    now: Sequence[Point] = ()
    before: Sequence[Point] = ()


def of_errors(steps: Steps) -> float:
    """Dispersion of errors among `ok` and `error`, at least 1."""
    return _of_events(
        [(point.at, point.outcomes[Outcome.ERROR], _judged(point)) for point in points] for points in steps
    )


def of_denials(steps: Steps) -> float:
    """Dispersion of denials among all invocations, at least 1."""
    return _of_events(
        [(point.at, point.outcomes[Outcome.DENIED], sum(point.outcomes)) for point in points] for points in steps
    )


def of_answers(steps: Steps, now: Histogram, before: Histogram, deferred: bool = False) -> float:
    """Dispersion of answer times, at least 1; the histograms give the variance of single calls."""
    sums = [[_answers(point, deferred) for point in points] for points in steps]
    return largest(sums, [variance(now), variance(before)])


def _answers(point: Point, deferred: bool) -> Sum:
    answers = point.deferred if deferred else point.answers
    return point.at, float(answers.total_ns), answers.number


def _judged(point: Point) -> int:
    return point.outcomes[Outcome.OK] + point.outcomes[Outcome.ERROR]


def _of_events(spans: Iterable[Sequence[Sum]]) -> float:
    spans = list(spans)
    shares = [sum(events for _, events, _ in span) / (sum(calls for *_, calls in span) or 1) for span in spans]
    return largest(spans, [share * (1 - share) for share in shares])


def variance(durations: Histogram) -> float:
    """The variance of single durations, in square nanoseconds."""
    values = [(bucket_value_ns(index), count) for index, count in enumerate(durations.counts) if count]
    calls = sum(count for _, count in values)
    mean = sum(value * count for value, count in values) / (calls or 1)
    return sum((value - mean) ** 2 * count for value, count in values) / (calls or 1)


def largest(spans: Sequence[Sequence[Sum]], variances: Sequence[float]) -> float:
    """The largest dispersion over any length, of the steps of both spans together; at least 1.

    `variances` are those of single calls of each span.
    """
    found = 1.0
    spans = [_summed(span, 1) for span in spans]  # of many commands at once, so that these are gone through only once
    for length_s in LENGTHS_S:
        square = expected = 0.0
        number = 0
        for span, variance in zip(spans, variances, strict=True):
            blocks = _summed(span, length_s)
            whole, calls = sum(value for _, value, _ in blocks), sum(calls for *_, calls in blocks)
            if calls:
                number += len(blocks)
                square += sum((value - count * whole / calls) ** 2 for _, value, count in blocks)
                expected += variance * sum(count * (1 - count / calls) for *_, count in blocks)
        if number >= FEWEST and expected > 0:
            found = max(found, square / expected)
    return found


def _summed(span: Sequence[Sum], length_s: int) -> list[Sum]:
    sums: dict[int, float] = defaultdict(float)
    calls: dict[int, int] = defaultdict(int)
    for at, value, count in span:
        sums[at // length_s] += value
        calls[at // length_s] += count
    return [(block * length_s, value, calls[block]) for block, value in sums.items()]
