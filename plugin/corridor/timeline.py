"""Query history for the events around a moment."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.corridor.look_back import HistorySource, look_back
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S
from plugin.history.store import Store
from plugin.insight.timeline import timeline
from plugin.model import HistoryAnswer, Scope, SeriesCourse, SeriesKept
from plugin.model.timeline import MomentPast, MomentWindow, Timeline

AROUND_S = 450
"""Half the window: a quarter of an hour around the moment."""

MOST_SERIES = 300
MOST_INSTANCES = 50


def window_around(moment: float) -> MomentWindow:
    """The quarter of an hour around a moment, in whole minutes."""
    start = int(moment - AROUND_S) // MINUTE_S * MINUTE_S
    return MomentWindow(moment, start, start + 2 * AROUND_S)


async def around(past: HistorySource, moment: float, fleet: bool, now: float) -> HistoryAnswer[Timeline]:
    """The events of the quarter of an hour around a moment; both times in Unix seconds."""
    window = window_around(moment)

    async def question(store: Store, scope: Scope) -> Timeline:
        instances = [scope.instance] if scope.instance is not None else await _instances(store, scope, now)
        series = (await store.reading.described(scope))[:MOST_SERIES]
        return timeline(
            MomentPast(
                window,
                {name: await store.fleet.boots(scope.bot, name, now) for name in instances},
                await store.reading.findings(scope, window.start, window.end),
                await store.reading.error_courses(scope, window.start, window.end, MINUTE_S),
                series,
                await _courses(store, scope, series, window.start, window.end),
                await _courses(store, scope, series, window.start - HOUR_S, window.start),
                await _courses(store, scope, series, window.start - DAY_S, window.end - DAY_S),
                await store.reading.span(scope),
            )
        )

    return await look_back(past, fleet, question)


async def _instances(store: Store, scope: Scope, now: float) -> list[str]:
    seen = await store.fleet.instances(scope.bot, now)
    return list(dict.fromkeys(one.name for one in seen))[:MOST_INSTANCES]


async def _courses(
    store: Store, scope: Scope, series: Sequence[SeriesKept], start: int, end: int
) -> tuple[SeriesCourse, ...]:
    return await store.reading.series(scope, start, end, [one.name for one in series], MINUTE_S)
