"""The store: a handful of verbs over one database."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
from collections.abc import Callable, Coroutine, Iterable, Sequence
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

from plugin.histogram import Histogram
from plugin.history import commands, fleet, observations, pruning, rollups, succession, writing
from plugin.history.address import Address, parse
from plugin.history.engine import Database
from plugin.history.errors import StoreError, unexpected
from plugin.history.migrations import migrate
from plugin.history.names import Names
from plugin.history.ranking import Order
from plugin.history.succession import Unsettled
from plugin.model import (
    ActivityCourse,
    Batch,
    BootSeen,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandTotals,
    ErrorCourse,
    ErrorHistory,
    InstanceSeen,
    ReleaseSeen,
    Retention,
    Scope,
    SeriesCourse,
    SeriesDelta,
    SeriesKept,
    StartSeen,
    Writer,
)

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

_UNFINISHED_S = 1
_ANY_END = 0
"""Where all there is is asked for, the end does not matter."""


def _whole(
    verb: Callable[Concatenate[Store, _Given], Coroutine[Any, Any, _Answer]],
) -> Callable[Concatenate[Store, _Given], Coroutine[Any, Any, _Answer]]:
    """A verb that goes on to its end where its caller is cancelled: a driver that is stopped midway keeps its locks."""

    @functools.wraps(verb)
    async def whole(store: Store, *given: _Given.args, **named: _Given.kwargs) -> _Answer:
        return await store.finish(verb(store, *given, **named))

    return whole


class Store:
    """History in one database; every verb raises StoreError where the database fails.

    Times are Unix seconds. A span goes from `start` up to, not including, `end`; where only hours or days are kept any
    more, both are taken back to the begin of their hour or day, so that neighbouring spans never overlap.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Names(database)
        self._unfinished: set[asyncio.Future[Any]] = set()

    @property
    def shown(self) -> str:
        """Where history is kept, as it may be logged."""
        return self._database.shown

    async def close(self) -> None:
        """Close every connection, after a second for what is not done."""
        if self._unfinished:
            await asyncio.wait(self._unfinished, timeout=_UNFINISHED_S)
        for task in self._unfinished:
            task.cancel()
        await self._database.close()

    async def finish(self, verb: Coroutine[Any, Any, _Answer]) -> _Answer:
        """What a verb answers; where the caller is cancelled it goes on, and what becomes of it does not matter."""
        task = asyncio.ensure_future(verb)
        self._unfinished.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._unfinished.discard(task)
        if not task.cancelled():
            task.exception()  # so that asyncio does not say that nobody asked

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    @_whole
    async def write(self, writer: Writer, batch: Batch) -> bool:
        """Store a batch, whole or not at all; False where it is stored already, so that it can be tried until it works.

        Batches of one boot come in the order of their sequence. What a minute already holds is added to. ValueError
        for a start that is not the begin of a minute.
        """
        return await writing.write(self._database, self._known, writer, batch)

    @_whole
    async def verify(self, damaged: bool = False) -> str | None:
        """See that what was written is where it should be; None where all is well, else what was wrong and was done.

        Where it is not None the database may lack what was written before. `damaged`: a statement has shown that it is.
        """
        found = await self._database.verify(damaged)
        if found is not None:
            await migrate(self._database)
        return found

    @_whole
    async def roll_up(self, now: int) -> bool:
        """Roll up one hour or day of one instance, whosever it is; whether there may be more to do."""
        return await rollups.roll_up(self._database, now)

    @_whole
    async def prune(self, bot: int, now: int, retention: Retention = Retention()) -> bool:  # noqa: B008 - it cannot change
        """Delete one small chunk of what a bot keeps too long; whether there may be more to do."""
        return await pruning.prune(self._database, bot, now, retention)

    @_whole
    async def totals(self, scope: Scope, start: int, end: int) -> tuple[CommandTotals, ...]:
        """Counts of every command that was invoked, in no particular order."""
        return await commands.totals(self._database, self._known, scope, start, end)

    @_whole
    async def all_time(self, scope: Scope) -> tuple[CommandTotals, ...]:
        """Counts of every command since the first batch, those included whose rows are deleted."""
        return await commands.totals(self._database, self._known, scope, None, _ANY_END)

    @_whole
    async def top(
        self, scope: Scope, start: int | None, end: int, by: Order = "invocations", limit: int = 10
    ) -> tuple[CommandDelta, ...]:
        """The foremost commands with their answers; since the first batch where `start` is None.

        Distributions of durations and first responses are left out.
        """
        return await commands.top(self._database, self._known, scope, start, end, by, limit)

    @_whole
    async def command(self, scope: Scope, start: int | None, end: int, key: CommandKey) -> CommandDelta:
        """One command, zeros where it was not invoked; since the first batch where `start` is None."""
        (one,) = await commands.several(self._database, self._known, scope, start, end, [key], unread=())
        return one

    @_whole
    async def several(
        self, scope: Scope, start: int | None, end: int, keys: Sequence[CommandKey]
    ) -> tuple[CommandDelta, ...]:
        """Several commands in one question and in their order, with what `top` has of them."""
        return await commands.several(self._database, self._known, scope, start, end, keys)

    @_whole
    async def course(self, scope: Scope, start: int, end: int, key: CommandKey, step_s: int) -> CommandCourse:
        """One command over time, in steps that begin at multiples of their length, the first at or before `start`."""
        (one,) = await commands.courses(self._database, self._known, scope, start, end, [key], step_s)
        return one

    @_whole
    async def courses(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> tuple[CommandCourse, ...]:
        """Several commands over time in one question and in their order, in steps like those of `course`."""
        return await commands.courses(self._database, self._known, scope, start, end, keys, step_s)

    @_whole
    async def activity(self, scope: Scope, start: int, end: int, step_s: int) -> ActivityCourse:
        """Counts of all commands together over time, in steps like those of `course`."""
        return await commands.activity(self._database, self._known, scope, start, end, step_s)

    @_whole
    async def activities(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> dict[CommandKey, ActivityCourse]:
        """Counts of several commands over time, those that were invoked, in steps like those of `course`."""
        return await commands.activities(self._database, self._known, scope, start, end, keys, step_s)

    @_whole
    async def answers(self, scope: Scope, start: int | None, end: int) -> Histogram:
        """Answers of all commands together, but for those after a defer; all there were where `start` is None."""
        return await commands.answers(self._database, self._known, scope, start, end)

    @_whole
    async def series(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time: the values of all instances together, in steps like those of `course`."""
        return await observations.series(self._database, self._known, scope, start, end, names, step_s)

    @_whole
    async def added(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int, each_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time: the means of all instances in `each_s` seconds added up."""
        return await observations.added(self._database, self._known, scope, start, end, names, step_s, each_s)

    @_whole
    async def described(self, scope: Scope) -> tuple[SeriesKept, ...]:
        """Every series that any instance ever wrote, by name, with its unit, kind and attribute."""
        return await observations.described(self._database, self._known, scope.bot)

    @_whole
    async def values(self, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
        """All values that a series had, in one; None where it had none."""
        return await observations.values(self._database, self._known, scope, start, end, name)

    @_whole
    async def errors(self, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
        """Error groups that were met in the span, the one seen last first."""
        return await observations.errors(self._database, self._known, scope, start, end)

    @_whole
    async def error_courses(self, scope: Scope, start: int, end: int, step_s: int) -> tuple[ErrorCourse, ...]:
        """Error groups that were met in the span, each over time, in steps like those of `course`."""
        return await observations.error_courses(self._database, self._known, scope, start, end, step_s)

    @_whole
    async def span(self, scope: Scope) -> int | None:
        """Since when rows are kept: the begin of the first, which may cover a whole day; None where there is none."""
        return await observations.first(self._database, self._known, scope)

    @_whole
    async def whole_from(self, scope: Scope) -> int | None:
        """From when on history has seen every moment; None where there are no rows."""
        return await observations.whole_from(self._database, self._known, scope)

    @_whole
    async def register(self, writer: Writer, at: float) -> None:
        """Write down that a process has started."""
        await fleet.register(self._database, self._known, writer, at)

    @_whole
    async def settle(self, writer: Writer, started: float, now: float, silence_s: float) -> Writer | None:
        """Write down that a process has started, under a name that may be that of a dead instance; the writer with it.

        Only in a file, and only where the name is not given: a server has several hosts. None where it must be seen
        first whether the last instance keeps silent for `silence_s` seconds.
        """
        if writer.given or not self._database.of_one_host:
            await fleet.register(self._database, self._known, writer, started)
            return writer
        with contextlib.suppress(Unsettled):
            return await succession.settle(self._database, self._known, writer, started, now, silence_s)
        return None

    @_whole
    async def others(self, writer: Writer, at: float) -> dict[str, float]:
        """When the other starts of a writer's instance that said no goodbye gave their last sign of life, by boot."""
        return await fleet.others(self._database, self._known, writer, at)

    @_whole
    async def note_twins(self, writer: Writer, at: float, boots: Iterable[str]) -> None:
        """Remember that a writer and others ran under one name at the same time."""
        await fleet.note_twins(self._database, self._known, writer, at, boots)

    @_whole
    async def beat(self, writer: Writer, at: float, shards: tuple[int, ...] = (), status: str = "") -> None:
        """Write down a sign of life, and words that will be its last if no other follows."""
        await fleet.beat(self._database, self._known, writer, at, shards, status)

    @_whole
    async def leave(self, writer: Writer, at: float) -> None:
        """Write down a goodbye."""
        await fleet.leave(self._database, self._known, writer, at)

    @_whole
    async def instances(self, bot: int, now: float = math.inf) -> tuple[InstanceSeen, ...]:
        """Every instance of a bot at its last start, the one seen last first; those long gone are forgotten.

        What a clock left that was ahead of `now` counts only where there is nothing else.
        """
        return await fleet.instances(self._database, bot, now)

    @_whole
    async def starts(self, bot: int, instance: str | None = None, now: float = math.inf) -> tuple[StartSeen, ...]:
        """The last 1,000 starts of one instance or of all until `now`, oldest first; those long ago are forgotten."""
        return await fleet.starts(self._database, bot, instance, now)

    @_whole
    async def boots(self, bot: int, instance: str, now: float = math.inf) -> tuple[BootSeen, ...]:
        """The last 1,000 processes of one instance until `now`, oldest first; those long ago are forgotten."""
        return await fleet.boots(self._database, bot, instance, now)

    @_whole
    async def releases(self, bot: int) -> tuple[ReleaseSeen, ...]:
        """Every release of a bot that ran, the one first seen last first."""
        return await fleet.releases(self._database, bot)


async def open_store(address: str, patience_s: float = 5) -> Store:
    """The store at a path, `sqlite:///path` or `postgresql://…`, brought to the schema of today.

    StoreError where it cannot be used; then nothing was changed. `patience_s` is how long to wait for a locked file or
    for a server to answer.
    """
    address_read = parse(address)
    database = _database(address_read, patience_s)
    try:
        await migrate(database)
    except BaseException as error:
        await database.close()
        if isinstance(error, Exception) and not isinstance(error, StoreError):
            raise unexpected(database.shown, error) from error
        raise
    return Store(database)


def _database(address: Address, patience_s: float) -> Database:
    # Each driver is imported where it is needed.
    if address.path is not None:
        from plugin.history.sqlite import SQLite

        return SQLite(address.path, patience_s)
    from plugin.history.postgres import PostgreSQL

    return PostgreSQL(address.shown, address.server, patience_s)
