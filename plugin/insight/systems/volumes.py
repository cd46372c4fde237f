"""Whether an hour has unusually much of something, or some hours unusually little: beside the same hours of other days.

Money comes in lumps, so the largest of the other days may be far above their mean, and the next far above that. How far
is read from the largest of them: the tail of what comes in lumps falls by a power, whose exponent is Hill's estimate
(B. M. Hill, "A simple general approach to inference about the tail of a distribution", Ann. Stat. 3, 1975; the chance
beyond a value after Weissman, J. Am. Stat. Assoc. 73, 1978).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

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
LOOKED_AT_S = DAY_S
"""How long ago an unusual hour may have been."""

LOW_HOURS = 3
FEWEST_LOW_DAYS = 14
LOW_TIMES = 4.0
"""So many times less than the least of the other days."""
FEWEST_OF_LEAST = 20.0
"""What the least of the other days must have, so that chance alone does not take three quarters of it."""


class Low(NamedTuple):
    """The last hours, which have unusually little."""

    since: int
    """Unix time in seconds."""
    value: float
    others: tuple[float, ...]
    """What the same hours of other days had, least first."""


def unusual_hour(values: Mapping[int, float], over: int) -> int | None:
    """The last hour within a day that has unusually much; `over` is when the last full one ended."""
    known = {at: value for at, value in values.items() if at < over}
    for at in range(over - HOUR_S, over - LOOKED_AT_S - 1, -HOUR_S):
        if is_unusual(at, {hour: value for hour, value in known.items() if hour <= at}):
            return at
    return None


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


def low_hours(values: Mapping[int, float], watched: Collection[int], over: int) -> Low | None:
    """Whether the last full hours have unusually little; hours that were not watched whole prove nothing."""
    since = over - LOW_HOURS * HOUR_S
    value = _in_hours(values, watched, since)
    if value is None:
        return None
    first = min(watched)
    others = [_least_near(values, watched, at) for at in range(since - DAY_S, first - 1, -DAY_S)]
    known = sorted(one for one in others if one is not None)
    if len(known) < FEWEST_LOW_DAYS or known[0] < FEWEST_OF_LEAST or value >= known[0] / LOW_TIMES:
        return None
    return Low(since, value, tuple(known))


def _least_near(values: Mapping[int, float], watched: Collection[int], at: int) -> float | None:
    """The least of the hours of another day, an hour earlier and later too: clocks change."""
    near = [_in_hours(values, watched, at + hour * HOUR_S) for hour in NEAR_HOURS]
    return min((one for one in near if one is not None), default=None)


def _in_hours(values: Mapping[int, float], watched: Collection[int], since: int) -> float | None:
    hours = range(since, since + LOW_HOURS * HOUR_S, HOUR_S)
    return sum(values.get(at, 0.0) for at in hours) if all(at in watched for at in hours) else None
