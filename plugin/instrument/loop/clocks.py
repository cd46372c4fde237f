"""The clocks that tell what a thread did with its time: computed, waited, or was not let run by the machine."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple


class ClockReading(NamedTuple):
    """All clocks at one moment, in nanoseconds."""

    now_ns: int
    process_ns: int
    """Processor time of the whole process."""
    thread_ns: int | None
    """Processor time of the thread; None where the platform does not tell."""
    delayed_ns: int | None
    """How long the thread was ready to run, but no processor was free for it; None where the platform does not tell."""


class Clocks:
    """Reads the clocks of the thread that makes it, from any thread; to be closed in the end."""

    def __init__(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock_ns = clock_ns
        find = getattr(time, "pthread_getcpuclockid", None)  # not on macOS and Windows
        self._thread_clock: int | None = find(threading.get_ident()) if find else None
        self._statistics = _open(f"/proc/self/task/{threading.get_native_id()}/schedstat")

    def read(self) -> ClockReading:
        """All clocks as of now."""
        return ClockReading(self._clock_ns(), time.process_time_ns(), self._thread_ns(), self._delayed_ns())

    def close(self) -> None:
        """Close what was opened."""
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
        # "time on the processor, time in its queue, turns": proc(5). A file that stays open costs two microseconds.
        if self._statistics is None:
            return None
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(os.pread(self._statistics, 80, 0).split()[1])
        return None


def _open(path: str) -> int | None:
    with contextlib.suppress(OSError):
        return os.open(path, os.O_RDONLY)
    return None
