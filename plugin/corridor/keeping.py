"""History on the bot's loop: open the archive, and hand it every minute, and the last one at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import hikari

from plugin.corridor.archive import Archive, HistoryUnavailable
from plugin.corridor.cutting import MINUTE_S
from plugin.corridor.history_writer import Beat
from plugin.corridor.loop_end import LoopEnd
from plugin.corridor.loop_pulse import LoopPulse
from plugin.corridor.minutes import Minute, Minutes
from plugin.history import StoreError, shown_address
from plugin.instrument.containment import Containment
from plugin.instrument.release import bot_folder, instance, release
from plugin.metrics.batches import Backlog
from plugin.model import Finding, HistoryState, Retention, Scope, Writer
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.history.store import Store

_logger = logging.getLogger(__name__)

T = TypeVar("T")

_PART = "history"
HOUR_S, DAY_S = 3600, 86_400
FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 1.0
"""First and longest pause between checks whether a stopped bot still has commands in flight."""

BEGUN_S = 1.0
"""How long a page waits for history to open after the start."""

SWITCHED_OFF = "History is switched off (setting database)."
NOT_STARTED = "History starts when the bot starts."


class Keeper:
    """Keeps history while the bot runs, and until the last of its commands has ended."""

    def __init__(
        self,
        rest: hikari.api.RESTClient,
        minutes: Minutes,
        status: Callable[[], tuple[tuple[int, ...], str]],
        busy: Callable[[], bool],
        containment: Containment,
        settings: Settings,
    ) -> None:
        """`status` returns the shard ids and the status; `busy` whether anything is in flight that will be counted."""
        self._rest = rest
        self._minutes = minutes
        self._status = status
        self._busy = busy
        self._containment = containment
        self._settings = settings
        self._instance = instance(settings.instance)
        self._release = release(settings.release, bot_folder())
        self._archive: Archive | None = None
        self._waiting = Backlog()
        """Batches that are not handed over yet, since the archive is not open or the next write is not due."""
        self._beat: Beat | None = None
        self._slot = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        """The loop on which history is kept now."""
        self.bot: int | None = None
        """Application id; fetched if it is not set by the start."""
        self.before_exit: Callable[[], object] = lambda: None
        """Called first if the process exits although its loop never ended."""
        self._loop_end = LoopEnd(self.leave, self._exit)
        self._look: asyncio.TimerHandle | None = None
        if settings.database:
            minutes.before.append(self._prepare)
            minutes.subscribe(_PART, self._take)

    @property
    def state(self) -> HistoryState | None:
        """The state of history; None if none is kept."""
        if self._archive is not None:
            return self._archive.state
        if not self._settings.database:
            return None
        return HistoryState(self._shown(), self._instance, self._release, None, None, 0, 0)

    @property
    def settled(self) -> bool:
        """Whether its name in history is definite, or history cannot be written."""
        return self._archive is not None and self._archive.begun

    @property
    def instance(self) -> str:
        """The name of this process in its fleet."""
        return self._instance if self._archive is None else self._archive.instance

    def scope(self, fleet: bool = False) -> Scope:
        """The scope of this instance, or of all; raises HistoryUnavailable."""
        if self.bot is None:
            raise HistoryUnavailable(NOT_STARTED if self._settings.database else SWITCHED_OFF)
        if self._archive is not None:
            self._instance = self._archive.instance
        return Scope(self.bot, None if fleet else self._instance)

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """Query the store in the archive's thread; raises HistoryUnavailable."""
        if self._archive is None:
            raise HistoryUnavailable(NOT_STARTED if self._settings.database else SWITCHED_OFF)
        return await self._archive.ask(question)

    async def begun(self) -> None:
        """Wait briefly until history has read the time before this start."""
        archive = self._archive
        if archive is not None and not archive.begun:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEGUN_S):
                    await archive.settled()

    async def flush(self) -> None:
        """Write everything counted so far; returns when it is written, or cannot be."""
        if self._archive is not None:
            await self._minutes.cut()
            self._hand_over(self._archive)
            await self._archive.settled()

    def take_left_open(self) -> tuple[Finding, ...]:
        """Return, once, the findings that were open when the previous process ended."""
        return () if self._archive is None else self._archive.take_left_open()

    def tell(self) -> None:
        """Log where history is kept."""
        if self._settings.database:
            _logger.info("history is kept in %s (setting database)", self._shown())

    def start(self) -> None:
        """Start on the running loop, unless it runs already or history is switched off."""
        loop = asyncio.get_running_loop()
        if self._settings.database and self._loop is not loop:
            self.end()  # of a bot that was stopped and starts again, perhaps on another loop
            self._loop = loop
            with self._containment.containing(_PART):
                self._open()
            self._loop_end.follow()

    async def stop(self) -> None:
        """The bot is stopping: write now, since there may be no time later; commands are still in flight."""
        self._cancel()
        if self._archive is not None:
            await self._minutes.cut()
            self._hand_over(self._archive)

    async def stopped(self) -> None:
        """The bot has stopped, and no command begins any more: leave as soon as the last one has ended."""
        if not self._busy():
            await self.leave()
        elif self._archive is not None:
            self._look_later(FIRST_LOOK_S)

    async def leave(self) -> None:
        """Write the rest, record the shutdown and end; returns when done, or when it takes too long."""
        archive = self._archive
        self.end()
        if archive is not None:
            await archive.ended()

    def end(self) -> None:
        """The same without waiting."""
        self._cancel()
        self._loop_end.leave()
        if self._archive is not None:
            self._minutes.cut_now()
            archive, self._archive = self._archive, None
            self._hand_over(archive)
            archive.end()

    def _cancel(self) -> None:
        if self._look is not None:
            self._look.cancel()
        self._look = self._loop = None

    def _look_later(self, pause_s: float) -> None:
        # By a timer, not by a task, since hikari logs the tasks that it has to end.
        def look() -> None:
            if self._busy():
                self._look_later(min(2 * pause_s, LONGEST_LOOK_S))
            else:
                self.end()

        self._look = asyncio.get_running_loop().call_later(pause_s, self._containment.contain(_PART, look))

    def _exit(self) -> None:
        archive = self._archive
        with self._containment.containing(_PART):
            self.before_exit()
        self.end()
        if archive is not None:
            archive.join()

    async def _prepare(self) -> None:
        """Open history if that was not possible before."""
        if self._loop is not None and _PART not in self._containment.switched_off:
            with self._containment.containing(_PART):
                if self._archive is None or not self._archive.alive:
                    await self._ask_bot()
                    self._open()

    async def _ask_bot(self) -> None:
        if self.bot is None:
            try:
                self.bot = int((await self._rest.fetch_application()).id)
            except (hikari.HTTPError, hikari.ComponentStateConflictError, OSError) as refused:
                _logger.debug("the application id could not be fetched yet: %s", refused)

    def _open(self) -> None:
        if self.bot is None:
            return
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
        given = bool(settings.instance)
        writer = Writer(self.bot, instance(settings.instance), uuid.uuid4().hex, self._release, given)
        beat_s, pulse = settings.flush_interval_s, LoopPulse(loop)
        self._archive = Archive(settings.database, writer, retention, self._shown(), fault, beat_s=beat_s, loop=pulse)

    def _take(self, minute: Minute) -> None:
        self._waiting.put(minute.batch)
        self._beat = Beat(minute.at, *self._status())
        if self._archive is not None and self._is_due(minute.at):
            self._hand_over(self._archive)

    def _is_due(self, at: float) -> bool:
        """Whether to write now: if writes are rarer than cuts, only at the first cut after each multiple."""
        if self._settings.flush_interval_s <= MINUTE_S:
            return True
        slot, self._slot = self._slot, at // self._settings.flush_interval_s
        return slot != self._slot

    def _hand_over(self, archive: Archive) -> None:
        if self._beat is not None and archive.alive:
            for batch in self._waiting.take():
                archive.put(batch, self._beat)

    def _shown(self) -> str:
        try:
            return shown_address(self._settings.database)
        except StoreError:
            return "an address that cannot be read"
