"""The thread that samples the loop's stack when a beat is missing."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from plugin.instrument.containment import Containment
from plugin.instrument.loop.alarm import Alarm
from plugin.instrument.loop.beats import HALF_NS, INTERVAL_NS, Beats, Stall
from plugin.instrument.loop.block_causes import BlockCause, BlockEvidence, find_cause
from plugin.instrument.loop.stack_samples import StackSample, StackSampler
from plugin.instrument.threads import start_thread

PATIENCE_NS = INTERVAL_NS + 30_000_000
"""Sampling starts when the last beat is this old.

Shorter than any threshold for blocks, so that the watchdog is awake before a block ends.
"""

SAMPLES_KEPT = 64
SOON_NS = 2_500_000
"""If the watchdog gets the GIL within this time, no Python code is computing: that releases it only every 5 ms."""

OnStallEnd = Callable[[Stall, BlockCause | None], object]
"""Takes a stall that is over and its cause; None for a pause of the whole process."""


class BlockInProgress:
    """What is known so far about a block that has not ended."""

    def __init__(self, last_beat_ns: int) -> None:
        self.last_beat_ns = last_beat_ns
        self._late_ns = 0
        self._samples = deque[StackSample](maxlen=SAMPLES_KEPT)

    def add(self, late_ns: int, sample: StackSample) -> None:
        """Add a sample; `late_ns`: how late the watchdog woke up to take it."""
        self._late_ns += late_ns
        self._samples.append(sample)

    def evidence(self, stall: Stall, late_ns: int) -> BlockEvidence:
        """All evidence, now that it is over."""
        return BlockEvidence(stall.held_ns, stall.before, stall.after, self._late_ns + late_ns, tuple(self._samples))


class Watchdog:
    """Sleeps while the loop beats; otherwise wakes up ten times a second, and when a stall reaches the threshold."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        beats: Beats,
        sampler: StackSampler,
        threshold_ns: int,
        on_stall_end: OnStallEnd,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._loop = loop
        self._beats = beats
        self._sampler = sampler
        self._threshold_ns = threshold_ns
        self._on_stall_end = on_stall_end
        self._clock_ns = clock_ns
        self._block: BlockInProgress | None = None
        self._alarm = Alarm(clock_ns)
        self._begun = False
        self.processor_ns = 0
        """CPU time of the thread."""

    def start(self, part: str, containment: Containment) -> None:
        """Start the thread; its faults count as the part's, and it ends once the part is switched off."""
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
        """End the thread without joining it, which would block the loop until the thread has had its turn."""
        if self._begun:
            self._begun = False
            self._alarm.shut()

    def on_beat(self, now_ns: int) -> None:
        """Let the thread sleep on, unless it is about to wake up or has seen a block."""
        if self._block is None and now_ns < self._alarm.at_ns:
            self._alarm.set(now_ns + PATIENCE_NS)

    def wake(self, planned_ns: int) -> int:
        """Check for a beat; returns the time of the next check. Both times are monotonic nanoseconds."""
        now_ns, last_beat_ns = self._clock_ns(), self._beats.last_ns
        late_ns = max(0, now_ns - planned_ns)
        if not self._loop.is_running():
            self._beats.forgiven = True
        elif now_ns - last_beat_ns >= PATIENCE_NS:
            # First of all, before anything lets the loop's thread run on.
            sample = self._sampler.sample(free=late_ns < SOON_NS)
            self._block = self._block_since(last_beat_ns)
            self._block.add(late_ns, sample)
            proven_ns = last_beat_ns + HALF_NS + self._threshold_ns
            return proven_ns if now_ns < proven_ns < now_ns + INTERVAL_NS else now_ns + INTERVAL_NS
        else:
            self._report_ended(late_ns)
            return last_beat_ns + PATIENCE_NS
        return now_ns + INTERVAL_NS  # when the loop may be running again

    def _report_ended(self, late_ns: int) -> None:
        """Report the stalls that are over, now that the loop beats again."""
        while self._beats.ended:
            stall = self._beats.ended.popleft()
            evidence = self._block_since(stall.last_beat_ns).evidence(stall, late_ns)
            self._on_stall_end(stall, find_cause(evidence, self._threshold_ns))
        self._block = None

    def _block_since(self, last_beat_ns: int) -> BlockInProgress:
        block = self._block
        return block if block is not None and block.last_beat_ns == last_beat_ns else BlockInProgress(last_beat_ns)
