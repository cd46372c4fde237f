"""Everything that sends reports by itself: one `ReportDelivery` for each target."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.loop_task import LoopTask
from plugin.corridor.reports.delivery import ReportDelivery
from plugin.instrument.containment import Containment
from plugin.model import ReportNotices, SendingState

if TYPE_CHECKING:
    from plugin.corridor.reports.schedule import DueReport, ReportSchedule

_logger = logging.getLogger(__name__)

PART = "reports"
EVERY_S = 30.0
EMPTY = "history has nothing of its period"


class Reports:
    """Looks at regular intervals, while the bot runs."""

    def __init__(
        self,
        schedules: Callable[[], Awaitable[Sequence[ReportSchedule]]],
        deliveries: Sequence[ReportDelivery],
        make: Callable[[DueReport], Awaitable[ReportNotices | None]],
        containment: Containment,
        *,
        after_s: float,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """`make` returns None if history has nothing of the period of a report, and raises HistoryUnavailable.

        That is `after_s` seconds after its time, once every instance has written its last minute. `clock_s` is Unix
        time.
        """
        self._load_schedules = schedules
        self._schedules: Sequence[ReportSchedule] | None = None
        self._deliveries = deliveries
        self._make = make
        self._containment = containment
        self._after_s = after_s
        self._clock_s = clock_s
        self._made: dict[str, ReportNotices] = {}
        """Reports that were made and did not reach every target yet."""
        self._task = LoopTask("golem reports", self._run)

    @property
    def states(self) -> tuple[SendingState, ...]:
        """How each target stands."""
        return tuple(delivery.state for delivery in self._deliveries)

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once; what is not sent is sent after the next start."""
        self._task.stop()

    async def look(self) -> None:
        """Send what is due now, as far as history and targets can be reached."""
        if self._schedules is None:
            self._schedules = await self._load_schedules()
        now = self._clock_s()
        due = [schedule.latest(now) for schedule in self._schedules]
        self._made = {one.id: self._made[one.id] for one in due if self._is_kept(one)}
        for one in due:
            if now >= one.at + self._after_s:
                await self._send(one)

    def _is_kept(self, due: DueReport) -> bool:
        return due.id in self._made and not all(delivery.is_done(due) for delivery in self._deliveries)

    async def _send(self, due: DueReport) -> None:
        claimed = [delivery for delivery in self._deliveries if await delivery.claim(due)]
        if not claimed:
            return
        try:
            notices = self._made.get(due.id) or await self._make(due)
        except HistoryUnavailable as away:
            _logger.debug("the %s report of %s waits for history: %s", due.kind, due.date, away)
            return
        except Exception:
            for delivery in claimed:
                delivery.pause()
            raise
        if notices is None:
            for delivery in claimed:
                await delivery.leave_out(due, EMPTY)
            return
        self._made[due.id] = notices
        await asyncio.gather(*(self._bring(delivery, due, notices) for delivery in claimed))

    async def _bring(self, delivery: ReportDelivery, due: DueReport, notices: ReportNotices) -> None:
        with self._containment.containing(PART):
            await delivery.bring(due, notices.mail if delivery.mail else notices.message)

    async def _run(self) -> None:
        while PART not in self._containment.switched_off:
            with self._containment.containing(PART):
                await self.look()
            await asyncio.sleep(EVERY_S)
