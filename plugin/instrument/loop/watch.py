"""Watches the event loop of one bot while it runs."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable

from plugin.instrument.containment import Containment
from plugin.instrument.loop.beats import Beats, Stall
from plugin.instrument.loop.block_causes import BlockCause
from plugin.instrument.loop.clocks import Clocks
from plugin.instrument.loop.stack_samples import StackSampler
from plugin.instrument.loop.watchdog import Watchdog
from plugin.instrument.places import Places
from plugin.model import CommandKey, LoopBlock, LoopLag, LoopSnapshot

PART = "event loop"


class LoopWatch:
    """Runs beats and a watchdog for the loop from `start` to `stop`; can be started again on another loop."""

    def __init__(
        self,
        threshold_ms: float,
        places: Places,
        running_in: Callable[[int], CommandKey | None],
        record: Callable[[LoopBlock], object],
        containment: Containment,
    ) -> None:
        self._threshold_ns = int(threshold_ms * 1_000_000)
        self._places = places
        self._running_in = running_in
        self._record = record
        self._containment = containment
        self._beats = Beats(PART, containment, self._threshold_ns)
        self._watchdog: Watchdog | None = None
        self._clocks: Clocks | None = None
        self._pauses = self._paused_ns = 0
        self._earlier_processor_ns = 0

    def start(self) -> None:
        """Start on the running loop, in its thread; does nothing if already started."""
        if self._watchdog is not None or not self._containment.part(PART).on:
            return
        if not hasattr(sys, "_current_frames"):
            self._containment.switch_off(PART, "this Python has no sys._current_frames()")
            return
        loop = asyncio.get_running_loop()
        sampler = StackSampler(loop, threading.get_ident(), self._places, self._running_in)
        self._clocks = Clocks()
        self._watchdog = Watchdog(loop, self._beats, sampler, self._threshold_ns, self._on_stall_end)
        self._beats.start(loop, self._clocks, self._watchdog.on_beat)
        self._watchdog.start(PART, self._containment)

    def stop(self) -> None:
        """Stop both; the watchdog's thread ends soon afterwards."""
        self._beats.stop()
        if self._watchdog is not None:
            self._watchdog.stop()
            self._earlier_processor_ns += self._watchdog.processor_ns
            self._watchdog = None
        if self._clocks is not None:
            self._clocks.close()
            self._clocks = None

    @property
    def processor_ns(self) -> int:
        """CPU time of the watchdog and the beats so far."""
        watchdog_ns = 0 if self._watchdog is None else self._watchdog.processor_ns
        return self._earlier_processor_ns + watchdog_ns + self._beats.processor_ns

    @property
    def pauses(self) -> tuple[int, int]:
        """How often the whole process stood still, and for how long together in nanoseconds."""
        return self._pauses, self._paused_ns

    def roll(self) -> LoopLag | None:
        """The lag since the last call; None without a beat since."""
        return self._beats.roll()

    def recent(self) -> LoopLag | None:
        """The lag over the last sample's interval; None before the first look, and where the loop is not watched."""
        return self._beats.recent()

    def snapshot(self, blocks: tuple[LoopBlock, ...]) -> LoopSnapshot:
        """Lag, pauses and these recorded blocks, as of now."""
        lag, recent = self._beats.lag(), self._beats.recent()
        return LoopSnapshot(lag, recent, blocks, self._threshold_ns, self._pauses, self._paused_ns)

    def _on_stall_end(self, stall: Stall, cause: BlockCause | None) -> None:
        # In the watchdog's thread.
        if cause is None:
            self._pauses += 1
            self._paused_ns += stall.held_ns
            return
        self._beats.prove(stall)
        found, now = cause.sample, time.time()
        held_ns = stall.held_ns
        self._record(LoopBlock(found.what, found.place, found.call, cause.holding, 1, held_ns, held_ns, now, now))
