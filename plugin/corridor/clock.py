"""The clock of history: Unix time that remains continuous if the machine's clock is set within an interval."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from plugin.words import lasting

_logger = logging.getLogger(__name__)

LEAST_STEP_S = 1.0
"""Smaller differences between the clocks are delays or corrections, not a step."""

TOLD_STEP_S = 60.0

EARLIEST, LATEST = 1_704_067_200.0, 4_102_444_800.0
"""The years 2024 and 2100; a clock outside them is wrong."""


class Interval(NamedTuple):
    """The time between two cuts, in Unix seconds."""

    start: float
    end: float


class HistoryClock:
    """Tells when the intervals between cuts began and ended."""

    def __init__(self, wall_s: Callable[[], float], steady_s: Callable[[], float]) -> None:
        """`wall_s` is the machine's Unix time; `steady_s` is a monotonic clock."""
        self._wall_s = wall_s
        self._steady_s = steady_s
        self._at, self._steady_at = wall_s(), steady_s()

    def interval(self) -> Interval:
        """The interval since the previous one.

        A clock is usually set because it was wrong, so the interval lies where the clock says now; where that is a
        time at which this program did not exist, where it said before.
        """
        wall, steady = self._wall_s(), self._steady_s()
        lasted = max(0.0, steady - self._steady_at)
        expected = self._at + lasted
        end = expected if _possible(expected) and not _possible(wall) else wall
        step = end - expected
        start = self._at if abs(step) < LEAST_STEP_S else end - lasted
        if abs(step) >= TOLD_STEP_S:
            way = "ahead" if step > 0 else "back"
            _logger.info("the clock was set %s by %s; history uses the new time", way, lasting(abs(step)))
        self._at, self._steady_at = end, steady
        return Interval(start, end)


def _possible(at: float) -> bool:
    return EARLIEST <= at < LATEST


def steady_s() -> float:
    """Seconds of a monotonic clock that also counts suspension, if the platform has one."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)  # Linux
    if clock is None and sys.platform == "darwin":
        clock = time.CLOCK_MONOTONIC  # there it counts suspension, and time.monotonic() does not
    return time.monotonic() if clock is None else time.clock_gettime(clock)
