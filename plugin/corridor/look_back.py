"""Looking back: asks history several questions at once, within the time that Discord allows."""

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


class PageContext(NamedTuple):
    """What the present adds to a look back."""

    now: float
    """Unix time in seconds."""
    settings: Settings
    memory_limit_bytes: float | None
    """All the memory that the process can have; None where that is not known."""


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
