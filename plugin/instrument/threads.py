"""Threads that are started and ended without blocking the event loop or the process's exit.

`Thread.start` waits until the new thread runs, and `join` until it has ended. On a busy machine either may block the
caller for hundreds of milliseconds, and here the caller is the bot's event loop. So another thread calls `start`. All
are daemons: `concurrent.futures` would join its threads when the interpreter exits.
"""

from __future__ import annotations

import _thread
import asyncio
import functools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = "golem-"
"""Prefix of the names of our threads."""


def start_thread(name: str, run: Callable[[], object], on_failure: Callable[[RuntimeError], object]) -> None:
    """Run a function in a new daemon thread; if the system gives no thread, call `on_failure`, in any thread."""
    thread = threading.Thread(target=run, name=f"{THREADS}{name}", daemon=True)

    def start() -> None:
        try:
            thread.start()
        except RuntimeError as fault:
            on_failure(fault)

    try:
        _thread.start_new_thread(start, ())
    except RuntimeError as fault:
        on_failure(fault)


class ThreadCall(Generic[T]):
    """A call for a thread to make, and the future of its result."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self.answer = Future[T]()

    def make(self) -> None:
        """Make the call, unless it was cancelled."""
        if self.answer.set_running_or_notify_cancel():
            try:
                result = self._function()
            except BaseException as fault:  # noqa: BLE001 # passed on to the caller
                self.answer.set_exception(fault)
            else:
                self.answer.set_result(result)

    def refuse(self, fault: RuntimeError) -> None:
        """Fail the call without making it."""
        if self.answer.set_running_or_notify_cancel():
            self.answer.set_exception(fault)


class Worker:
    """A thread that makes calls one by one, from the first call until `end`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[ThreadCall[Any] | None] = queue.SimpleQueue()
        self._begun = False

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Queue a call; returns a future of the running loop.

        The future raises what the function raises, or RuntimeError if the system gives no thread.
        """
        call = ThreadCall(functools.partial(function, *args, **kwargs))
        self._calls.put(call)
        if not self._begun:
            self._begun = True
            start_thread(self._name, self._serve, self._refuse)
        return asyncio.wrap_future(call.answer)

    def end(self, last: Callable[[], object] | None = None) -> None:
        """End the thread after the queued calls and, if it ever started, a last one."""
        if last is not None:
            self._calls.put(ThreadCall(last))
        self._calls.put(None)

    def _serve(self) -> None:
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        # A separate function, so that an idle thread keeps no call alive.
        call = self._calls.get()
        if call is not None:
            call.make()
        return call is not None

    def _refuse(self, fault: RuntimeError) -> None:
        self._begun = False  # the next call tries again
        refused: list[ThreadCall[Any] | None] = []
        while not self._calls.empty():
            refused.append(self._calls.get())
        for call in refused:  # only now that the queue is empty, since a caller may call again at once
            if call is not None:
                call.refuse(fault)


class DaemonExecutor(ThreadPoolExecutor):
    """Runs a loop's DNS lookups, each in a daemon thread that does not delay the interpreter's exit."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Make a call in a new thread."""
        call = ThreadCall(functools.partial(fn, *args, **kwargs))
        start_thread("lookup", call.make, call.refuse)
        return call.answer
