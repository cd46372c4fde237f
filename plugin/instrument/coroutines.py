"""Reads a task's coroutine safely, from any thread and at any time."""

from __future__ import annotations

import asyncio
from typing import Any


def coroutine_of(task: asyncio.Task[Any]) -> Any:
    """The task's coroutine; None for an eager task that has ended, and for a task class without one.

    For an eager task that has ended, `Task.get_coro()` of CPython 3.12.1 dereferences a null pointer and crashes the
    process; aiohttp starts eager tasks from Python 3.12 on. The attribute that `repr(task)` reads is None there.
    """
    return getattr(task, "_coro", None)
