"""Looks back for a page: asks history several questions at once, and draws the conclusions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.last_update import update_findings
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
    Period,
    Scope,
    Spans,
)
from plugin.model.past import CogsReview, CommandPast, CommandsReview
from plugin.settings import Settings

T = TypeVar("T")
C = TypeVar("C", CommandTotals, CommandDelta)

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
STEPS_S = (60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400)
MOST_POINTS = 121
MOST_ROWS = 6000
"""With more rows in a span, how its commands vary is told from days."""

PATIENCE_S = 2.0
"""Discord waits 3 s for the first response to a command."""

TOO_SLOW = f"History took longer than {PATIENCE_S:.0f} s to answer; try a shorter period."


class HistorySource(Protocol):
    """Who keeps the history of one bot."""

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store; raises HistoryUnavailable."""
        ...

    async def flush(self) -> None:
        """Write what is counted by now."""

    def scope(self, fleet: bool = False) -> Scope:
        """Whose history is asked for; raises HistoryUnavailable."""
        ...


class LookBack(NamedTuple):
    """How far and whose history a page looks back on."""

    period: Period
    fleet: bool
    now: float
    """Unix time in seconds."""


async def look_back(
    past: HistorySource, fleet: bool, question: Callable[[Store, Scope], Awaitable[T]]
) -> HistoryAnswer[T]:
    """The answer to a question about a scope, what is counted by now included; the note says why there is none."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            scope = past.scope(fleet)
            await past.flush()
            return HistoryAnswer(await past.ask(lambda store: question(store, scope)))
    except HistoryUnavailable as away:
        return HistoryAnswer(None, str(away))
    except TimeoutError:
        return HistoryAnswer(None, TOO_SLOW)


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
    # One of days to come was a wrong clock, and processes of one name are one instance.
    return len({instance.name for instance in seen if start <= instance.last_seen <= now + HOUR_S})


def block_step_s(over: Spans) -> int:
    """Such that it is answered from few rows: each step has one for each command."""
    length = over.end - over.start
    if length <= 3 * HOUR_S:
        return MINUTE_S
    return HOUR_S if length <= 8 * DAY_S else DAY_S


async def _steps(store: Store, scope: Scope, over: Spans, keys: Collection[CommandKey]) -> dict[CommandKey, Steps]:
    """How commands went in both spans; nothing where nothing is compared."""
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
    """The foremost commands of a period, `top` in each list."""

    async def question(store: Store, scope: Scope) -> CommandsReview:
        over = await spans(store, scope, back)
        totals = by_key(await _totals(store, scope, over))
        scales = Scales.of(settings)
        ranking = rank(totals.values(), top, scales)
        keys = [command.key for command in ranking.slowest]
        now = CommandsAsked(totals, by_key(await store.reading.several(scope, _begin(over), over.end, keys)))
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

    return await look_back(past, back.fleet, question)


async def all_cogs(past: HistorySource, back: LookBack, settings: Settings) -> HistoryAnswer[CogsReview]:
    """Every cog over a period."""

    async def question(store: Store, scope: Scope) -> CogsReview:
        over = await spans(store, scope, back)
        keys = [command.key for command in await _totals(store, scope, over)]
        now = by_key(await store.reading.several(scope, _begin(over), over.end, keys))
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
        (course,) = await store.reading.courses(scope, over.start, over.end, [key], _step(over))
        asked = CommandAsked(
            await store.reading.command(scope, _begin(over), over.end, key),
            None if over.before is None else await store.reading.command(scope, over.before, over.start, key),
            await store.reading.command(scope, None, over.end, key),
            course,
            await store.reading.errors(scope, over.start, over.end),
            await store.fleet.releases(scope.bot),
            await _findings(store, scope.bot, over.end, key),
            await _steps_of_one(store, scope, over, key),
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


async def _findings(store: Store, bot: int, now: int, key: CommandKey) -> Sequence[Finding]:
    """What the last update changed about a command, wherever the bot runs."""
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


async def _totals(store: Store, scope: Scope, over: Spans) -> tuple[CommandTotals, ...]:
    return await (
        store.reading.all_time(scope)
        if over.period is Period.ALL
        else store.reading.totals(scope, over.start, over.end)
    )


def _begin(over: Spans) -> int | None:
    """The begin as the store takes it: None counts those too whose rows are deleted."""
    return None if over.period is Period.ALL else over.start


def _step(over: Spans) -> int:
    """Seconds from one point of a course to the next: as many points as a picture can tell apart, about."""
    length = over.end - over.start
    return next((step for step in STEPS_S if length <= MOST_POINTS * step), STEPS_S[-1])


def by_key(commands: Iterable[C]) -> dict[CommandKey, C]:
    """Commands by what they are counted under."""
    return {command.key: command for command in commands}
