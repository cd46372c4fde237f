"""An event loop in a thread of its own, for work that must never hold the bot's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

THREADS = "golem-"
"""What the names of our threads begin with."""

TALKATIVE = ("asyncio",)
"""Loggers of libraries that tell each of their steps at DEBUG; in our threads that is nothing to do with the bot."""


class Ended(Exception):
    """The thread has ended."""


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        # Not by the record, which does not know its thread where hikari has set the bot's logging up.
        return record.levelno >= logging.WARNING or not threading.current_thread().name.startswith(THREADS)


class Background:
    """A daemon thread that runs one coroutine to its end, and others beside it when asked."""

    def __init__(self, name: str, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._main = main
        self._quiet = _Quiet()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"{THREADS}{name}", daemon=True)

    def start(self) -> None:
        """Begin; only once."""
        for name in TALKATIVE:
            logging.getLogger(name).addFilter(self._quiet)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call a function in the thread soon; nothing once it has ended."""
        self._ready.wait()
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has closed since
                loop.call_soon_threadsafe(function, *args)

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await something in the thread, from another loop; raises what it raises, `Ended` where the thread has."""
        self._ready.wait()
        loop, asking = self._loop, asyncio.current_task()
        if loop is None:
            raise Ended

        async def do() -> T:
            return await work()

        doing = do()
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, loop))
        except asyncio.CancelledError:
            if asking is not None and asking.cancelling():
                raise
            raise Ended from None
        except RuntimeError:
            if not loop.is_closed():
                raise
            doing.close()
            raise Ended from None

    async def ended(self, timeout_s: float) -> bool:
        """Wait for the thread to end, from another loop; whether it has."""
        for _ in range(int(timeout_s / _STEP_S)):
            if not self.alive:
                break
            await asyncio.sleep(_STEP_S)
        return not self.alive

    def join(self, timeout_s: float) -> None:
        """The same, where no loop runs."""
        self._thread.join(timeout_s)

    def _serve(self) -> None:
        try:
            asyncio.run(self._begin())
        finally:
            self._loop = None
            self._ready.set()
            for name in TALKATIVE:
                logging.getLogger(name).removeFilter(self._quiet)

    async def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._main()


_STEP_S = 0.01
