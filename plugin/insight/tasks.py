"""Problems of background work: tasks that stopped, die or pile up, and listeners that raise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from plugin.insight.scales import WARM_UP_S, WARNING, WELL, is_lately
from plugin.model import (
    BackgroundSnapshot,
    ErrorGroup,
    ListenerHealth,
    ListenerSnapshot,
    Snapshot,
    TaskGroupSnapshot,
    TaskGrowth,
    TaskHealth,
    TaskKind,
)

OFTEN = 10
"""Failures of a listener within the last hour that make it a warning."""

HOUR_S, DAY_S = 3600.0, 86_400.0
RUSH_S = 6 * HOUR_S
"""An evening's rush grows for less than this; tasks that never end grow for longer."""

BEYOND_RUSH = 1.5
"""More tasks must run than this many times the earlier maximum, since a rush comes every day."""

LEAST_POINTS = 24
LEAST_GROWTH = 20
"""A smaller increase does not count as piling up."""

THIRDS = 3

Points = Sequence[tuple[float, int]]
"""Unix time in seconds and number of running tasks, oldest first."""


def judge_tasks(snapshot: Snapshot) -> tuple[TaskHealth, ...]:
    """Every group of tasks; a warning if it will not run again, failed within the last hour, or piles up."""
    groups = () if snapshot.background is None else snapshot.background.tasks
    warm = snapshot.at - snapshot.uptime_s + WARM_UP_S
    judged = [_judge(group, snapshot.at, warm) for group in groups]
    return tuple(sorted(judged, key=_gravity))


def _judge(group: TaskGroupSnapshot, at: float, warm: float) -> TaskHealth:
    growth = growth_of(*([point for point in course if point[0] >= warm] for course in (group.course, group.latest)))
    troubled = group.stopped is not None or growth is not None or _lately(group.error, at)
    return TaskHealth(group, WARNING if troubled else WELL, growth)


def _gravity(judged: TaskHealth) -> tuple[int, bool, int]:
    group = judged.group
    return -judged.severity, group.kind is not TaskKind.SCHEDULED, -group.running


def _lately(error: ErrorGroup | None, at: float) -> bool:
    return error is not None and is_lately(error.last_seen, at)


def judge_listeners(background: BackgroundSnapshot | None, at: float) -> tuple[ListenerHealth, ...]:
    """Every listener that raised; a warning for ten failures within the last hour."""
    listeners = () if background is None else background.listeners
    judged = [ListenerHealth(listener, WARNING if _often(listener, at) else WELL) for listener in listeners]
    return tuple(sorted(judged, key=lambda health: (-health.severity, -health.listener.failures)))


def _often(listener: ListenerSnapshot, at: float) -> bool:
    return len(listener.latest) >= OFTEN and is_lately(listener.latest[-OFTEN], at)


def growth_of(points: Points, latest: Points = ()) -> TaskGrowth | None:
    """Sustained growth in the number of tasks, or None.

    Over 24 looks it must have grown by 20 and to its double. Over a day it must also never have fallen, and have grown
    in each third of the time by at least half of what is a third's share; or over two days grow as `trend` tells it,
    with all of the last third above all of the first. The whole time is looked at first, then its last half and its
    last quarter. Where a day is known before them, six of the `latest` hours are enough in which it never fell and
    outgrew all of that day: what a rush began will have ended by then.
    """
    for part in (1, 2, 4):
        kept = points[len(points) - len(points) // part :]
        if len(kept) < LEAST_POINTS or kept[-1][0] - kept[0][0] < DAY_S:
            break
        found = _growth(kept)
        if found is not None and (_only_grows(kept) or _climbs(kept)):
            return found
    return _outgrowth(points, latest)


def _growth(points: Points) -> TaskGrowth | None:
    (since, before), now = points[0], points[-1][1]
    return TaskGrowth(since, before, now) if now - before >= LEAST_GROWTH and now >= 2 * before else None


def _outgrowth(points: Points, latest: Points) -> TaskGrowth | None:
    kept = [point for point in latest if point[0] >= latest[-1][0] - RUSH_S]
    if len(kept) < LEAST_POINTS or latest[0] == kept[0]:
        return None
    found, before = _growth(kept), [point for point in points if point[0] < kept[0][0]]
    if found is None or not before or kept[0][0] - before[0][0] < DAY_S:
        return None
    most = max(number for _, number in before)
    return found if found.now >= BEYOND_RUSH * most and _only_grows(kept) else None


def _only_grows(points: Points) -> bool:
    numbers = [number for _, number in points]
    if any(after < before for before, after in pairwise(numbers)):
        return False
    ends = [numbers[(len(numbers) - 1) * third // THIRDS] for third in range(THIRDS + 1)]
    share = (numbers[-1] - numbers[0]) / THIRDS
    return all(after - before >= share / 2 for before, after in pairwise(ends))


def _climbs(points: Points) -> bool:
    third = len(points) // THIRDS
    if points[-1][0] - points[0][0] < 2 * DAY_S:  # a first day begins with none
        return False
    apart = min(number for _, number in points[-third:]) > max(number for _, number in points[:third])
    if not apart:
        return False
    from plugin.insight.trends import trend  # here, since few bots have tasks that climb for days

    found = trend(points)  # what fell back in between is a rush, or a saw-tooth
    return found is not None and found.slope > 0
