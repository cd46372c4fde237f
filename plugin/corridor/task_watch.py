"""Background work of a bot: its scheduled tasks, its asyncio tasks, and its listeners that raise."""

from __future__ import annotations

import logging
from collections.abc import Callable

import hikari

from plugin.corridor.installation import Installation
from plugin.instrument.containment import Containment
from plugin.instrument.listeners import Listeners
from plugin.instrument.log_watch import LogWatch
from plugin.instrument.loop_tasks import LoopTasks
from plugin.instrument.places import Places
from plugin.instrument.scheduled_tasks import Schedule, ScheduledTasks
from plugin.model import BackgroundSnapshot

TASKS, SCHEDULED, LISTENERS = "tasks", "scheduled tasks", "listeners"
"""Parts that can be switched off."""


class TaskWatch:
    """Watches a bot's work outside its commands."""

    def __init__(
        self, containment: Containment, places: Places, unix_time: Callable[[], float], schedule: Schedule | None
    ) -> None:
        self._containment = containment
        self._listeners = Listeners(containment.part(LISTENERS), places, unix_time)
        missing = [] if schedule is None else schedule.missing()
        if missing:
            containment.switch_off(SCHEDULED, f"Lightbulb's tasks have no {', '.join(missing)}")
            schedule = None
        self._scheduled = None if schedule is None else ScheduledTasks(schedule, places, unix_time)
        self._tasks = LoopTasks(places, unix_time, None if schedule is None else schedule.loop_code)
        self._seen: list[Callable[[logging.LogRecord], object]] = []
        self._logs = [self._watch("asyncio", TASKS, self._tasks.on_record)]
        if schedule is not None and self._scheduled is not None:
            self._logs.append(self._watch(schedule.logger, SCHEDULED, self._scheduled.on_record))

    def _watch(self, logger: str, part: str, seen: Callable[[logging.LogRecord], object]) -> LogWatch:
        contained = self._containment.contain(part, seen)
        self._seen.append(contained)
        return LogWatch(logger, contained)

    def attach(self, bot: object, installation: Installation) -> None:
        """Begin to watch, until the installation is removed."""
        installation.attempt(TASKS, lambda: self._attach_logs(installation))
        if isinstance(bot, hikari.GatewayBotAware):
            manager = bot.event_manager
            installation.attempt(LISTENERS, lambda: installation.hold(LISTENERS, self._listeners.watch(manager)))

    def _attach_logs(self, installation: Installation) -> None:
        for log in self._logs:
            log.attach()
            installation.on_removal(log.detach)

    async def look(self) -> None:
        """Check every task, in short steps."""
        if TASKS not in self._containment.switched_off:
            with self._containment.containing(TASKS):
                await self._tasks.look()

    @property
    def running(self) -> int | None:
        """Running tasks of the loop at the last check."""
        return self._tasks.running

    def snapshot(self) -> BackgroundSnapshot:
        """The state as of now; of asyncio tasks, as of the last check."""
        scheduled = () if self._scheduled is None else self._containment.contain(SCHEDULED, self._scheduled.snapshot)()
        return BackgroundSnapshot(
            self.running, (*(scheduled or ()), *self._tasks.snapshot()), self._listeners.snapshot()
        )

    def dropped(self) -> dict[str, int]:
        """Records that were dropped because a bound was reached, by kind."""
        scheduled = 0 if self._scheduled is None else self._scheduled.dropped
        return {TASKS: self._tasks.dropped, SCHEDULED: scheduled, LISTENERS: self._listeners.dropped}
