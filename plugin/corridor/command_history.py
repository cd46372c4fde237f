"""Query history for the pages of /commandstats and /cogstats, and have the results judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from plugin.corridor.happenings import happened
from plugin.corridor.last_update import update_findings
from plugin.corridor.look_back import HistorySource, LookBack, look_back
from plugin.corridor.periods import DAY_S, MINUTE_S, begin, block_step_s, course_step_s, spans, totals
from plugin.history.store import Store
from plugin.insight.dispersion import Steps
from plugin.insight.reviews import (
    CommandAsked,
    CommandsAsked,
    rank,
    review_cogs,
    review_command,
    review_commands,
)
from plugin.insight.scales import Scales
from plugin.insight.updates import last_update
from plugin.model import (
    ActivityCourse,
    CommandDelta,
    CommandKey,
    CommandTotals,
    Finding,
    HistoryAnswer,
    Scope,
    Spans,
)
from plugin.model.command_reviews import CogsReview, CommandPast, CommandsReview
from plugin.settings import Settings

C = TypeVar("C", CommandTotals, CommandDelta)

MOST_ROWS = 6000
"""With more rows in a period, the dispersion of commands is estimated from days."""


async def _steps(store: Store, scope: Scope, over: Spans, keys: Collection[CommandKey]) -> dict[CommandKey, Steps]:
    """The steps of commands in both periods; empty without a previous period."""
    if over.before is None:
        return {}
    step_s = block_step_s(over)
    if len(keys) * (over.end - over.start) > MOST_ROWS * step_s:
        step_s = DAY_S
    now = await store.reading.activities(scope, over.start, over.end, list(keys), step_s)
    before = await store.reading.activities(scope, over.before, over.start, list(keys), step_s)
    nothing = ActivityCourse(MINUTE_S, ())
    return {key: Steps(course.points, before.get(key, nothing).points) for key, course in now.items()}


async def all_commands(
    past: HistorySource, back: LookBack, top: int, settings: Settings
) -> HistoryAnswer[CommandsReview]:
    """The top commands of a period, `top` in each list."""

    async def question(store: Store, scope: Scope) -> CommandsReview:
        return await commands_review(store, scope, await spans(store, scope, back), top, settings)

    return await look_back(past, back.fleet, question)


async def commands_review(store: Store, scope: Scope, over: Spans, top: int, settings: Settings) -> CommandsReview:
    """The same from a store, of a period that is known."""
    counted = by_key(await totals(store, scope, over))
    scales = Scales.of(settings)
    ranking = rank(counted.values(), top, scales)
    keys = [command.key for command in ranking.slowest]
    now = CommandsAsked(counted, by_key(await store.reading.several(scope, begin(over), over.end, keys)))
    before = None
    if over.before is not None:
        before = CommandsAsked(
            by_key(await store.reading.totals(scope, over.before, over.start)),
            by_key(await store.reading.several(scope, over.before, over.start, keys)),
        )
    errors = await store.reading.errors(scope, over.start, over.end)
    shown = {command.key for listed in ranking[1:] for command in listed}
    steps = await _steps(store, scope, over, shown)
    return review_commands(over, ranking, now, before, errors, scales, steps)


async def all_cogs(past: HistorySource, back: LookBack, settings: Settings) -> HistoryAnswer[CogsReview]:
    """Every cog over a period."""

    async def question(store: Store, scope: Scope) -> CogsReview:
        over = await spans(store, scope, back)
        keys = [command.key for command in await totals(store, scope, over)]
        now = by_key(await store.reading.several(scope, begin(over), over.end, keys))
        before = None
        if over.before is not None:
            before = by_key(await store.reading.several(scope, over.before, over.start, keys))
        return review_cogs(over, now, before, Scales.of(settings), await _steps(store, scope, over, keys))

    return await look_back(past, back.fleet, question)


async def one_command(
    past: HistorySource, back: LookBack, key: CommandKey, settings: Settings
) -> HistoryAnswer[CommandPast]:
    """One command over a period, in detail."""

    async def question(store: Store, scope: Scope) -> CommandPast:
        over = await spans(store, scope, back)
        (course,) = await store.reading.courses(scope, over.start, over.end, [key], course_step_s(over))
        asked = CommandAsked(
            await store.reading.command(scope, begin(over), over.end, key),
            None if over.before is None else await store.reading.command(scope, over.before, over.start, key),
            await store.reading.command(scope, None, over.end, key),
            course,
            await store.reading.errors(scope, over.start, over.end),
            await store.fleet.releases(scope.bot),
            await _update_findings(store, scope.bot, over.end, key),
            await _steps_of_one(store, scope, over, key),
            await happened(store, scope, over, back.now),
        )
        return review_command(over, asked, Scales.of(settings))

    return await look_back(past, back.fleet, question)


async def _steps_of_one(store: Store, scope: Scope, over: Spans, key: CommandKey) -> Steps:
    if over.before is None:
        return Steps()
    step_s = block_step_s(over)
    (now,) = await store.reading.courses(scope, over.start, over.end, [key], step_s)
    (before,) = await store.reading.courses(scope, over.before, over.start, [key], step_s)
    return Steps(now.points, before.points)


async def _update_findings(store: Store, bot: int, now: int, key: CommandKey) -> Sequence[Finding]:
    """Changes of a command by the last update, over all instances."""
    update = last_update(await store.fleet.starts(bot, now=now))
    return () if update is None else await update_findings(store, bot, update, now, [key])


async def all_time(past: HistorySource) -> HistoryAnswer[Mapping[CommandKey, CommandTotals]]:
    """Counts of every command of this instance since the first batch."""

    async def question(store: Store, scope: Scope) -> Mapping[CommandKey, CommandTotals]:
        return by_key(await store.reading.all_time(scope))

    return await look_back(past, False, question)


async def all_time_of(past: HistorySource, key: CommandKey) -> HistoryAnswer[CommandDelta]:
    """One command of this instance since the first batch."""
    return await look_back(past, False, lambda store, scope: store.reading.command(scope, None, 0, key))


def by_key(commands: Iterable[C]) -> dict[CommandKey, C]:
    """Commands by key."""
    return {command.key: command for command in commands}
