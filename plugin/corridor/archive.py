"""Keeps history in a database, in a thread of its own: opens it, writes what waits, rolls up, prunes, answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from plugin.corridor.background import Background, Ended
from plugin.history import MissingDriver, StoreAddressError, StoreError, StoreUnavailable
from plugin.metrics.batches import Waiting
from plugin.model import Batch, HistoryState, Retention, Writer
from plugin.words import lasting

if TYPE_CHECKING:
    from plugin.history.store import Store

_logger = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S, SLOW_RETRY_S = 5.0, 60.0
"""How soon a database that does not answer is tried again; and one that somebody must mend first."""

MAINTENANCE_S = 60.0
STEPS_AT_ONCE = 50
"""How many hours or days are rolled up one after another before writing has its turn again."""

FAREWELL_S = 5.0
"""How long the last write may take when the bot stops."""

NEVER_OPENED = "History is not open yet."
CLOSED = "History has been closed."


class HistoryUnavailable(Exception):
    """History cannot be asked now; the message is one sentence for an operator."""


class Beat(NamedTuple):
    """A sign of life."""

    at: float
    """Unix time in seconds."""
    shards: tuple[int, ...]
    status: str


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
    ) -> None:
        self._address = address
        self._writer = writer
        self._retention = retention
        self._shown = shown
        self._fault = fault
        self._clock_s = clock_s
        self._started = clock_s()
        self._waiting = Waiting()
        self._beat: Beat | None = None
        self._store: Store | None = None
        self._problem: StoreError | None = None
        self._failing_since: float | None = None
        self._hopeless = False
        self._maintained_at = 0.0
        self._background = Background("history", self._work)
        self._background.start()

    # For the bot's thread.

    @property
    def state(self) -> HistoryState:
        """How it stands."""
        return HistoryState(
            self._shown,
            self._writer.instance,
            self._writer.release,
            self._failing_since,
            None if self._problem is None else str(self._problem),
            len(self._waiting),
            self._waiting.put_together,
        )

    def put(self, batch: Batch, beat: Beat) -> None:
        """Write a batch and a sign of life as soon as the database takes them."""
        self._background.call(self._put, batch, beat)

    async def settled(self) -> None:
        """Wait until what was put is written, or cannot be written now."""
        with contextlib.suppress(Ended):
            await self._background.run(self._drain)

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store; raises HistoryUnavailable."""

        async def answer() -> T:
            if self._store is None:
                raise HistoryUnavailable(str(self._problem or NEVER_OPENED))
            try:
                return await question(self._store)
            except StoreError as problem:
                raise HistoryUnavailable(str(problem)) from problem

        try:
            return await self._background.run(answer)
        except Ended:
            raise HistoryUnavailable(CLOSED) from None

    def end(self) -> None:
        """Write what waits, say goodbye and end the thread; returns at once."""
        self._background.call(lambda: self._ending.set())

    async def ended(self) -> None:
        """Wait for that, but not for ever."""
        await self._background.ended(2 * FAREWELL_S)

    def join(self) -> None:
        """The same where no loop runs."""
        self._background.join(2 * FAREWELL_S)

    # In the thread.

    async def _work(self) -> None:
        self._ending, self._news = asyncio.Event(), asyncio.Event()
        self._drains = asyncio.Lock()
        try:
            while not self._ending.is_set():
                await self._attempt(self._drain)
                await self._attempt(self._maintain)
                await self._rest()
            await self._attempt(self._leave)
        finally:
            if self._store is not None:
                await self._store.close()

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 # whatever it is, the bot is not affected, and it is tried again
            self._fault(fault)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._drain()
                if self._store is not None and self._problem is None:
                    await self._store.leave(self._writer, self._clock_s())
        except (StoreError, TimeoutError) as problem:
            self._problem = self._problem or StoreUnavailable(f"history at {self._shown} did not answer")
            _logger.debug("no goodbye: %s", problem)
        if self._waiting:
            since = time.strftime("%H:%M", time.gmtime(self._waiting.first().start))
            _logger.warning("%s; what was counted since %s UTC is lost", self._problem, since)

    async def _rest(self) -> None:
        pause_s, waits = MAINTENANCE_S, [self._ending]
        if self._problem is None:
            waits.append(self._news)
        else:  # while the database is away, news are no reason to try: they would only be one more failure
            pause_s = RETRY_S if self._problem.temporary else SLOW_RETRY_S
        tasks = [asyncio.ensure_future(event.wait()) for event in waits]
        await asyncio.wait(tasks, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        self._news.clear()

    def _put(self, batch: Batch, beat: Beat) -> None:
        self._beat = beat
        if not self._hopeless:
            self._waiting.put(batch)
            self._news.set()

    async def _drain(self) -> None:
        async with self._drains:
            if self._hopeless:
                return
            try:
                await self._write()
            except StoreError as problem:
                await self._failed(problem)
            else:
                self._recovered()

    async def _write(self) -> None:
        if self._store is None:
            from plugin.history.store import open_store  # here, so that it is this thread that imports it

            self._store = await open_store(self._address)
            await self._store.register(self._writer, self._started)
        while self._waiting:
            batch = self._waiting.first()
            await self._store.write(self._writer, batch)
            self._waiting.written(batch)
        beat, self._beat = self._beat, None
        if beat is not None:
            await self._store.beat(self._writer, *beat)

    async def _maintain(self) -> None:
        store, now = self._store, self._clock_s()
        if store is None or self._problem is not None or 0 <= now - self._maintained_at < MAINTENANCE_S:
            return
        self._maintained_at = now
        try:
            for _ in range(STEPS_AT_ONCE):
                if not await store.roll_up(int(now)):
                    break
            else:
                self._maintained_at = 0.0  # there is more, once writing had its turn
                self._news.set()
                return
            # One step at a time is enough, finest tier first: under a clock that is years ahead, minutes go for the
            # better part of an hour before anything goes that is not kept in a coarser tier, too.
            await store.prune(self._writer.bot, int(now), self._retention)
        except StoreError as problem:
            await self._failed(problem)

    async def _failed(self, problem: StoreError) -> None:
        if self._failing_since is None:
            self._failing_since = self._clock_s()
            _logger.warning("%s; what is counted waits in memory", problem)
        elif type(problem) is not type(self._problem):
            _logger.warning("%s", problem)
        self._problem = problem
        self._hopeless = isinstance(problem, MissingDriver | StoreAddressError)

    def _recovered(self) -> None:
        since, self._failing_since, self._problem = self._failing_since, None, None
        if since is not None:
            _logger.info("history is kept again at %s, after %s", self._shown, lasting(self._clock_s() - since))
