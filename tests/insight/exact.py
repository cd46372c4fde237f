"""Chances as exact sums, to hold what is computed faster against."""

from __future__ import annotations

import math
from fractions import Fraction


def hypergeometric(many: int, trials: int, few: int, others: int) -> Fraction:
    """The chance of so many events or more in the first trials, summed exactly."""
    events = many + few
    ways = sum(
        math.comb(trials, got) * math.comb(others, events - got)
        for got in range(many, min(trials, events) + 1)
        if events - got <= others
    )
    return Fraction(ways, math.comb(trials + others, events))


def binomial(least: int, total: int, share: Fraction) -> Fraction:
    """The chance of at least so many, summed exactly."""
    return sum(
        (math.comb(total, got) * share**got * (1 - share) ** (total - got) for got in range(least, total + 1)),
        Fraction(0),
    )
