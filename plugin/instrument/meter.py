"""Measures the CPU time of the monitor's own work, in whatever thread it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Meter:
    """Adds up CPU time."""

    def __init__(self) -> None:
        self.processor_ns = 0
        """Nanoseconds so far."""

    def timed(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, metered in the thread that calls it."""

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            began_ns = time.thread_time_ns()
            try:
                return function(*args, **kwargs)
            finally:
                self.processor_ns += time.thread_time_ns() - began_ns

        return call

    async def metered(self, coroutine: Coroutine[Any, Any, R]) -> R:
        """Await a coroutine, metering its steps but not its waits."""
        return await _Steps(coroutine, self)


class _Steps(Generator[Any, Any, R], Generic[R]):
    def __init__(self, coroutine: Coroutine[Any, Any, R], meter: Meter) -> None:
        self._send = meter.timed(coroutine.send)
        self._throw = meter.timed(coroutine.throw)

    def __await__(self) -> Generator[Any, Any, R]:
        return self

    def send(self, value: Any, /) -> Any:
        return self._send(value)

    def throw(self, *raised: Any) -> Any:
        return self._throw(*raised)
