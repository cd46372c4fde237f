"""How prices move: a chained index over the items whose price is known in both of two neighbouring steps.

Each link is the geometric mean of the price relatives. Where sales are known, an item's weight is the mean of its
shares of the money spent in both steps (L. Törnqvist, "The Bank of Finland's consumption price index", Bank of Finland
Monthly Bulletin 10, 1936; W. E. Diewert, "Exact and superlative index numbers", J. Econometrics 4, 1976). Else each
item counts alike (W. S. Jevons, J. Stat. Soc. London 28, 1865). An item without a price in one of the steps is left out
of the link, so that new, sold out and renamed items do not move the index.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Prices = Mapping[str, float]
"""By item."""


class PriceStep(NamedTuple):
    """Prices and sales of one step."""

    at: int
    """Unix time in seconds of its begin."""
    prices: Prices
    """The mean price of each item."""
    sales: Prices
    """The money that was paid for each item; empty where that is not known."""


class PriceIndex(NamedTuple):
    """How prices went over a period."""

    points: tuple[tuple[int, float], ...]
    """By step; 1 at the first."""
    items: int
    """Of the link that has fewest."""

    @property
    def inflation(self) -> float:
        """The rise from the first step to the last, 0.05 for 5 %."""
        return self.points[-1][1] / self.points[0][1] - 1


def price_index(steps: Sequence[PriceStep]) -> PriceIndex | None:
    """The index over steps, oldest first; None where no two neighbours have an item in common."""
    points: list[tuple[int, float]] = []
    items: list[int] = []
    for before, after in pairwise(steps):
        common = [item for item, price in after.prices.items() if price > 0 and before.prices.get(item, 0) > 0]
        if not common:
            continue
        points = points or [(before.at, 1.0)]
        weights = _weights(before, after, common) or dict.fromkeys(common, 1 / len(common))
        rise = sum(weights[item] * math.log(after.prices[item] / before.prices[item]) for item in common)
        points.append((after.at, points[-1][1] * math.exp(rise)))
        items.append(len(common))
    return PriceIndex(tuple(points), min(items)) if points else None


def _weights(before: PriceStep, after: PriceStep, common: Sequence[str]) -> Prices | None:
    """The mean of each item's shares of both steps; None where either has no sales of these items."""
    wholes = [sum(step.sales.get(item, 0.0) for item in common) for step in (before, after)]
    if not all(wholes):
        return None
    return {
        item: (before.sales.get(item, 0.0) / wholes[0] + after.sales.get(item, 0.0) / wholes[1]) / 2 for item in common
    }
