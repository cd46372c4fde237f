"""Finds the coroutines that a task runs one within the other, also where a library's own was wrapped around the bot's.

Tracers make of each task one of theirs, such as sentry_sdk's `_task_with_sentry_span_creation`, that awaits the bot's.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Iterator
from types import CellType, CodeType, CoroutineType
from typing import Any

from plugin.instrument.coroutines import coroutine_of
from plugin.instrument.values import attribute, is_a

DEEPEST = 20
"""How many coroutines that wait for one another are looked through for the bot's own code."""


def codes_of(task: asyncio.Task[Any]) -> Iterator[CodeType]:
    """The code of each coroutine of a task that has not ended, outermost first; then of those that these hold."""
    pending: list[Any] = [coroutine_of(task)]
    for _ in range(DEEPEST):
        if not pending:
            return
        coroutine = pending.pop(0)
        code = code_of(coroutine)
        if code is not None:
            yield code
        awaited = attribute(coroutine, "cr_await")
        if is_a(coroutine, CoroutineType):
            pending += [held for held in _held_by(coroutine) if held is not awaited]
        if awaited is not None:
            pending.insert(0, awaited)


def _held_by(coroutine: Any) -> Iterator[Any]:
    """The coroutines that one was given and does not await, or not yet.

    Its frame would make a copy of its variables to be asked for them, and keep what is in it; the garbage collector's
    view of it does not.
    """
    for found in gc.get_referents(coroutine):
        held: Any = found
        if type(found) is CellType:
            try:
                held = found.cell_contents
            except ValueError:  # empty as yet
                continue
        if is_a(held, CoroutineType) and inspect.getcoroutinestate(held) != inspect.CORO_CLOSED:
            yield held


def code_of(coroutine: Any) -> CodeType | None:
    """The code that a coroutine or generator runs; None for one that is not written in Python."""
    found = (attribute(coroutine, name) for name in ("cr_code", "gi_code"))
    return next((code for code in found if type(code) is CodeType), None)
