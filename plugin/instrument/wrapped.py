"""Finds the nested coroutines of a task, including those that a library has wrapped.

Tracers wrap each task's coroutine in one of their own, such as sentry_sdk's `_task_with_sentry_span_creation`.
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
"""At most this many nested coroutines are searched for the bot's own code."""


def codes_of(task: asyncio.Task[Any]) -> Iterator[CodeType]:
    """The code of each unfinished coroutine of a task, outermost first, then of coroutines that those refer to."""
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
    """The coroutines that one was given and is not (yet) awaiting.

    Read through the garbage collector, since `f_locals` would copy the frame's variables and keep them alive.
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
    """The code of a coroutine or generator; None if it is not written in Python."""
    found = (attribute(coroutine, name) for name in ("cr_code", "gi_code"))
    return next((code for code in found if type(code) is CodeType), None)
