"""History for readers without details: all results have neutral names."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from plugin.corridor.archive import CLOSED, HistoryUnavailable
from plugin.corridor.keeping import NOT_STARTED, SWITCHED_OFF
from plugin.corridor.look_back import HistorySource
from plugin.history.read_verbs import MOST_FINDINGS_READ
from plugin.history.store import Store
from plugin.insight.discreet_findings import finding_kept
from plugin.insight.discretion import (
    boot_seen,
    error_course,
    error_history,
    instance_seen,
    release_seen,
    start_seen,
)
from plugin.insight.errors import origin
from plugin.insight.pseudonyms import Pseudonyms
from plugin.model import BootSeen, ErrorCourse, ErrorHistory, FindingKept, InstanceSeen, ReleaseSeen, Scope, StartSeen

T = TypeVar("T")

NUMBERS = frozenset(
    {
        "activities",
        "activity",
        "added",
        "all_time",
        "answers",
        "command",
        "courses",
        "described",
        "several",
        "series",
        "span",
        "top",
        "totals",
        "values",
        "whole_from",
    }
)
"""The reading verbs whose first argument is a scope, and whose answers hold no details."""

HARMLESS = (CLOSED, NOT_STARTED, SWITCHED_OFF)
AWAY = "History is unavailable; the bot's owners see the reason on /health."


class ReadersReading:
    """Numbers unchanged, errors and findings with neutral names."""

    def __init__(self, store: Store, names: Pseudonyms) -> None:
        self._store = store
        self._names = names

    def __getattr__(self, verb: str) -> Callable[..., Awaitable[Any]]:
        if verb not in NUMBERS:
            raise AttributeError(verb)
        ask: Callable[..., Awaitable[Any]] = getattr(self._store.reading, verb)

        def asked(scope: Scope, *args: Any, **kwargs: Any) -> Awaitable[Any]:
            return ask(self._names.real_scope(scope), *args, **kwargs)

        return asked

    async def errors(self, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
        """Error groups that were met in the span, the one seen last first."""
        found = await self._store.reading.errors(self._names.real_scope(scope), start, end)
        return tuple(error_history(group, self._names) for group in found)

    async def error_courses(self, scope: Scope, start: int, end: int, step_s: int) -> tuple[ErrorCourse, ...]:
        """Error groups that were met in the span, each over time; whose errors they are was seen before."""
        found = await self._store.reading.error_courses(self._names.real_scope(scope), start, end, step_s)
        return tuple(error_course(course._replace(origin=origin(course)), self._names) for course in found)

    async def findings(
        self, scope: Scope, start: int, end: int, limit: int = MOST_FINDINGS_READ
    ) -> tuple[FindingKept, ...]:
        """Findings that stood at any moment of the span, oldest first."""
        found = await self._store.reading.findings(self._names.real_scope(scope), start, end, limit)
        return tuple(finding_kept(kept, self._names) for kept in found)


class ReadersFleet:
    """Instances, processes and releases with neutral names."""

    def __init__(self, store: Store, names: Pseudonyms) -> None:
        self._store = store
        self._names = names

    async def starts(self, bot: int, now: float = math.inf) -> tuple[StartSeen, ...]:
        """The last starts of all instances until `now`, oldest first."""
        return tuple(start_seen(seen, self._names) for seen in await self._store.fleet.starts(bot, now=now))

    async def instances(self, bot: int, now: float = math.inf) -> tuple[InstanceSeen, ...]:
        """Every instance of a bot at its last start, the one seen last first."""
        return tuple(instance_seen(seen, self._names) for seen in await self._store.fleet.instances(bot, now))

    async def boots(self, bot: int, instance: str, now: float = math.inf) -> tuple[BootSeen, ...]:
        """The last processes of one instance until `now`, oldest first."""
        real = self._names.real_scope(Scope(bot, instance)).instance
        return tuple(boot_seen(seen, self._names) for seen in await self._store.fleet.boots(bot, real or instance, now))

    async def releases(self, bot: int) -> tuple[ReleaseSeen, ...]:
        """Every release of a bot that ran, the one first seen last first."""
        return tuple(release_seen(seen, self._names) for seen in await self._store.fleet.releases(bot))


class ReadersStore:
    """A read-only store without details."""

    def __init__(self, store: Store, names: Pseudonyms) -> None:
        self.reading = ReadersReading(store, names)
        self.fleet = ReadersFleet(store, names)


class ReadersHistory:
    """The history of one bot without details."""

    def __init__(self, past: HistorySource, names: Pseudonyms) -> None:
        self._past = past
        self._names = names

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store; raises HistoryUnavailable."""

        async def ask(store: Store) -> T:
            readers = ReadersStore(store, self._names)
            if not self._names.in_order:
                await readers.fleet.starts(self._past.scope(fleet=True).bot)  # releases are numbered as they followed
                self._names.in_order = True
            return await question(cast(Store, readers))

        try:
            return await self._past.ask(ask)
        except HistoryUnavailable as away:
            raise HistoryUnavailable(_told(away)) from None

    async def flush(self) -> None:
        """Write what is counted by now."""
        await self._past.flush()

    def scope(self, fleet: bool = False) -> Scope:
        """Whose history is asked for; raises HistoryUnavailable."""
        try:
            return self._names.scope(self._past.scope(fleet))
        except HistoryUnavailable as away:
            raise HistoryUnavailable(_told(away)) from None


def _told(away: HistoryUnavailable) -> str:
    return str(away) if str(away) in HARMLESS else AWAY
