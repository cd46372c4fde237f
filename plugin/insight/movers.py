"""The series that deviated most from the hour and the day before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median

from plugin.model import SeriesCourse, SeriesKept
from plugin.model.timeline import MomentPast, Mover

FEWEST_MINUTES = 10
"""With fewer minutes before, the variation of a series is unknown."""

LEAST_SCORE = 4.0
LEAST_RATIO = 1.25
"""Smaller deviations are not shown, however steady the series was."""

PER_SIGMA = 1.4826
"""The standard deviation of a normal distribution by its median absolute deviation."""

MOST_MOVERS = 5


def movers(past: MomentPast) -> tuple[Mover, ...]:
    """At most five series, largest deviation first; none if minutes are no longer kept."""
    courses = zip(past.series, past.now, past.hour_before, past.day_before, strict=True)
    minutes = (past.window.end - past.window.start) / 60
    found = [mover for series in courses if (mover := _mover(*series, minutes)) is not None]
    return tuple(sorted(found, key=lambda mover: -mover.score)[:MOST_MOVERS])


def _mover(kept: SeriesKept, now: SeriesCourse, hour: SeriesCourse, day: SeriesCourse, minutes: float) -> Mover | None:
    counter = kept.kind == "counter"
    if max(now.step_s, hour.step_s) > 60 or (not now.points and not counter):
        return None
    before = [*_minutes(hour, 60 if counter else None), *_minutes(day, int(minutes) if counter else None)]
    if len(before) < FEWEST_MINUTES:
        return None
    value = fmean(_minutes(now, int(minutes) if counter else None))
    usual, score = median(before), _score(value, before, counter)
    apart = max(value, usual) >= LEAST_RATIO * min(value, usual) if min(value, usual) > 0 else value != usual
    if score < LEAST_SCORE or not apart:
        return None
    return Mover(kept.name, kept.unit, counter, value, _mean(hour, 60, counter), _mean(day, minutes, counter), score)


def _minutes(course: SeriesCourse, whole: int | None) -> list[float]:
    """The value of each minute; a counter has zeros where it did not grow, and `whole` minutes in all."""
    if whole is None:
        return [point.values.sum / point.values.count for point in course.points]
    sums = [point.values.sum for point in course.points]
    return [*sums, *[0.0] * max(0, whole - len(sums))]


def _mean(course: SeriesCourse, minutes: float, counter: bool) -> float | None:
    values = _minutes(course, int(minutes) if counter else None)
    return fmean(values) if course.points and values else None


def _score(value: float, before: Sequence[float], counter: bool) -> float:
    usual = median(before)
    sigma = PER_SIGMA * median(abs(one - usual) for one in before)
    return abs(value - usual) / max(sigma, _floor(usual, before, counter))


def _floor(usual: float, before: Iterable[float], counter: bool) -> float:
    """The least spread: counts vary by chance as Poisson's do, and levels are told to a hundredth."""
    if counter:
        return math.sqrt(max(usual, fmean(before), 1.0))
    return max(abs(usual) / 100, 1e-9)
