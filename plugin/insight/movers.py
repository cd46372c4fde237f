"""The series that deviated most from the hour and the day before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import NamedTuple

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
    spans = _spans(past)
    found = [mover for series in courses if (mover := _mover(*series, spans)) is not None]
    return tuple(sorted(found, key=lambda mover: -mover.score)[:MOST_MOVERS])


class _Spans(NamedTuple):
    """Of each course, the minutes that history knows whole."""

    now: range
    hour: range
    day: range


def _spans(past: MomentPast) -> _Spans:
    start, end, since = past.window.start, past.window.end, past.since
    known_until = int(past.at - past.beat_s) // 60 * 60
    known_from = known_until if since is None else -(-since // 60) * 60

    def span(begin: int, end: int) -> range:
        return range(max(begin, known_from), min(end, known_until), 60)

    return _Spans(span(start, end), span(start - 3600, start), span(start - 86_400, end - 86_400))


def _mover(kept: SeriesKept, now: SeriesCourse, hour: SeriesCourse, day: SeriesCourse, spans: _Spans) -> Mover | None:
    if max(now.step_s, hour.step_s) > 60:
        return None
    counter = kept.kind == "counter"
    latest, *earlier = (
        _minutes(course, minutes, counter) for course, minutes in zip((now, hour, day), spans, strict=True)
    )
    before = [value for values in earlier for value in values]
    if not latest or len(before) < FEWEST_MINUTES:
        return None
    value = fmean(latest)
    usual, score = median(before), _score(value, before, counter)
    apart = max(value, usual) >= LEAST_RATIO * min(value, usual) if min(value, usual) > 0 else value != usual
    if score < LEAST_SCORE or not apart:
        return None
    hour_before, day_before = (fmean(values) if values else None for values in earlier)
    return Mover(kept.name, kept.unit, counter, value, hour_before, day_before, score)


def _minutes(course: SeriesCourse, minutes: range, counter: bool) -> list[float]:
    """The value of each minute; a counter has zeros where it did not grow."""
    points = {point.at: point.values for point in course.points if point.at in minutes}
    if counter:
        return [points[at].sum if at in points else 0.0 for at in minutes]
    return [values.sum / values.count for values in points.values()]


def _score(value: float, before: Sequence[float], counter: bool) -> float:
    usual = median(before)
    sigma = PER_SIGMA * median(abs(one - usual) for one in before)
    return abs(value - usual) / max(sigma, _floor(usual, before, counter))


def _floor(usual: float, before: Iterable[float], counter: bool) -> float:
    """The least spread: counts vary by chance as Poisson's do, and levels are told to a hundredth."""
    if counter:
        return math.sqrt(max(usual, fmean(before), 1.0))
    return max(abs(usual) / 100, 1e-9)
