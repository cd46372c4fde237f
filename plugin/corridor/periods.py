"""The periods of pages, and the steps in which they are read."""

from __future__ import annotations

from plugin.corridor.look_back import LookBack
from plugin.history.store import Store
from plugin.model import CommandTotals, Period, Scope, Spans

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
WEEK_S, MONTH_S = 7 * DAY_S, 30 * DAY_S
STEPS_S = (MINUTE_S, 300, 900, HOUR_S, 4 * HOUR_S, DAY_S, WEEK_S)
MOST_POINTS = 181
"""Most points that a picture can show, about: a month and an hour in steps of four hours."""


async def spans(store: Store, scope: Scope, back: LookBack) -> Spans:
    """The span of a period up to and with the present minute, and whether history covers the same span before.

    One of days is up to an hour longer and begins with an hour: to cut one costs as much as all its others together.
    """
    period = back.period
    end = int(back.now) // MINUTE_S * MINUTE_S + MINUTE_S
    since = await store.reading.span(scope)
    start = (end if since is None else min(since, end)) if period.seconds is None else end - period.seconds
    if period.seconds is not None and period.seconds >= DAY_S:
        start -= start % HOUR_S
    before = 2 * start - end
    whole_from = await store.reading.whole_from(scope)
    covered = period is not Period.ALL and whole_from is not None and whole_from <= before
    return Spans(
        period, start, end, before if covered else None, since, await _instances(store, scope, start, back.now)
    )


async def _instances(store: Store, scope: Scope, start: int, now: float) -> int | None:
    if scope.instance is not None:
        return None
    seen = await store.fleet.instances(scope.bot, now)
    # last_seen in the future: its clock was wrong. Processes of one name are one instance.
    return len({instance.name for instance in seen if start <= instance.last_seen <= now + HOUR_S})


def block_step_s(over: Spans) -> int:
    """The step in seconds that needs few rows, since each step has one per command."""
    length = over.end - over.start
    if length <= 3 * HOUR_S:
        return MINUTE_S
    return HOUR_S if length <= 8 * DAY_S else DAY_S


def course_step_s(over: Spans) -> int:
    """The step of lines over time, in seconds."""
    length = over.end - over.start
    return next((step for step in STEPS_S if length <= MOST_POINTS * step), STEPS_S[-1])


async def totals(store: Store, scope: Scope, over: Spans) -> tuple[CommandTotals, ...]:
    """Counts of every command; for all time including deleted rows."""
    return await (
        store.reading.all_time(scope)
        if over.period is Period.ALL
        else store.reading.totals(scope, over.start, over.end)
    )


def begin(over: Spans) -> int | None:
    """The start for the store; None for all time, which includes deleted rows."""
    return None if over.period is Period.ALL else over.start
