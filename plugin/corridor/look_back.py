"""Query history for pages within Discord's deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol, TypeVar

from plugin.corridor.archive import HistoryUnavailable
from plugin.history.store import Store
from plugin.model import HistoryAnswer, Period, Scope
from plugin.settings import Settings

T = TypeVar("T")

PATIENCE_S = 2.0
"""Discord waits 3 s for the first response to a command."""

TOO_SLOW = f"History took longer than {PATIENCE_S:.0f} s to answer; try again, or a shorter period."


class HistorySource(Protocol):
    """The history of one bot."""

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """Query the store; raises HistoryUnavailable."""
        ...

    async def flush(self) -> None:
        """Write everything counted so far."""

    def scope(self, fleet: bool = False) -> Scope:
        """The scope of this instance, or of all; raises HistoryUnavailable."""
        ...


class LookBack(NamedTuple):
    """The period of a page, and whether it is about the fleet."""

    period: Period
    fleet: bool
    now: float
    """Unix time in seconds."""


class PageContext(NamedTuple):
    """The present, for judging the past."""

    now: float
    """Unix time in seconds."""
    settings: Settings
    memory_limit_bytes: float | None
    """Memory available to the process; None if unknown."""


async def look_back(
    past: HistorySource,
    fleet: bool,
    question: Callable[[Store, Scope], Awaitable[T]],
    patience_s: float | None = PATIENCE_S,
) -> HistoryAnswer[T]:
    """Answer a question about a scope, with everything counted so far; the note says why there is no answer."""
    try:
        async with asyncio.timeout(patience_s):
            scope = past.scope(fleet)
            await past.flush()
            return HistoryAnswer(await past.ask(lambda store: question(store, scope)))
    except HistoryUnavailable as away:
        return HistoryAnswer(None, str(away))
    except TimeoutError:
        return HistoryAnswer(None, TOO_SLOW)
