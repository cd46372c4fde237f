"""Timers of one's own: a histogram of durations, as context manager and as decorator."""

from __future__ import annotations

import contextlib
import functools
import inspect
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

from plugin.metrics.meters.instruments import OwnHistogram
from plugin.metrics.meters.series import HistogramSeries, Nowhere
from plugin.own_measures import AttributeValue

F = TypeVar("F", bound=Callable[..., Any])

_MAKERS: tuple[Any, ...] = (contextlib.contextmanager, contextlib.asynccontextmanager)
_CONTEXT_MANAGERS = tuple(make(iter).__code__ for make in _MAKERS)
"""The code of all functions that these decorators return."""


class OwnTimer(OwnHistogram):
    """Says how long something takes, in seconds; also where it raises."""

    __slots__ = ()

    word = "timer"

    def time(self, **attributes: AttributeValue) -> Timing:
        """For one `with` or `async with`, or as a decorator: `@payout.time(kind="daily")`."""
        return Timing(self, self._series(attributes))

    def __call__(self, function: F) -> F:
        """Decorate a function; for a timer without attributes."""
        return self.time()(function)


class Timing:
    """Times one block, or every call of a function that it decorates."""

    __slots__ = ("_began_ns", "_series", "_timer")

    def __init__(self, timer: OwnTimer, series: HistogramSeries) -> None:
        self._timer = timer
        self._series = series
        self._began_ns = 0

    def __enter__(self) -> None:
        self._began_ns = time.perf_counter_ns()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._series.record((time.perf_counter_ns() - self._began_ns) / 1e9)

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, raised, traceback)

    def __call__(self, function: F) -> F:
        """The function, timed; TypeError for what no call of which can be timed, ValueError for wrong attributes."""
        measure = self._timer.measure
        if isinstance(self._series, Nowhere):
            wanted = ", ".join(f"{name}=…" for name in measure.attributes)
            raise ValueError(f"timer {measure.name}: decorate with @….time({wanted}), with exactly these attributes")
        _refuse_others(measure.name, function)
        timed = _timed_coroutine if inspect.iscoroutinefunction(function) else _timed
        return cast("F", timed(function, self._series))


def _refuse_others(name: str, function: Callable[..., Any]) -> None:
    kind = type(function).__name__
    if not callable(function) or not (inspect.isroutine(function) or kind == "partial"):
        raise TypeError(
            f"timer {name} decorates functions, not a {kind}: put it directly above `def`, below other decorators"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"timer {name} cannot time the generator function {getattr(function, '__qualname__', function)}: "
            "a call only makes the generator. Time the loop that consumes it, using `with timer.time():`"
        )
    if getattr(function, "__code__", None) in _CONTEXT_MANAGERS:
        raise TypeError(
            f"timer {name} cannot time the context manager {function.__qualname__}: "
            "a call only makes it. Use `with timer.time():` in its body, or around the block that uses it"
        )


def _timed(function: Callable[..., Any], series: HistogramSeries) -> Callable[..., Any]:
    clock_ns = time.perf_counter_ns

    @functools.wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began_ns = clock_ns()
        try:
            return function(*args, **kwargs)
        finally:
            series.record((clock_ns() - began_ns) / 1e9)

    return timed


def _timed_coroutine(function: Callable[..., Any], series: HistogramSeries) -> Callable[..., Any]:
    clock_ns = time.perf_counter_ns

    @functools.wraps(function)
    async def timed(*args: Any, **kwargs: Any) -> Any:
        began_ns = clock_ns()
        try:
            return await function(*args, **kwargs)
        finally:
            series.record((clock_ns() - began_ns) / 1e9)

    return timed
