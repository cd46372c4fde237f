"""The thread that looks what the loop does when its beat does not come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from plugin.instrument.containment import Containment
from plugin.instrument.loop.alarm import Alarm
from plugin.instrument.loop.beats import HALF_NS, INTERVAL_NS, Beats, Stall
from plugin.instrument.loop.looks import Look, Looker
from plugin.instrument.loop.verdicts import BlockCause, BlockEvidence, judge
from plugin.instrument.threads import start_thread

PATIENCE_NS = INTERVAL_NS + 30_000_000
"""A beat that is this long ago may be the last before a block: from now on it is seen whether one step holds the loop.

Less than any block needs to become one, so that the watchdog is awake by the time that it is over.
"""

LOOKS_KEPT = 64
SOON_NS = 2_500_000
"""A thread that wakes up within this time met no Python code that computes: that lets others run every 5 ms."""

Concluded = Callable[[Stall, BlockCause | None], object]
"""Takes a block that is over with what held the loop; None for a pause of the whole process."""


class BlockInProgress:
    """What was seen of a block so far."""

    def __init__(self, last_beat_ns: int) -> None:
        self.last_beat_ns = last_beat_ns
        self._late_ns = 0
        self._looks = deque[Look](maxlen=LOOKS_KEPT)

    def see(self, late_ns: int, look: Look) -> None:
        """Add what was seen while it lasted, by a watchdog that woke up too late by so much."""
        self._late_ns += late_ns
        self._looks.append(look)

    def evidence(self, stall: Stall, late_ns: int) -> BlockEvidence:
        """All that is known now that it is over."""
        return BlockEvidence(stall.held_ns, stall.before, stall.after, self._late_ns + late_ns, tuple(self._looks))


class Watchdog:
    """Sleeps as long as the loop beats; else wakes up ten times a second, and when a block becomes one."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        beats: Beats,
        looker: Looker,
        threshold_ns: int,
        concluded: Concluded,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._loop = loop
        self._beats = beats
        self._looker = looker
        self._threshold_ns = threshold_ns
        self._concluded = concluded
        self._clock_ns = clock_ns
        self._block: BlockInProgress | None = None
        self._alarm = Alarm(clock_ns)
        self._begun = False
        self.processor_ns = 0
        """Processor time that the thread used."""

    def start(self, part: str, containment: Containment) -> None:
        """Begin to watch; what goes wrong is a fault of the part, and ends the thread where that is switched off."""
        wake, on, alarm = containment.contain(part, self.wake), containment.part(part), self._alarm

        def run() -> None:
            try:
                while alarm.wait() and on.on and not self._loop.is_closed():
                    alarm.set(wake(alarm.at_ns) or self._clock_ns() + INTERVAL_NS)
                    self.processor_ns = time.thread_time_ns()
            finally:
                alarm.done()

        def failed(fault: RuntimeError) -> None:
            alarm.done()
            containment.fail(part, fault)

        alarm.set(self._clock_ns() + PATIENCE_NS)
        self._begun = True
        start_thread("watchdog", run, failed)

    def stop(self) -> None:
        """Let the thread end, without waiting for it: that would hold the loop until the thread has its turn."""
        if self._begun:
            self._begun = False
            self._alarm.shut()

    def beaten(self, now_ns: int) -> None:
        """Let the thread sleep on, since the loop beats, unless it is about to wake up or has seen a block."""
        if self._block is None and now_ns < self._alarm.at_ns:
            self._alarm.set(now_ns + PATIENCE_NS)

    def wake(self, planned_ns: int) -> int:
        """Look whether the loop beats; returns when to look again. Both are monotonic nanoseconds."""
        now_ns, last_beat_ns = self._clock_ns(), self._beats.last_ns
        late_ns = max(0, now_ns - planned_ns)
        if not self._loop.is_running():
            self._beats.forgiven = True
        elif now_ns - last_beat_ns >= PATIENCE_NS:
            # First of all, before anything lets the loop's thread run on.
            look = self._looker.look(free=late_ns < SOON_NS)
            self._block = self._block_since(last_beat_ns)
            self._block.see(late_ns, look)
            proven_ns = last_beat_ns + HALF_NS + self._threshold_ns
            return proven_ns if now_ns < proven_ns < now_ns + INTERVAL_NS else now_ns + INTERVAL_NS
        else:
            self._conclude(late_ns)
            return last_beat_ns + PATIENCE_NS
        return now_ns + INTERVAL_NS  # asked anew whether it runs by now

    def _conclude(self, late_ns: int) -> None:
        """The loop beats; tell of blocks that are over."""
        while self._beats.ended:
            stall = self._beats.ended.popleft()
            evidence = self._block_since(stall.last_beat_ns).evidence(stall, late_ns)
            self._concluded(stall, judge(evidence, self._threshold_ns))
        self._block = None

    def _block_since(self, last_beat_ns: int) -> BlockInProgress:
        block = self._block
        return block if block is not None and block.last_beat_ns == last_beat_ns else BlockInProgress(last_beat_ns)
