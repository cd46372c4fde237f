"""Memory that grows after every restart, by so much alike that it is a leak which the restarts hide."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, stdev
from typing import NamedTuple

from plugin.insight.trends import DAY_S, HOUR_S, Points, hourly
from plugin.model import Trend

SETTLED_S = 2 * HOUR_S
"""A bot fills its caches for so long after a start."""
SHORTEST_H = 20
"""A shorter life cannot be told from the rhythm of the day."""
FEWEST_LIVES, MOST_LIVES = 3, 12
LEAST_SHARE = 0.05
"""The least growth over a life, as a share of where it begins."""
OF_RANGE = 0.6
"""The least growth over a life, as a share of all its ups and downs: the rhythm of a day makes up to a third."""
STEADY = 0.7
"""The least growth in the second half of the lives, as a share of that in the first: a cache fills ever slower."""
STUDENT = (9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106)
"""Student's t, two-sided 1 %, for 2 to 11 degrees of freedom."""


class LifeTrend(NamedTuple):
    """What the memory of a process does after every restart."""

    trend: Trend
    lives: int
    ends: float
    """Unix time in seconds at which the present life ends if it lasts as long as the longest."""


class _Life(NamedTuple):
    begin: float
    hours: int
    a_day: float
    """Growth in a day, between like hours where the life is long enough."""
    early: float
    late: float
    """Growth in its first and second half."""
    spread: float
    """From its lowest hour to its highest."""
    level: float
    """Where it begins."""


def life_trend(points: Points, starts: Sequence[float]) -> LifeTrend | None:
    """The growth that all lives of a process between two starts (Unix seconds) have in common; None without one.

    Each life of 20 hours or more, less its first two, gives one growth: day over day, so that the rhythm of the day
    cancels out, or from its begin to its end where it lasted a day. They are alike by Student's t at 1 % of three lives
    or more, go on in the second half, and outweigh the ups and downs within a life.
    """
    cuts = [*sorted(start for start in starts if not points or start <= points[-1][0]), math.inf]
    found = (_life(points[_from(points, begin) : _from(points, end)], begin) for begin, end in pairwise(cuts))
    lives = [life for life in found if life is not None][-MOST_LIVES:]
    longest = max((life.hours for life in lives), default=0)
    lives = [life for life in lives if life.hours >= longest / 2]  # short ones tell less, the present one included
    if len(lives) < FEWEST_LIVES:
        return None
    growths = [life.a_day for life in lives]
    mean, whole = fmean(growths), fmean(life.a_day * life.hours / 24 for life in lives)
    alike = mean * math.sqrt(len(lives)) >= STUDENT[len(lives) - FEWEST_LIVES] * stdev(growths)
    large = whole >= max(
        LEAST_SHARE * fmean(life.level for life in lives), OF_RANGE * fmean(life.spread for life in lives)
    )
    steady = sum(life.late for life in lives) >= STEADY * sum(life.early for life in lives)
    if mean <= 0 or not (alike and large and steady and growths[-1] >= mean / 2):
        return None
    trend = Trend(lives[0].begin, points[-1][0], points[-1][1], mean / DAY_S)
    return LifeTrend(trend, len(lives), cuts[-2] + longest * HOUR_S + SETTLED_S)


def _from(points: Points, at: float) -> int:
    return bisect_left(points, (at, -math.inf))


def _life(points: Points, begin: float) -> _Life | None:
    values = hourly([point for point in points if point[0] >= begin + SETTLED_S])
    if not values:
        return None
    first, last = min(values), max(values)
    hours = last - first + 1
    if hours < SHORTEST_H or len(values) < SHORTEST_H:
        return None
    lag = 24 * max(1, (hours - 20) // 24) if hours > 26 else hours - 2
    steps = [values[hour + lag] - value for hour, value in values.items() if hour + lag in values]
    if not steps:
        return None
    early, late = _halves(values, first, last)
    spread = max(values.values()) - min(values.values())
    return _Life(begin, hours, fmean(steps) * 24 / lag, early, late, spread, values[first])


def _halves(values: dict[int, float], first: int, last: int) -> tuple[float, float]:
    middle = (first + last) // 2
    if last - first >= 66:  # day over day, early and late
        days = [(hour, values[hour + 24] - value) for hour, value in values.items() if hour + 24 in values]
        sides = [[step for hour, step in days if (hour + 12 >= middle) is late] for late in (False, True)]
        return (fmean(sides[0]), fmean(sides[1])) if all(sides) else (0.0, 0.0)
    begin, half, end = (
        fmean([values[hour] for hour in hours if hour in values] or [math.nan])
        for hours in (range(first, first + 2), range(middle, middle + 2), range(last - 1, last + 1))
    )
    return half - begin, end - half
