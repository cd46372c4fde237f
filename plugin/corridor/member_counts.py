"""Gives the counters of active members their salts, and tells them what other processes counted."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.loop_task import LoopTask
from plugin.instrument.containment import Containment
from plugin.model import MemberPeriod, SaltedSketch
from plugin.model.members import SALT_BYTES

if TYPE_CHECKING:
    from plugin.corridor.look_back import HistorySource
    from plugin.metrics.systems.active_members import ActiveMembers

_PART = "active members"
EVERY_S, RETRY_S = 60.0, 5.0
"""How often the database is asked, and how often while a salt is missing, in seconds."""


class MemberCounts:
    """Asks once a minute while the bot runs, if there is anything to count."""

    def __init__(
        self,
        counters: Callable[[], Iterable[ActiveMembers]],
        history: HistorySource | None,
        containment: Containment,
    ) -> None:
        """`history` is None where none is kept: then salts live and die with the process."""
        self._counters = counters
        self._history = history
        self._containment = containment
        self._task = LoopTask("golem active members", self._run)

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once."""
        self._task.stop()

    async def look(self) -> bool:
        """Ask now; returns whether every counter has every salt that it needs."""
        now, whole = time.time(), True
        for counter in self._counters():
            wanted = counter.wanted(now)
            for sketch in await self._known(counter, wanted):
                counter.know(*sketch)
            whole &= not counter.unsalted(wanted)
        return whole

    async def _known(self, counter: ActiveMembers, periods: tuple[MemberPeriod, ...]) -> Iterable[SaltedSketch]:
        history = self._history
        if history is None:
            return [SaltedSketch(period, secrets.token_bytes(SALT_BYTES), b"") for period in counter.unsalted(periods)]
        try:
            bot = history.scope().bot
            return await history.ask(lambda store: store.fleet.members(bot, periods))
        except HistoryUnavailable:
            return ()

    async def _run(self) -> None:
        while _PART not in self._containment.switched_off:
            pause_s = RETRY_S
            with self._containment.containing(_PART):
                pause_s = EVERY_S if await self.look() else RETRY_S
            await asyncio.sleep(pause_s)
