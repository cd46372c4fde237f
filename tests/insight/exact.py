"""Chances as exact sums, to hold what is computed faster against."""

from __future__ import annotations

import math
from fractions import Fraction


def hypergeometric(many: int, trials: int, few: int, others: int) -> Fraction:
    """The chance of so many events or more in the first trials, summed exactly."""
    events = many + few
    first = max(many, events - others)
    ways, each = 0, math.comb(trials, first) * math.comb(others, events - first)
    for got in range(first, min(trials, events) + 1):
        ways += each
        # One event more in the first trials: the quotient of the two numbers of ways, which leaves no remainder.
        each = each * (trials - got) * (events - got) // ((got + 1) * (others - events + got + 1))
    return Fraction(ways, math.comb(trials + others, events))


def binomial(least: int, total: int, share: Fraction) -> Fraction:
    """The chance of at least so many, summed exactly."""
    return sum(
        (math.comb(total, got) * share**got * (1 - share) ** (total - got) for got in range(least, total + 1)),
        Fraction(0),
    )
