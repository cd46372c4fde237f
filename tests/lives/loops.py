"""The event loop of a simulated bot, and the machine under it: the monitor's own beats and watchdog on one clock."""

from __future__ import annotations

from typing import Any, cast

from plugin.instrument.containment import Containment
from plugin.instrument.loop.beats import INTERVAL_NS, Beats, Stall
from plugin.instrument.loop.block_causes import BlockCause
from plugin.instrument.loop.clocks import ClockReading
from plugin.instrument.loop.stack_samples import IDLE, StackSample
from plugin.instrument.loop.watchdog import Watchdog
from plugin.model import LoopLag, LoopSnapshot, Place

BEATS_A_MINUTE = 20
"""Fewer than there are: a beat that comes in time says the same each time."""

BUSY = StackSample("step", "/report", Place("cogs/report.py", "report", 30), "time.sleep")


class Machine:
    """Stands for the loop, its clocks and the stack sampler; nothing passes but what is said."""

    def __init__(self, threshold_ns: int) -> None:
        self.threshold_ns = threshold_ns
        self._now_ns = self._process_ns = 0
        self._seen = IDLE
        self._due: Any = None
        self._pauses = self._paused_ns = 0
        self.beats = Beats("event loop", Containment(), threshold_ns)
        us = cast("Any", self)
        self._watchdog = Watchdog(us, self.beats, us, threshold_ns, self._on_stall_end, lambda: self._now_ns)
        self.beats.start(us, us, self._watchdog.on_beat)

    def minute(self) -> None:
        """A minute in which all is well."""
        for _ in range(BEATS_A_MINUTE):
            self._pass(INTERVAL_NS + 1_000_000)
            self._due()

    def pause(self, seconds: float) -> None:
        """The machine does not run for so long; then the watchdog wakes up, and the loop goes on."""
        planned_ns = self._watchdog.wake(self._now_ns)
        self._now_ns += int(seconds * 1e9)
        self._watchdog.wake(planned_ns)
        self._due()
        self._watchdog.wake(self._now_ns)

    def block(self, seconds: float) -> None:
        """A command holds the loop for so long, and the watchdog sees it."""
        self._seen, planned_ns, end_ns = BUSY, self._now_ns, self._now_ns + int(seconds * 1e9)
        while self._now_ns < end_ns:
            self._pass(INTERVAL_NS)
            planned_ns = self._watchdog.wake(self._now_ns)
        self._due()
        self._watchdog.wake(planned_ns)
        self._seen = IDLE

    def roll(self) -> LoopLag | None:
        """The lag since the last sample."""
        return self.beats.roll()

    def snapshot(self) -> LoopSnapshot:
        """What is known by now."""
        return LoopSnapshot(self.beats.lag(), self.beats.recent(), (), self.threshold_ns, self._pauses, self._paused_ns)

    def read(self) -> ClockReading:
        """All clocks."""
        return ClockReading(self._now_ns, self._process_ns, self._process_ns, 0)

    def sample(self, free: bool) -> StackSample:
        """What runs."""
        return self._seen

    def is_running(self) -> bool:
        """Whether the loop does."""
        return True

    def call_later(self, delay_s: float, callback: Any, *, context: object) -> Machine:
        """The next beat."""
        self._due = callback
        return self

    def _pass(self, passed_ns: int) -> None:
        self._now_ns += passed_ns
        self._process_ns += passed_ns if self._seen is BUSY else passed_ns // 50

    def _on_stall_end(self, stall: Stall, cause: BlockCause | None) -> None:
        if cause is None:
            self._pauses += 1
            self._paused_ns += stall.held_ns
        else:
            self.beats.prove(stall)
