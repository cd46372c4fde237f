"""Shared basics: JSON, ids, timestamps, and waiting for a change."""

from __future__ import annotations

import asyncio
import datetime
import json
import time
from collections.abc import Callable
from typing import Any, TypeAlias

Payload: TypeAlias = dict[str, Any]
"""A JSON object."""

DISCORD_EPOCH_MS = 1_420_070_400_000

PATIENCE_S = 60.0
"""Default timeout for things that should happen at once; long, since a busy machine is no failure."""

_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True)


def encode(payload: object) -> bytes:
    """JSON without blanks."""
    return _encoder.encode(payload).encode()


def now_iso8601() -> str:
    """The current time as Discord writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat()


class Snowflakes:
    """Discord's ids: milliseconds since 2015 above a counter, each greater than all before."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        earliest = (int(time.time() * 1_000) - DISCORD_EPOCH_MS) << 22
        self._last = max(self._last + 1, earliest)
        return self._last

    def next_on_shard(self, shard_id: int, shard_count: int) -> int:
        """An id that Discord's formula `(id >> 22) % shard_count` assigns to `shard_id`."""
        milliseconds = (self.next() >> 22) + 1
        milliseconds += (shard_id - milliseconds) % shard_count
        self._last = milliseconds << 22
        return self._last


class Change:
    """Lets many tasks wait for conditions, which are checked at each announced change; nothing is polled."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def announce(self) -> None:
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout_s: float, waited_for: str) -> None:
        """Return when `condition()` holds.

        Raises:
            TimeoutError: if it does not hold within `timeout_s` seconds; the message describes the condition.
        """
        if condition():
            return
        try:
            await asyncio.wait_for(self._until(condition), timeout_s)
        except TimeoutError:
            message = f"waited {timeout_s:g} s for {waited_for}"
            raise TimeoutError(message) from None

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
