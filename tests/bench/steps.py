"""Times every step that an event loop takes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One callback of the loop, from when it got the loop until it gave it back."""

    took_ns: int
    name: str


class Steps:
    """The longest step since the last look."""

    def __init__(self) -> None:
        self.doing = ""
        """What the steps are for, as it is told with the longest."""
        self.longest = Step(0, "")

    @contextlib.contextmanager
    def timed(self) -> Iterator[None]:
        """Time every step while the block runs."""
        original: Any = asyncio.Handle._run
        steps = self

        def run(handle: Any) -> None:
            doing, began_ns = steps.doing, time.perf_counter_ns()
            original(handle)
            took_ns = time.perf_counter_ns() - began_ns
            timing = asyncio.Handle._run is run  # the step in which the block was left is not one of its steps
            if timing and took_ns > steps.longest.took_ns:
                steps.longest = Step(took_ns, f"{doing}, {_where(handle)}")

        asyncio.Handle._run = run
        try:
            yield
        finally:
            asyncio.Handle._run = original

    def take(self) -> Step:
        """The longest step so far; the next look begins anew."""
        longest, self.longest = self.longest, Step(0, "")
        return longest


def _where(handle: Any) -> str:
    """Where the monitor's own code stopped at the end of a step; else what was run."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return f"in {getattr(handle._callback, '__qualname__', 'a callback')}"
    coroutine: Any = task.get_coro()
    found = coroutine.__qualname__
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None and "/plugin/" in frame.f_code.co_filename.replace("\\", "/"):
            found = f"{frame.f_code.co_qualname} line {frame.f_lineno}"
        coroutine = getattr(coroutine, "cr_await", None)
    return f"until {found}" if not task.done() else f"the end of {found}"
