"""Query history for the events around a moment."""

from __future__ import annotations

from plugin.corridor.look_back import PATIENCE_S, HistorySource, look_back
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S
from plugin.history.store import Store
from plugin.insight.timeline import foremost, timeline
from plugin.model import HistoryAnswer, Scope, SeriesCourse
from plugin.model.timeline import MomentPast, MomentWindow, Timeline

AROUND_S = 450
"""Half the window: a quarter of an hour around the moment."""

MOST_SERIES = 300
MOST_INSTANCES = 50


def window_around(moment: float, step_s: int = MINUTE_S) -> MomentWindow:
    """The quarter of an hour around a moment, in whole minutes; with longer steps, the step that it is in."""
    if step_s > MINUTE_S:
        start = int(moment) // step_s * step_s
        return MomentWindow(moment, start, start + step_s)
    start = int(moment - AROUND_S) // MINUTE_S * MINUTE_S
    return MomentWindow(moment, start, start + 2 * AROUND_S)


async def around(
    past: HistorySource, moment: float, fleet: bool, now: float, beat_s: float, in_bot: bool = True
) -> HistoryAnswer[Timeline]:
    """The events of the quarter of an hour around a moment; both times in Unix seconds.

    Where minutes are no longer kept, those of its hour or day. `beat_s`: seconds between heartbeats. `in_bot`: whether
    the bot itself asks, whose instance surely runs, and whose reader waits.
    """

    async def question(store: Store, scope: Scope) -> Timeline:
        instances = [scope.instance] if scope.instance is not None else await _instances(store, scope, now)
        series = tuple(foremost(await store.reading.described(scope))[:MOST_SERIES])

        async def courses(start: int, end: int) -> tuple[SeriesCourse, ...]:
            return await store.reading.series(scope, start, end, [one.name for one in series], MINUTE_S)

        window = window_around(moment)
        then = await courses(window.start, window.end)
        step_s = max((course.step_s for course in then), default=MINUTE_S)
        if step_s > MINUTE_S:
            window = window_around(moment, step_s)
            then = await courses(window.start, window.end)
        return timeline(
            MomentPast(
                window,
                {name: await store.fleet.boots(scope.bot, name, now) for name in instances},
                await store.reading.findings(scope, window.start, window.end),
                await store.reading.error_courses(scope, window.start, window.end, MINUTE_S),
                series,
                then,
                await courses(window.start - HOUR_S, window.start),
                await courses(window.start - DAY_S, window.end - DAY_S),
                await store.reading.span(scope),
                now,
                beat_s,
                past.scope().instance if in_bot else None,
            )
        )

    return await look_back(past, fleet, question, PATIENCE_S if in_bot else None)


async def _instances(store: Store, scope: Scope, now: float) -> list[str]:
    seen = await store.fleet.instances(scope.bot, now)
    return list(dict.fromkeys(one.name for one in seen))[:MOST_INSTANCES]
