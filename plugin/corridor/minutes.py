"""The scheduled cut: once a minute, whether history is kept or not, one batch is made and handed to subscribers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from plugin.corridor.clock import HistoryClock, steady_s
from plugin.corridor.cutting import MINUTE_S, Cutter
from plugin.corridor.loop_task import LoopTask
from plugin.instrument.containment import Containment
from plugin.model import Batch

_PART = "minutes"
LEAST_PAUSE_S = 1.0


class Minute(NamedTuple):
    """One cut."""

    batch: Batch
    """Everything that was counted, sampled and found since the cut before."""
    at: float
    """Unix time in seconds of the cut, on the clock of history."""


Subscriber = Callable[[Minute], object]


def history_clock() -> HistoryClock:
    """The clock that dates cuts."""
    return HistoryClock(time.time, steady_s)


class Minutes:
    """Cuts while the bot runs, at the ends of minutes, and on request."""

    def __init__(
        self,
        cutter: Cutter,
        containment: Containment,
        interval_s: float = MINUTE_S,
    ) -> None:
        """`interval_s` is the time between cuts in seconds; longer than a minute counts as a minute."""
        self._cutter = cutter
        self._containment = containment
        self._interval_s = min(MINUTE_S, interval_s)
        self._subscribers: list[Subscriber] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cutting = asyncio.Lock()
        self._task = LoopTask("golem minutes", self._run)
        self.before: list[Callable[[], Awaitable[object]]] = []
        """Awaited before every scheduled cut."""
        self.after: list[Callable[[], Awaitable[object]]] = []
        """Awaited after every cut but that of an exit: the longer work of those who took it."""

    @property
    def dropped(self) -> int:
        """How many errors found no room, because their command had too many error groups in one minute."""
        return self._cutter.dropped

    def subscribe(self, part: str, take: Subscriber) -> None:
        """Hand every cut to a function on the bot's loop; its exceptions are faults of its part."""
        self._subscribers.append(self._containment.contain(part, take))

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End the schedule; cuts on request still work."""
        self._task.stop()

    async def cut(self) -> None:
        """Cut now, in steps that are short however many commands there are."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # the bot may run again on another loop
            self._loop, self._cutting = loop, asyncio.Lock()
        async with self._cutting:
            with self._containment.containing(_PART):
                await self._cutter.collect_in_steps()
                self._hand_out()
                for work in self.after:
                    await work()

    def cut_now(self) -> None:
        """Cut in one step, where no loop runs any more."""
        with self._containment.containing(_PART):
            self._cutter.collect()
            self._hand_out()

    def _hand_out(self) -> None:
        batch, at = self._cutter.cut()
        minute = Minute(batch, at)
        for take in self._subscribers:
            take(minute)

    async def _run(self) -> None:
        while _PART not in self._containment.switched_off:
            for prepare in self.before:
                await prepare()
            await self.cut()
            await asyncio.sleep(self._pause_s())

    def _pause_s(self) -> float:
        """Seconds until the next cut, such that cuts meet the ends of minutes."""
        return max(LEAST_PAUSE_S, self._interval_s - time.time() % self._interval_s)
