"""Cut points at gaps, and reduce them without losing spikes."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable

from plugin.display.chart.records import Line, Points
from plugin.display.chart.units import LARGEST

Run = list[tuple[float, float]]
"""Connected points, in order."""

MOMENT = operator.itemgetter(0)
USUAL_GAPS = 2.5
STILL_LAST = 0.05
"""Share of the picture; an older last value is not shown as current."""


def runs(line: Line, start: float, end: float, scale: float = 1) -> list[Run]:
    """The points between start and end, their values times `scale`, cut wherever one is missing or unknown."""
    points = _ordered([point for point in line.points if start <= point[0] <= end])
    longest = line.longest_gap_s or _longest_gap(points)
    found: list[Run] = []
    before = -float("inf")
    open_run = False
    for at, value in points:
        if value is None or not -LARGEST < value * scale < LARGEST:
            open_run = False
            continue
        if open_run and at - before <= longest:
            found[-1].append((at, value * scale))
        else:
            found.append([(at, value * scale)])
            open_run = True
        before = at
    return found


def _ordered(points: list[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    moments = list(map(MOMENT, points))
    return points if moments == sorted(moments) else sorted(points, key=MOMENT)


def _longest_gap(points: Points) -> float:
    moments = list(map(MOMENT, points))
    distances = sorted(map(operator.sub, moments[1:], moments))
    return USUAL_GAPS * distances[len(distances) // 2] if distances else 0


def reduced(run: Run, column: Callable[[float], int]) -> Run:
    """First, lowest, highest and last point of each column, which look the same as all points.

    The reduction is M4 (Jugel et al., "M4", PVLDB 7(10), 2014).
    """
    found: Run = []
    for _, group in itertools.groupby(run, lambda point: column(point[0])):
        points = list(group)
        if len(points) <= 4:
            found += points
            continue
        lowest = min(range(len(points)), key=lambda index: points[index][1])
        highest = max(range(len(points)), key=lambda index: points[index][1])
        found += [points[index] for index in sorted({0, lowest, highest, len(points) - 1})]
    return found


def last_value(found: list[Run], line: Line, start: float, end: float) -> float | None:
    """The last value of a line; None if it ends before the picture does."""
    if not found:
        return None
    at, value = found[-1][-1]
    if end - at > (end - start) * STILL_LAST:
        return None
    return None if any(at < moment <= end for moment, _ in line.points) else value
