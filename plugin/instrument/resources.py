"""Memory, CPU, threads and open files of the process; the only user of psutil.

psutil is imported by the first sample, in the thread that takes it, so that it does not delay the bot's start.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from plugin.instrument.cgroups import cpu_throttled, memory_limit_bytes
from plugin.model import ResourceSample, Throttled

if TYPE_CHECKING:
    import psutil


def available_memory_bytes(root: Path = Path("/")) -> int:
    """The memory available to the process: its container's limit, or else the machine's memory."""
    import psutil

    machine = psutil.virtual_memory().total
    return min(machine, memory_limit_bytes(root) or machine)


UNKNOWN = ResourceSample(None, None, None, None, None)
"""The sample of a process that cannot be inspected."""


class Resources:
    """Samples the process; CPU is measured since the previous sample. Too slow for the event loop's thread."""

    def __init__(
        self,
        process: psutil.Process | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        root: Path = Path("/"),
    ) -> None:
        """`root`: the folder with Linux's `/proc` and control groups."""
        self._root = root
        self._throttled_before: Throttled | None = None
        self._process = process
        self._clock_ns = clock_ns
        self._limit_bytes: int | None = None
        self._before: tuple[int, float] | None = None

    def sample(self) -> ResourceSample:
        """The process as of now."""
        process = self._process = self._process or _this_process()
        if self._limit_bytes is None:
            self._limit_bytes = available_memory_bytes(self._root)
        with process.oneshot():
            rss_bytes = process.memory_info().rss
            cpu_times = process.cpu_times()
            threads = process.num_threads()
        return ResourceSample(
            rss_bytes,
            rss_bytes / self._limit_bytes if self._limit_bytes else None,
            self._cpu_share(cpu_times.user + cpu_times.system),
            threads,
            _open_files(process),
            self._throttled(),
        )

    def _throttled(self) -> Throttled | None:
        now = cpu_throttled(self._root)
        if now is None:
            return None
        before = self._throttled_before = self._throttled_before or now
        return Throttled(now.times - before.times, now.seconds - before.seconds)

    def _cpu_share(self, cpu_s: float) -> float | None:
        before, now = self._before, (self._clock_ns(), cpu_s)
        self._before = now
        if before is None or now[0] <= before[0]:
            return None
        return max(0.0, (now[1] - before[1]) / ((now[0] - before[0]) / 1e9))


def _this_process() -> psutil.Process:
    import psutil

    return psutil.Process()


def _open_files(process: psutil.Process) -> int | None:
    import psutil

    count = getattr(process, "num_fds", None) or getattr(process, "num_handles", None)
    with contextlib.suppress(psutil.Error, OSError):
        return count() if count else None
    return None
