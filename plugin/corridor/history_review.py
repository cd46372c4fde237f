"""The scheduled look into history: what only it can prove becomes findings without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from plugin.corridor.loop_task import LoopTask
from plugin.corridor.lost_instances import LostInstances
from plugin.instrument.containment import Containment
from plugin.model import Finding, HistoryAnswer

if TYPE_CHECKING:
    from plugin.model.past import PastHealth

_PART = "history review"
FIRST_S, EVERY_S = 300.0, 900.0
"""How long after the start the first look comes, and how often the others, in seconds."""
BEATS = 2.5
"""A lost instance is looked for again after so many heartbeats that were due."""

Hold = Callable[[Collection[str], Iterable[Finding], float], object]


class HistoryReview:
    """Asks history every quarter of an hour, while the bot runs."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[tuple[HistoryAnswer[PastHealth], float]]],
        hold: Hold,
        containment: Containment,
        ask_systems: Callable[[float], Awaitable[Sequence[Finding] | None]],
        lost: LostInstances,
        beat_s: float,
    ) -> None:
        """`ask` returns what history says of the bot's health, and Unix time; `hold` takes the findings of rules.

        `ask_systems` returns the findings about own measures as of a moment, None where history is away; a heartbeat
        of each instance is due every `beat_s` seconds.
        """
        self._ask = ask
        self._hold = hold
        self._ask_systems = ask_systems
        self._lost = lost
        self._again_s = BEATS * beat_s
        self._containment = containment
        self._task = LoopTask("golem history review", self._run)

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once."""
        self._task.stop()

    async def look(self) -> None:
        """Look now; nothing changes where history cannot be asked."""
        from plugin.insight.history_rules import HISTORY_RULES, history_findings

        answer, now = await self._ask()
        if answer.review is not None:
            self._hold(HISTORY_RULES, self._lost.sure(history_findings(answer.review), now), now)
        of_systems = await self._ask_systems(now)
        if of_systems is not None:
            from plugin.corridor.system_review import SYSTEM_FINDINGS

            self._hold(SYSTEM_FINDINGS, of_systems, now)

    async def _run(self) -> None:
        pause_s = FIRST_S
        while _PART not in self._containment.switched_off:
            await asyncio.sleep(pause_s)
            with self._containment.containing(_PART):
                await self.look()
            pause_s = min(EVERY_S, self._again_s) if self._lost.are_doubtful else EVERY_S
