"""Looks back for a page: asks history several questions at once, and draws the conclusions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from plugin.history import Store
from plugin.model import Looked, Period, Scope, Spans

T = TypeVar("T")

PATIENCE_S = 2.0
"""Discord waits 3 s for the first response to a command."""

TOO_SLOW = f"History took longer than {PATIENCE_S:.0f} s to answer; try a shorter period."


class HistoryUnavailable(Exception):
    """History cannot be asked now; the message is one sentence for an operator."""


class Past(Protocol):
    """Who keeps the history of one bot."""

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store; raises HistoryUnavailable."""
        ...

    async def flush(self) -> None:
        """Write what is counted by now."""

    def scope(self, fleet: bool = False) -> Scope:
        """Whose history is asked for; raises HistoryUnavailable."""
        ...


async def look_back(past: Past, fleet: bool, question: Callable[[Store, Scope], Awaitable[T]]) -> Looked[T]:
    """The answer to a question about a scope, what is counted by now included; the note says why there is none."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            scope = past.scope(fleet)
            await past.flush()
            return Looked(await past.ask(lambda store: question(store, scope)))
    except HistoryUnavailable as away:
        return Looked(None, str(away))
    except TimeoutError:
        return Looked(None, TOO_SLOW)


async def spans(store: Store, scope: Scope, period: Period, now: float) -> Spans:
    """The span of a period up to and with the present minute, and whether history covers the same span before."""
    end = int(now) // 60 * 60 + 60
    since = await store.span(scope)
    start = (end if since is None else min(since, end)) if period.seconds is None else end - period.seconds
    before = 2 * start - end
    covered = period is not Period.ALL and since is not None and since <= before
    return Spans(period, start, end, before if covered else None, since, await _instances(store, scope, start))


async def _instances(store: Store, scope: Scope, start: int) -> int | None:
    if scope.instance is not None:
        return None
    return sum(instance.last_seen >= start for instance in await store.instances(scope.bot))
