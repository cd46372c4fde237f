"""The base of a store's verb groups: one shared database, and verbs that cancellation does not interrupt."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from plugin.history.engine import Database
from plugin.history.names import Names

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
_Group = TypeVar("_Group", bound="VerbGroup")

_UNFINISHED_S = 1


class RunningVerbs:
    """Verbs that have not returned yet."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()

    async def finish(self, verb: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Return a verb's result; the verb runs to its end even if its caller is cancelled."""
        task = asyncio.ensure_future(verb)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait a second for running verbs, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_UNFINISHED_S)
        for task in self._tasks:
            task.cancel()


class StoreParts(NamedTuple):
    """What all verb groups of a store share."""

    database: Database
    known: Names
    running: RunningVerbs


class VerbGroup:
    """A group of a store's verbs."""

    def __init__(self, parts: StoreParts) -> None:
        self._database, self._known, self._running = parts

    async def finish(self, verb: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Return a verb's result; the verb runs to its end even if its caller is cancelled."""
        return await self._running.finish(verb)


def shielded(
    verb: Callable[Concatenate[_Group, _Given], Coroutine[Any, Any, _Answer]],
) -> Callable[Concatenate[_Group, _Given], Coroutine[Any, Any, _Answer]]:
    """Shield a verb from cancellation: a driver interrupted midway keeps its locks."""

    @functools.wraps(verb)
    async def run(group: _Group, *given: _Given.args, **named: _Given.kwargs) -> _Answer:
        return await group.finish(verb(group, *given, **named))

    return run
