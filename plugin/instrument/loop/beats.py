"""The loop's beat: a callback that runs ten times a second and records how late it is."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.instrument.containment import Containment
from plugin.instrument.loop.clocks import ClockReading, Clocks
from plugin.model import LoopLag

INTERVAL_NS = 100_000_000
"""Time between beats. Each costs about 0.1 ms of CPU, most of it to wake an idle loop."""

HALF_NS = INTERVAL_NS // 2
"""A block starts between two beats: on average half an interval after the last one."""

MOST_MISSED = 600
"""At most this many missed beats are counted per block: one minute of them."""

MOST_ENDED = 16


class Stall(NamedTuple):
    """A time without beats: either a block, or a pause of the whole process."""

    last_beat_ns: int
    """Monotonic time of the last beat before it."""
    held_ns: int
    before: ClockReading
    """The clocks at the last beat before it."""
    after: ClockReading
    """The clocks at the first beat after it."""


class Beats:
    """Beats on one loop from `start` to `stop`, and records the lag of each beat.

    A late beat counts once for itself and once for each beat that it delayed, each with the lag that beat would have
    had; otherwise a block of ten seconds would weigh as much as one of 0.1 s (Gil Tene's "coordinated omission").
    asyncio's timers are up to a millisecond late by themselves.
    """

    def __init__(self, part: str, containment: Containment, threshold_ns: int) -> None:
        self._threshold_ns = threshold_ns
        self._contained = containment.contain(part, self._beat)
        self._since_start = Histogram()
        self._longest_ns = 0
        self._interval = Histogram()
        self._interval_longest_ns = 0
        self._recent: LoopLag | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._clocks: Clocks | None = None
        self._reading = ClockReading(0, 0, None, None)
        self._on_beat: Callable[[int], object] = _ignore
        self.processor_ns = 0
        """CPU time of the beats, without waking up for them; 0 if the platform cannot measure it."""
        self.last_ns = 0
        """Monotonic time of the last beat."""
        self.forgiven = False
        """Whether the next beat may be late because the loop's owner had stopped the loop."""
        self.ended: deque[Stall] = deque(maxlen=MOST_ENDED)
        """Stalls that are over, for the watchdog to take."""
        self._proven: deque[Stall] = deque(maxlen=MOST_ENDED)

    def start(self, loop: asyncio.AbstractEventLoop, clocks: Clocks, on_beat: Callable[[int], object]) -> None:
        """Start beating; call it on the loop. `on_beat` gets the monotonic nanoseconds of each beat."""
        self._loop, self._clocks, self._on_beat = loop, clocks, on_beat
        self.forgiven = False
        self._schedule(clocks.read())

    def stop(self) -> None:
        """Stop beating."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, reading: ClockReading) -> None:
        self._reading, self.last_ns = reading, reading.now_ns
        assert self._loop is not None
        # In an empty context: the caller's would be kept alive for as long as the bot runs.
        self._timer = self._loop.call_later(INTERVAL_NS / 1e9, self._contained, context=contextvars.Context())

    def _beat(self) -> None:
        assert self._clocks is not None
        before, after = self._reading, self._clocks.read()
        self._schedule(after)
        self._measure(before, after)
        self._on_beat(after.now_ns)
        if after.thread_ns is not None:
            self.processor_ns += time.thread_time_ns() - after.thread_ns

    def _measure(self, before: ClockReading, after: ClockReading) -> None:
        if self.forgiven:
            self.forgiven = False
            return
        lag_ns = max(0, after.now_ns - before.now_ns - INTERVAL_NS)
        if lag_ns + HALF_NS >= self._threshold_ns:
            self.ended.append(Stall(before.now_ns, lag_ns + HALF_NS, before, after))
        else:
            self._record(lag_ns)

    def prove(self, stall: Stall) -> None:
        """Count a stall as lag, since it was a block and not a pause of the process; from any thread."""
        self._proven.append(stall)

    def _count_proven(self) -> None:
        while self._proven:
            self._record(self._proven.popleft().held_ns - HALF_NS)

    def _record(self, lag_ns: int) -> None:
        self._interval_longest_ns = max(self._interval_longest_ns, lag_ns)
        for missed in range(min(lag_ns // INTERVAL_NS, MOST_MISSED) + 1):
            self._interval.record(lag_ns - missed * INTERVAL_NS)

    def roll(self) -> LoopLag | None:
        """The lag since the last call; None without a beat since."""
        self._count_proven()
        self._recent = _lag(self._interval, self._interval_longest_ns)
        self._since_start, self._longest_ns = self._total()
        self._interval, self._interval_longest_ns = Histogram(), 0
        return self._recent

    def lag(self) -> LoopLag | None:
        """The lag since the start; None before the first beat."""
        return _lag(*self._total())

    def recent(self) -> LoopLag | None:
        """The last result of `roll`; before that, the lag since the start."""
        return self._recent or self.lag()

    def _total(self) -> tuple[Histogram, int]:
        self._count_proven()
        total = self._since_start.copy()
        total.merge(self._interval)
        return total, max(self._longest_ns, self._interval_longest_ns)


def _ignore(_: int) -> None:
    """Do nothing."""


def _lag(histogram: Histogram, longest_ns: int) -> LoopLag | None:
    p50_ns, p99_ns = histogram.quantile_ns(0.5), histogram.quantile_ns(0.99)
    if p50_ns is None or p99_ns is None:
        return None
    # A bucket is read at its middle, which may exceed the longest value in it.
    return LoopLag(min(p50_ns, longest_ns), min(p99_ns, longest_ns), longest_ns)
