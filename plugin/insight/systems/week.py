"""The hours of the day and of the week in which a system is busy, in UTC."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from statistics import fmean

from plugin.insight.systems.totals import HOUR_S
from plugin.model import HeatMap, SeriesCourse, SystemPast

DAY_S = 24 * HOUR_S
LEAST_DAYS = 3
"""Fewer days prove no hour of the day."""
BUSIEST = 1.5
"""The busiest hour has at least so many times the mean of all hours, and more than the mean on most days."""
MOST_DAYS = 2 / 3


def heat_map(past: SystemPast, course: SeriesCourse, title: str, factor: float = 1.0) -> HeatMap:
    """What counters added in each hour of the week, in the mean of all weeks, times a factor."""
    cells: dict[tuple[int, int], list[float]] = {}
    for at, value in _hours(past, course):
        moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
        cells.setdefault((moment.weekday(), moment.hour), []).append(value * factor)
    values = (tuple(_mean(cells.get((day, hour))) for hour in range(24)) for day in range(7))
    return HeatMap(title, tuple(values))


def busiest_hour(past: SystemPast, course: SeriesCourse) -> int | None:
    """The hour of the day in which counters add most, 0 to 23; None where there is no such hour, or too few days."""
    days: dict[int, dict[int, float]] = {}
    for at, value in _hours(past, course):
        days.setdefault(at // DAY_S, {})[at % DAY_S // HOUR_S] = value
    whole = [day for day in days.values() if len(day) == 24]
    if len(whole) < LEAST_DAYS:
        return None
    means = [fmean(day[hour] for day in whole) for hour in range(24)]
    hour, mean = max(range(24), key=means.__getitem__), fmean(means)
    if not mean or means[hour] < BUSIEST * mean:
        return None
    above = sum(day[hour] > fmean(day.values()) for day in whole)
    return hour if above >= MOST_DAYS * len(whole) else None


def _hours(past: SystemPast, course: SeriesCourse) -> Iterator[tuple[int, float]]:
    """Every hour that is over and that history covers, by its begin; without a row, nothing was added in it."""
    added = {point.at: point.values.sum for point in course.points}
    start = max(past.spans.start, past.spans.since or past.spans.start)
    for at in range(-(-start // HOUR_S) * HOUR_S, past.spans.end - HOUR_S + 1, HOUR_S):
        yield at, added.get(at, 0.0)


def _mean(values: list[float] | None) -> float | None:
    return fmean(values) if values else None
