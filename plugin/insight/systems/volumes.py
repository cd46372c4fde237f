"""Whether an hour has unusually much of something: beside the same hours of other days.

Money comes in lumps, so the largest of the other days may be far above their mean, and the next far above that. How far
is read from the largest of them: the tail of what comes in lumps falls by a power, whose exponent is Hill's estimate
(B. M. Hill, "A simple general approach to inference about the tail of a distribution", Ann. Stat. 3, 1975; the chance
beyond a value after Weissman, J. Am. Stat. Assoc. 73, 1978).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

HOUR_S, DAY_S = 3600, 86_400
FEWEST_DAYS = 7
NEAR_HOURS = (-1, 0, 1)
"""Hours of other days that count as the same hour."""
TAIL_SHARE = 0.25
FEWEST_IN_TAIL = 8
LEVEL = 1e-4
"""The chance that an hour has so much, below which it is unusual, beside `LEAST_TIMES`."""
LEAST_TIMES = 3.0
"""Than the largest of the other days."""


def is_unusual(at: int, values: Mapping[int, float]) -> bool:
    """Whether the hour at `at` has unusually much; `values` are those of hours by their begins in Unix seconds.

    False where fewer than seven other days had anything in these hours.
    """
    others = same_hours(at, values)
    value = values.get(at, 0.0)
    if not others or value < LEAST_TIMES * max(others):
        return False
    return chance_beyond(value, others) < LEVEL


def same_hours(at: int, values: Mapping[int, float]) -> list[float]:
    """The values of the same hours of other days; none where these are too few."""
    found: list[float] = []
    days = 0
    for day_at in range(at - DAY_S, min(values, default=at) - HOUR_S, -DAY_S):
        of_day = [values.get(day_at + hour * HOUR_S, 0.0) for hour in NEAR_HOURS]
        days += any(of_day)
        found += [value for value in of_day if value > 0]
    return found if days >= FEWEST_DAYS else []


def chance_beyond(value: float, others: Sequence[float]) -> float:
    """The chance of so much or more, by the tail of others; 1 where these are too few to have one."""
    ordered = sorted(others, reverse=True)
    size = max(FEWEST_IN_TAIL, math.ceil(TAIL_SHARE * len(ordered)))
    if len(ordered) <= size:
        return 1.0
    begin = ordered[size]
    heaviness = sum(math.log(one / begin) for one in ordered[:size]) / size
    heaviness *= 1 + 1 / math.sqrt(size)  # by its standard error, as the estimate is from few
    share = size / len(ordered)
    if value <= begin:
        return share
    return share * (value / begin) ** -(1 / heaviness) if heaviness else 0.0
