"""The inequality of balances."""

from __future__ import annotations

import math
from collections.abc import Mapping

RICHEST_OF = 100
"""The richest hundredth is one of so many members; with fewer balances nobody is."""


def gini(balances: Mapping[float, int]) -> float | None:
    """The Gini coefficient of balances, given as how often each value occurs: 0 if all are equal, 1 if one has all.

    None where nobody has anything. `G = 2 Σ i·x(i) / (n Σ x) - (n + 1) / n` over ranks `i` of ascending values (Sen,
    "On Economic Inequality", 1973); members with equal balances share their mean rank.
    """
    number, whole = balances_of(balances)
    if not whole:
        return None
    below, ranked = 0, 0.0
    for value in sorted(balances):
        count = balances[value]
        ranked += value * count * (below + (count + 1) / 2)
        below += count
    return 2 * ranked / (number * whole) - (number + 1) / number


def top_share(balances: Mapping[float, int]) -> float | None:
    """The share of all money that the richest hundredth of members hold; None with too few members or no money."""
    number, whole = balances_of(balances)
    if number < RICHEST_OF or not whole:
        return None
    left, held = math.ceil(number / RICHEST_OF), 0.0
    for value in sorted(balances, reverse=True):
        taken = min(left, balances[value])
        held += value * taken
        left -= taken
        if not left:
            break
    return held / whole


def balances_of(balances: Mapping[float, int]) -> tuple[int, float]:
    """The number of balances, and their sum."""
    return sum(balances.values()), sum(value * count for value, count in balances.items())
