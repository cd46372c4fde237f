"""Commands over weeks, drawn with a fixed seed: what a comparison is given."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from plugin.histogram import Histogram
from plugin.model import AnswerTimes, CommandPoint

HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
MONDAY = 20_003 * DAY
"""A Monday, 0:00 UTC."""
MILLISECOND_NS = 1_000_000

Factor = Callable[[int], float]
"""How many times as slow as usual, by Unix time in seconds."""


def usual(_: int) -> float:
    """Always the same."""
    return 1.0


def slow_evenings(at: int) -> float:
    """60 % slower from 18:00 to midnight."""
    return 1.6 if at % DAY >= 18 * HOUR else 1.0


def slow_weekends(at: int) -> float:
    """50 % slower on Saturday and Sunday."""
    return 1.5 if (at - MONDAY) % WEEK >= 5 * DAY else 1.0


def points(
    chance: random.Random,
    start: int,
    end: int,
    *,
    a_day: float = 500,
    slow: Factor = usual,
    failing: Callable[[random.Random, int], int] = lambda chance, calls: 0,
) -> list[CommandPoint]:
    """Hours of a command of about 50 ms that is called more by day, with so many failures of the calls of an hour."""
    return [
        _hour(chance, at, a_day / 24 * (1 + 0.8 * math.sin((at % DAY / HOUR - 9) / 24 * math.tau)), slow(at), failing)
        for at in range(start, end, HOUR)
    ]


def _hour(
    chance: random.Random,
    at: int,
    expected: float,
    slow: float,
    failing: Callable[[random.Random, int], int],
) -> CommandPoint:
    times, total_ns, calls = Histogram(), 0, poisson(chance, expected)
    for _ in range(calls):
        answer_ns = int(50 * MILLISECOND_NS * slow * math.exp(chance.gauss(0, 0.5)))
        times.record(answer_ns)
        total_ns += answer_ns
    failed = min(calls, failing(chance, calls))
    return CommandPoint(at, (calls - failed, 0, failed, 0), AnswerTimes(calls, total_ns, times))


def poisson(chance: random.Random, expected: float) -> int:
    """A count of independent events (Knuth's method)."""
    limit, product, count = math.exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def in_fours(share: float) -> Callable[[random.Random, int], int]:
    """Failures that come in clumps of four, such a share of calls in all."""
    return lambda chance, calls: 4 * poisson(chance, calls * share / 4)
