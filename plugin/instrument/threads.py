"""Threads that nobody waits for, and that keep no process alive.

`Thread.start` waits until the new thread runs, and `join` until it has ended. On a busy machine either holds the
caller for hundreds of milliseconds, and here the caller is the bot's event loop. So a thread is started by another
one, which may wait. All are daemons: `concurrent.futures` would join its threads when the interpreter ends.
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
"""What the names of our threads begin with."""


def start_thread(name: str, run: Callable[[], object], failed: Callable[[RuntimeError], object]) -> None:
    """Run a function in a daemon thread soon; where the system gives no thread, `failed` is called, in any thread."""
    thread = threading.Thread(target=run, name=f"{THREADS}{name}", daemon=True)

    def start() -> None:
        try:
            thread.start()
        except RuntimeError as fault:
            failed(fault)

    try:
        _thread.start_new_thread(start, ())
    except RuntimeError as fault:
        failed(fault)


class ThreadCall(Generic[T]):
    """A call that a thread makes, and its answer."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self.answer = Future[T]()

    def make(self) -> None:
        """Make it, unless nobody wants the answer any more."""
        if self.answer.set_running_or_notify_cancel():
            try:
                result = self._function()
            except BaseException as fault:  # noqa: BLE001 # told to whoever asked
                self.answer.set_exception(fault)
            else:
                self.answer.set_result(result)

    def refuse(self, fault: RuntimeError) -> None:
        """Answer with a fault instead."""
        if self.answer.set_running_or_notify_cancel():
            self.answer.set_exception(fault)


class Worker:
    """A thread that makes one call after another, from the first until `end`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[ThreadCall[Any] | None] = queue.SimpleQueue()
        self._begun = False

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Make a call after those before it.

        Returns a future of the running loop; it raises what the function raises, or RuntimeError without a thread.
        """
        call = ThreadCall(functools.partial(function, *args, **kwargs))
        self._calls.put(call)
        if not self._begun:
            self._begun = True
            start_thread(self._name, self._serve, self._refuse)
        return asyncio.wrap_future(call.answer)

    def end(self, last: Callable[[], object] | None = None) -> None:
        """Let the thread end after the calls that it was asked for, and a last one if it ever began."""
        if last is not None:
            self._calls.put(ThreadCall(last))
        self._calls.put(None)

    def _serve(self) -> None:
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        # A function of its own, so that an idle thread keeps no call alive.
        call = self._calls.get()
        if call is not None:
            call.make()
        return call is not None

    def _refuse(self, fault: RuntimeError) -> None:
        self._begun = False  # the next call tries again
        refused: list[ThreadCall[Any] | None] = []
        while not self._calls.empty():
            refused.append(self._calls.get())
        for call in refused:  # not before all are taken out: whoever is told may ask again at once
            if call is not None:
                call.refuse(fault)


class DaemonExecutor(ThreadPoolExecutor):
    """For a loop's lookups of names: each in a thread that no interpreter waits for when it ends."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Make a call in a thread of its own."""
        call = ThreadCall(functools.partial(fn, *args, **kwargs))
        start_thread("lookup", call.make, call.refuse)
        return call.answer
