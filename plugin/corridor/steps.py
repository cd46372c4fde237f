"""Run work in short steps on the bot's loop, so that the bot never waits for long."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


async def in_steps(steps: Generator[None, None, T]) -> T:
    """The result of a generator; the loop runs other work wherever it yields."""
    while True:
        await asyncio.sleep(0)
        try:
            next(steps)
        except StopIteration as end:
            return end.value
