"""Asks history for the supply of money beside what was made and burnt, minute by minute and instance by instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from plugin.corridor.periods import DAY_S, MINUTE_S
from plugin.history.store import Store
from plugin.measures import series_name
from plugin.model import BootSeen, Scope, SeriesCourse, SeriesKept, SupplyMinute, SupplyPast

CHECKED = "economy.supply_checked"
LEAST, MOST = (series_name(CHECKED, {"bound": bound}) for bound in ("least", "most"))
NAMES = ("economy.faucets", "economy.sinks", LEAST, MOST, "economy.supply_checks")
LOOKED_BACK_S = DAY_S
SETTLED_S = 2 * MINUTE_S
"""Minutes this young may lack what another instance counted in them; so may those around the end of a process."""


class Lost(NamedTuple):
    """A time in which counts may have been lost."""

    start: float
    end: float


async def supply_past(store: Store, scope: Scope, kept: Sequence[SeriesKept], now: int) -> SupplyPast | None:
    """The last day, in stretches in which every flow of every instance is known; None if no supply was said."""
    unit = next((one.unit for one in kept if one.name == LEAST), None)
    if unit is None:
        return None
    start = now // MINUTE_S * MINUTE_S - LOOKED_BACK_S
    end, losses, minutes = float(now), list[Lost](), list[SupplyMinute]()
    seen = await store.fleet.instances(scope.bot, now)
    # Two processes under one name are two of these, but their minutes are kept under that name together.
    for name in dict.fromkeys(one.name for one in seen if one.last_seen >= start):
        boots = await store.fleet.boots(scope.bot, name, now)
        losses += lost(boots)
        if boots and boots[-1].left is None:  # runs, or died: what it counted since is not known
            end = min(end, boots[-1].last_seen)
        courses = await store.reading.series(Scope(scope.bot, name), start, now, NAMES, MINUTE_S)
        if any(course.step_s > MINUTE_S for course in courses):
            return None
        minutes += _minutes(name, courses)
    whole = sorted(minute for minute in minutes if minute.at + MINUTE_S + SETTLED_S <= end)
    return SupplyPast(tuple(_stretches(whole, losses)), unit)


def lost(boots: Sequence[BootSeen]) -> Iterator[Lost]:
    """The times between a process that ended without a goodbye and the next one, oldest first."""
    for boot, following in pairwise(boots):
        if boot.left is None:
            yield Lost(boot.last_seen - SETTLED_S, following.started + SETTLED_S)


def _stretches(minutes: Sequence[SupplyMinute], losses: Sequence[Lost]) -> Iterator[tuple[SupplyMinute, ...]]:
    rest = list(minutes)
    for loss in sorted(losses):
        yield tuple(minute for minute in rest if minute.at < loss.start)
        rest = [minute for minute in rest if minute.at >= max(loss.start, loss.end)]
    yield tuple(rest)


def _minutes(instance: str, courses: Sequence[SeriesCourse]) -> Iterator[SupplyMinute]:
    made, burned, least, most, checks = ({point.at: point.values for point in course.points} for course in courses)
    for at in sorted({*made, *burned, *least, *most}):
        # Of several cuts in the minute, the last one agrees with all that was counted in it.
        low, high = (bound.get(at) if at in checks and checks[at].sum else None for bound in (least, most))
        yield SupplyMinute(
            at,
            instance,
            made[at].sum if at in made else 0.0,
            burned[at].sum if at in burned else 0.0,
            None if low is None else low.minimum if low.last is None else low.last,
            None if high is None else high.maximum if high.last is None else high.last,
        )
