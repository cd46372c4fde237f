"""Memory, CPU, threads and open files of the process; the only reader of psutil.

psutil is imported by the first sample, in the thread that takes it: the bot's start need not wait for it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from plugin.model import ResourceSample

if TYPE_CHECKING:
    import psutil

CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux tells a container's memory limit, version 2 and 1 of cgroups."""


def memory_limit_bytes(cgroup_limits: tuple[Path, ...] = CGROUP_LIMITS) -> int:
    """Memory that the process can have: the container's limit, else what the machine has."""
    import psutil

    machine = psutil.virtual_memory().total
    for path in cgroup_limits:
        with contextlib.suppress(OSError, ValueError):
            return min(machine, int(path.read_text()))
    return machine


class Resources:
    """Looks at the process; each look tells the CPU time since the one before. Not for the event loop."""

    def __init__(self, process: psutil.Process | None = None, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._process = process
        self._clock_ns = clock_ns
        self._limit_bytes: int | None = None
        self._before: tuple[int, float] | None = None

    def sample(self) -> ResourceSample:
        """The process as of now."""
        process = self._process = self._process or _this_process()
        if self._limit_bytes is None:
            self._limit_bytes = memory_limit_bytes()
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
        )

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
