"""Keep history in a database, in a thread of its own: write batches, answer queries, record the shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from plugin.corridor.history_writer import Beat, HistoryWriter
from plugin.corridor.loop_pulse import LoopPulse
from plugin.corridor.loop_thread import Ended, LoopThread
from plugin.history import StoreError
from plugin.model import Batch, Finding, HistoryState, Retention, Writer

if TYPE_CHECKING:
    from plugin.history.store import Store

T = TypeVar("T")

RETRY_S, SLOW_RETRY_S = 5.0, 60.0
"""Pause before a retry: if the database does not respond, and if an operator must fix something first."""

MAINTENANCE_S = 60.0

BLOCKED_S = 60.0
"""History is told of an event loop that has been blocked for so long, at each maintenance."""

FAREWELL_S, LAST_WORD_S = 5.0, 1.0
"""How long the last write may take when the bot stops, and how long after that its failure may be logged."""

NEVER_OPENED = "History is not open yet."
CLOSED = "History has been closed."


class HistoryUnavailable(Exception):
    """History cannot be queried now; the message is one sentence for an operator."""


class Archive:
    """The history that one process of a bot writes; every method is for the bot's thread."""

    def __init__(
        self,
        address: str,
        writer: Writer,
        retention: Retention,
        shown: str,
        fault: Callable[[Exception], object],
        clock_s: Callable[[], float] = time.time,
        beat_s: float = 60.0,
        loop: LoopPulse | None = None,
    ) -> None:
        """`loop` tells how long the bot's event loop has been blocked; None if that is not to be told."""
        self._writer = HistoryWriter(address, writer, retention, shown, clock_s, beat_s)
        self._fault = fault
        self._loop = loop
        self._write_until_s = math.inf
        self._thread = LoopThread("history", self._work, fault)
        self._thread.start()

    # For the bot's thread.

    @property
    def instance(self) -> str:
        """The name under which it writes: the configured one, or that of an instance whose history it continues."""
        return self._writer.instance

    @property
    def state(self) -> HistoryState:
        """The state of history."""
        return self._writer.state

    @property
    def begun(self) -> bool:
        """Whether it has recorded its start and read the past, or has failed to."""
        return self._writer.settled or self._writer.problem is not None

    @property
    def alive(self) -> bool:
        """Whether it can still write; False if no thread could be started."""
        return self._thread.alive

    def take_left_open(self) -> tuple[Finding, ...]:
        """Return, once, the findings that were open when the previous process ended."""
        return self._writer.take_left_open()

    def put(self, batch: Batch, beat: Beat) -> None:
        """Write a batch and a heartbeat as soon as the database accepts them."""
        self._thread.call(self._put, batch, beat)

    async def settled(self) -> None:
        """Wait until everything is written, or cannot be written now."""
        with contextlib.suppress(Ended):
            await self._thread.run(self._writer.drain)

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """Query the store; raises HistoryUnavailable."""

        async def answer() -> T:
            store = self._writer.store
            if store is None:
                raise HistoryUnavailable(str(self._writer.problem or NEVER_OPENED))
            try:
                return await question(store)
            except StoreError as problem:
                raise HistoryUnavailable(str(problem)) from problem

        try:
            return await self._thread.run(answer)
        except Ended:
            raise HistoryUnavailable(CLOSED) from None

    def end(self) -> None:
        """Write what waits, record the shutdown and end the thread; returns at once."""
        self._write_until_s = time.monotonic() + FAREWELL_S
        self._thread.call(lambda: self._ending.set())

    async def ended(self) -> None:
        """Wait for the thread to end, for a few seconds at most."""
        await self._thread.ended(self._left_s() + LAST_WORD_S)

    def join(self) -> None:
        """The same without a running loop."""
        self._thread.join(self._left_s() + LAST_WORD_S)

    def _left_s(self) -> float:
        return max(0.0, self._write_until_s - time.monotonic())

    # In the thread.

    async def _work(self) -> None:
        self._ending, self._news = asyncio.Event(), asyncio.Event()
        writer = self._writer
        try:
            while not self._ending.is_set():
                await self._attempt(writer.drain)
                await self._attempt(self._maintain)
                await self._attempt(self._look_at_loop)
                await self._rest()
            await self._attempt(lambda: writer.leave(self._left_s()))
        finally:
            await writer.close()

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 # must not affect the bot; it is retried
            self._fault(fault)

    async def _maintain(self) -> None:
        if await self._writer.maintain(MAINTENANCE_S):
            self._news.set()

    async def _look_at_loop(self) -> None:
        blocked_s = 0.0 if self._loop is None else self._loop.blocked_s()
        if blocked_s >= BLOCKED_S:
            await self._writer.note_block(blocked_s)

    async def _rest(self) -> None:
        pause_s, waits, problem = MAINTENANCE_S, [self._ending], self._writer.problem
        if problem is None:
            waits.append(self._news)
        else:  # while the database is unavailable, new batches do not cause a retry
            pause_s = RETRY_S if problem.temporary else SLOW_RETRY_S
        tasks = [asyncio.ensure_future(event.wait()) for event in waits]
        await asyncio.wait(tasks, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        self._news.clear()

    def _put(self, batch: Batch, beat: Beat) -> None:
        self._writer.put(batch, beat)
        self._news.set()
