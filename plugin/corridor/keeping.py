"""The scheduled work of history on the bot's loop: cuts what was counted into minutes, for the archive to write."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import hikari

from plugin.corridor.archive import Archive, Beat, HistoryUnavailable
from plugin.history import Store, StoreError, shown_address
from plugin.instrument.containment import Containment
from plugin.instrument.release import bot_folder, instance, release
from plugin.metrics import Registry, Samples
from plugin.metrics.command import CommandMetrics
from plugin.metrics.series import Gathering
from plugin.metrics.tally import Tally
from plugin.model import (
    Batch,
    CommandDelta,
    ConnectionSnapshot,
    ErrorDelta,
    HistoryState,
    Retention,
    Sample,
    Scope,
    Writer,
)
from plugin.settings import Settings
from plugin.words import megabytes, percent

_logger = logging.getLogger(__name__)

T = TypeVar("T")

_PART = "history"
MINUTE_S = 60
HOUR_S, DAY_S = 3600, 86_400
COMMANDS_A_STEP = 50
LEAST_PAUSE_S = 1.0

SWITCHED_OFF = "History is switched off (setting database)."
NOT_STARTED = "History begins with the bot's start."


class Keeper:
    """Keeps history while the bot runs."""

    def __init__(
        self,
        rest: hikari.api.RESTClient,
        registry: Registry,
        samples: Samples,
        connection: Callable[[], ConnectionSnapshot],
        alerts: Callable[[], int],
        failures: Callable[[], Iterable[ErrorDelta]],
        containment: Containment,
        settings: Settings,
    ) -> None:
        self._rest = rest
        self._registry = registry
        self._samples = samples
        self._connection = connection
        self._alerts = alerts
        self._failures = failures
        self._tally = Tally()
        self._containment = containment
        self._settings = settings
        self._instance = instance(settings.instance)
        self._release = release(settings.release, bot_folder())
        self._gathering = Gathering()
        self._gathered: Sample | None = None
        self._samples_gathered = 0
        self._archive: Archive | None = None
        self._bot_id: int | None = None
        self._commands: list[CommandDelta] = []
        self._errors: list[ErrorDelta] = []
        """What was cut and is in no batch yet, here and above: whoever began a cut may be cancelled in it."""
        self._sequence = 0
        self._span_start = time.time()
        self._cutting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        """How many error groups of one minute found no room."""

    @property
    def state(self) -> HistoryState | None:
        """How it stands; None where no history is kept."""
        if self._archive is not None:
            return self._archive.state
        if not self._settings.database:
            return None
        return HistoryState(self._shown(), self._instance, self._release, None, None, 0, 0)

    def scope(self, fleet: bool = False) -> Scope:
        """Whose history is asked for: that of this instance, or of all; raises HistoryUnavailable."""
        if self._bot_id is None:
            raise HistoryUnavailable(NOT_STARTED if self._settings.database else SWITCHED_OFF)
        return Scope(self._bot_id, None if fleet else self._instance)

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The store's answer to a question that is asked in the archive's thread; raises HistoryUnavailable."""
        if self._archive is None:
            raise HistoryUnavailable(NOT_STARTED if self._settings.database else SWITCHED_OFF)
        return await self._archive.ask(question)

    async def flush(self) -> None:
        """Write what is counted by now; returns when it is written, or cannot be."""
        if self._archive is not None:
            await self._cut(self._archive)
            await self._archive.settled()

    def tell(self) -> None:
        """Say in the log where history is kept."""
        if self._settings.database:
            _logger.info("history goes to %s (setting database)", self._shown())

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already, or where history is switched off."""
        if self._settings.database and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run(), name="golem history")

    async def stop(self) -> None:
        """Write the rest, say goodbye, and end."""
        archive = self._archive
        if archive is not None:
            with self._containment.containing(_PART):
                await self._cut(archive)
        self.end()
        if archive is not None:
            await archive.ended()

    def end(self) -> None:
        """The same without waiting for it."""
        if self._task is not None:
            if not self._task.get_loop().is_closed():
                self._task.cancel()
            self._task = None
        archive, self._archive = self._archive, None
        if archive is not None:
            with self._containment.containing(_PART):
                for command in self._registry.commands():
                    self._take(command)
                self._put(archive)
            archive.end()

    async def _run(self) -> None:
        while _PART not in self._containment.switched_off:
            with self._containment.containing(_PART):
                if self._archive is None:
                    await self._open()
                if self._archive is not None:
                    await self._cut(self._archive)
            await asyncio.sleep(self._pause_s())

    def _pause_s(self) -> float:
        """Seconds until the next cut, such that cuts meet the ends of minutes."""
        interval_s = self._settings.flush_interval_s
        return max(LEAST_PAUSE_S, interval_s - time.time() % interval_s)

    async def _open(self) -> None:
        try:
            application = await self._rest.fetch_application()
        except (hikari.HTTPError, hikari.ComponentStateConflictError, OSError) as refused:
            _logger.debug("which application this is could not be asked yet: %s", refused)
            return
        self._bot_id = int(application.id)
        loop = asyncio.get_running_loop()

        def fault(fault: Exception) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._containment.fault, _PART, fault)

        settings = self._settings
        retention = Retention(
            int(settings.minute_rows_kept_hours * HOUR_S),
            int(settings.hour_rows_kept_days * DAY_S),
            int(settings.day_rows_kept_days * DAY_S),
        )
        writer = Writer(self._bot_id, self._instance, uuid.uuid4().hex, self._release)
        self._archive = Archive(settings.database, writer, retention, self._shown(), fault)

    async def _cut(self, archive: Archive) -> None:
        async with self._cutting:
            for number, command in enumerate(self._registry.commands(), 1):
                self._take(command)
                if number % COMMANDS_A_STEP == 0:
                    await asyncio.sleep(0)
            self._put(archive)

    def _take(self, command: CommandMetrics) -> None:
        errors, dropped = command.cut_errors()
        self.dropped += dropped
        self._errors += errors
        delta = command.cut()
        if delta is not None:
            self._commands.append(delta)

    def _put(self, archive: Archive) -> None:
        now, connection = time.time(), self._connection()
        self._errors += self._tally.since(self._failures())
        self._gather(connection)
        beat = Beat(now, tuple(shard.id for shard in connection.shards or ()), self._status())
        start = int(self._span_start // MINUTE_S * MINUTE_S)
        self._sequence += 1
        series, commands, errors = self._gathering.take(), tuple(self._commands), tuple(self._errors)
        self._commands, self._errors = [], []
        self._span_start = now
        archive.put(Batch(start, self._sequence, commands, series, errors), beat)

    def _gather(self, connection: ConnectionSnapshot) -> None:
        for sample in self._samples.since(self._samples_gathered):
            self._gathering.sample(sample, self._gathered)
            self._gathered = sample
        self._samples_gathered = self._samples.taken
        self._gathering.connection(connection)

    def _status(self) -> str:
        newest, alerts = self._samples.newest(), self._alerts()
        if newest is None:
            return ""
        resources = newest.resources
        said = [f"memory {megabytes(resources.rss_bytes / 2**20)}"]
        if resources.cpu_share is not None:
            said.append(f"CPU {percent(100 * resources.cpu_share)}")
        said.append(f"{alerts} alert{'' if alerts == 1 else 's'}")
        return ", ".join(said)

    def _shown(self) -> str:
        try:
            return shown_address(self._settings.database)
        except StoreError:
            return "an address that cannot be read"
