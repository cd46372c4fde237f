"""An event loop in a thread of its own, for work that must never block the bot's."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from plugin.instrument.threads import THREADS, DaemonExecutor, start_thread

T = TypeVar("T")

TALKATIVE = ("asyncio",)
"""Loggers of libraries that tell each of their steps at DEBUG; in our threads that is nothing to do with the bot."""


class Ended(Exception):
    """The thread has ended."""


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        # Not by the record, which does not know its thread where hikari has set the bot's logging up.
        return record.levelno >= logging.WARNING or not threading.current_thread().name.startswith(THREADS)


class LoopThread:
    """A daemon thread that runs one coroutine to its end, and others beside it on request.

    Requests before it runs wait for it.
    """

    def __init__(
        self, name: str, main: Callable[[], Coroutine[Any, Any, None]], failed: Callable[[Exception], object]
    ) -> None:
        """`failed` is called, in any thread, if no thread can be started."""
        self._main = main
        self._failed = failed
        self._quiet = _Quiet()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._name = name
        self._calls: deque[Callable[[], object]] = deque()
        self._answers: set[Future[Any]] = set()
        self._done = False
        self._over = threading.Event()

    def start(self) -> None:
        """Start the thread; only once."""
        for name in TALKATIVE:
            logging.getLogger(name).addFilter(self._quiet)
        start_thread(self._name, self._serve, self._not_started)

    @property
    def alive(self) -> bool:
        """Whether the thread runs or is starting."""
        return not self._over.is_set()

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call a function in the thread soon, after earlier ones; does nothing once it has ended."""
        if not self.alive:
            return
        self._calls.append(functools.partial(function, *args))
        loop = self._loop
        if loop is not None:  # else the thread makes the call as soon as it has a loop
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(self._make_calls)

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await something in the thread, from another loop; raises its exceptions, or `Ended` if the thread has."""
        answer: Future[T] = Future()
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        self.call(self._do, work, answer)
        if not self.alive:
            self._refuse()
        return await asyncio.wrap_future(answer)

    async def ended(self, timeout_s: float) -> bool:
        """Wait, from another loop, for the thread to end; returns whether it has."""
        for _ in range(int(timeout_s / _STEP_S)):
            if not self.alive:
                break
            await asyncio.sleep(_STEP_S)
        return not self.alive

    def join(self, timeout_s: float) -> None:
        """The same without a running loop."""
        self._over.wait(timeout_s)

    def _serve(self) -> None:
        try:
            asyncio.run(self._begin())
        except RuntimeError:
            # While the process exits no thread can begin, nor the one that asyncio ends a loop's executor in.
            if not self._done:
                raise
        finally:
            self._end()

    async def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(DaemonExecutor())
        self._loop = loop
        loop.call_soon(self._make_calls)
        try:
            await self._main()
            self._done = True
        finally:
            self._loop = None

    def _make_calls(self) -> None:
        while self._calls:
            asyncio.get_running_loop().call_soon(self._calls.popleft())

    def _do(self, work: Callable[[], Awaitable[T]], answer: Future[T]) -> None:
        if self._loop is None or answer.cancelled():
            return

        async def do() -> T:
            return await work()

        def tell(done: asyncio.Task[T]) -> None:
            problem = Ended() if done.cancelled() else done.exception()
            if not answer.set_running_or_notify_cancel():
                return
            if problem is None:
                answer.set_result(done.result())
            else:
                answer.set_exception(problem)

        task = asyncio.create_task(do())
        task.add_done_callback(tell)
        answer.add_done_callback(lambda _: self.call(task.cancel) if answer.cancelled() else None)

    def _not_started(self, fault: RuntimeError) -> None:
        self._end()
        self._failed(fault)

    def _end(self) -> None:
        for name in TALKATIVE:
            logging.getLogger(name).removeFilter(self._quiet)
        self._over.set()
        self._calls.clear()
        self._refuse()

    def _refuse(self) -> None:
        with contextlib.suppress(KeyError):  # each is popped, and so answered, once: two threads may do this at a time
            while True:
                answer = self._answers.pop()
                if answer.set_running_or_notify_cancel():
                    answer.set_exception(Ended())


_STEP_S = 0.01
