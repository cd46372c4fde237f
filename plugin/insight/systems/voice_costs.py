"""What voice costs: whether hours with more members in voice took more of the processor or of memory."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import NamedTuple

from plugin.costs import MEGABYTE
from plugin.insight.chances import student_tail
from plugin.insight.systems.totals import HOUR_S
from plugin.model import SeriesCourse
from plugin.words import megabytes, percent

LEAST_HOURS = 96
LEVEL = 1e-4
"""The chance with which a cost is told although there is none."""
LEAST_SHARE = 0.25
"""Of what a resource varies by beyond its daily rhythm, members in voice explain at least this share."""

CPU, MEMORY = "cpu_share", "memory_bytes"


class Cost(NamedTuple):
    """How a resource grows with members in voice."""

    per_member: float
    """In the unit of the resource."""
    hours: int
    """How many it is proven by."""


def costs(members: SeriesCourse, beside: Mapping[str, SeriesCourse]) -> Iterator[str]:
    """A sentence for each resource of which voice is proven to take more."""
    for name, what, written in ((CPU, "CPU", _percent), (MEMORY, "memory", _megabytes)):
        course = beside.get(name)
        cost = None if course is None else cost_of(members, course)
        if cost is not None:
            yield f"Ten members in voice go with {written(10 * cost.per_member)} more {what} ({cost.hours} hours)."


def cost_of(members: SeriesCourse, resource: SeriesCourse) -> Cost | None:
    """What each member more goes with; None where that is not proven.

    Hours are compared with the same hours of other days, weekends apart, since all that a bot does has the same daily
    rhythm: of two things that only share it, neither explains the other. What follows from hour to hour counts less
    than as many independent hours (M. S. Bartlett, "Some aspects of the time-correlation problem", J. R. Stat. Soc. 98,
    1935).
    """
    levels = _levels(resource)
    both = [(at, value, levels[at]) for at, value in sorted(_levels(members).items()) if at in levels]
    groups: dict[tuple[bool, int], list[tuple[int, float, float]]] = {}
    for one in both:
        groups.setdefault(_like_hour(one[0]), []).append(one)
    residuals: list[tuple[int, float, float]] = []
    for group in groups.values():
        mean, level = fmean(value for _, value, _ in group), fmean(level for _, _, level in group)
        residuals += [(at, value - mean, of - level) for at, value, of in group]
    residuals.sort()
    freedom = len(residuals) - len(groups) - 1
    if len(residuals) < LEAST_HOURS or freedom < LEAST_HOURS / 2:
        return None
    return _judged([value for _, value, _ in residuals], [of for _, _, of in residuals], freedom)


def _judged(values: list[float], levels: list[float], freedom: int) -> Cost | None:
    spread, rest = sum(value * value for value in values), sum(level * level for level in levels)
    if not spread or not rest:
        return None
    together = sum(value * level for value, level in zip(values, levels, strict=True))
    correlation = min(together / math.sqrt(spread * rest), 1 - 1e-9)
    memory = max(0.0, _likeness(values) * _likeness(levels))
    independent = freedom * (1 - memory) / (1 + memory)
    if correlation**2 < LEAST_SHARE or correlation < 0 or independent < 3:
        return None
    deviations = correlation * math.sqrt(independent / (1 - correlation**2))
    holds = student_tail(deviations, independent) < LEVEL
    return Cost(together / spread, len(values)) if holds else None


def _likeness(values: list[float]) -> float:
    """How much a value is like the one before."""
    spread = sum(value * value for value in values)
    return sum(one * other for one, other in itertools.pairwise(values)) / spread


def _levels(course: SeriesCourse) -> dict[int, float]:
    return {point.at: point.values.sum / point.values.count for point in course.points if point.values.count}


def _like_hour(at: int) -> tuple[bool, int]:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.weekday() > 4, at // HOUR_S % 24


def _percent(share: float) -> str:
    return percent(100 * share)


def _megabytes(size: float) -> str:
    return megabytes(size / MEGABYTE)
