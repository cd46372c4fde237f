"""The clocks that show how a thread spent its time: on a CPU, waiting, or ready with no CPU free."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple


class ClockReading(NamedTuple):
    """All clocks at one moment, in nanoseconds; None for a clock that the platform lacks."""

    now_ns: int
    process_ns: int
    """CPU time of the whole process."""
    thread_ns: int | None
    """CPU time of the thread."""
    delayed_ns: int | None
    """How long the thread was ready to run with no CPU free."""


class Clocks:
    """Reads the clocks of the thread that creates it, from any thread; must be closed."""

    def __init__(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock_ns = clock_ns
        find = getattr(time, "pthread_getcpuclockid", None)  # not on macOS and Windows
        self._thread_clock: int | None = find(threading.get_ident()) if find else None
        self._statistics = _open(f"/proc/self/task/{threading.get_native_id()}/schedstat")

    def read(self) -> ClockReading:
        """All clocks as of now."""
        return ClockReading(self._clock_ns(), time.process_time_ns(), self._thread_ns(), self._delayed_ns())

    def close(self) -> None:
        """Close the open file."""
        if self._statistics is not None:
            os.close(self._statistics)
            self._statistics = None

    def _thread_ns(self) -> int | None:
        if self._thread_clock is None:
            return None
        with contextlib.suppress(OSError):  # the thread has ended
            return time.clock_gettime_ns(self._thread_clock)
        return None

    def _delayed_ns(self) -> int | None:
        # "CPU time, time in the run queue, time slices" (proc(5)). With the file kept open, a read takes 2 µs.
        if self._statistics is None:
            return None
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(os.pread(self._statistics, 80, 0).split()[1])
        return None


def _open(path: str) -> int | None:
    with contextlib.suppress(OSError):
        return os.open(path, os.O_RDONLY)
    return None
