"""Asks a task for its coroutine, from any thread and at any time."""

from __future__ import annotations

import asyncio
from typing import Any


def coroutine_of(task: asyncio.Task[Any]) -> Any:
    """What the task runs; None where it was started eagerly and has ended, and for a task of another make.

    `Task.get_coro()` of CPython 3.12.1 reads through a null pointer for an eager task that has ended, and takes the
    process with it. aiohttp starts its tasks so from Python 3.12 on. The attribute that asyncio itself reads for
    `repr(task)` is None there.
    """
    return getattr(task, "_coro", None)
