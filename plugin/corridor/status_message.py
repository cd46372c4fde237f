"""A message in Discord that shows how the bot is, and is changed every minute."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable

import hikari

from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.pauses import Pauses
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.loop_task import LoopTask
from plugin.display.status_message import status_notice
from plugin.instrument.containment import Containment
from plugin.model import Health, Notice, SendingState, Snapshot
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import GoneError, TargetError
from plugin.settings import Settings
from plugin.words import lasting

_logger = logging.getLogger(__name__)

PART = "status message"
EVERY_S = 60.0
PATIENCE_S = 300.0
"""How long after the start it waits for history, which knows the message of before."""
CONFIRMED_S = 3600.0
"""History forgets messages that nobody confirms for a long time."""


class StatusMessage:
    """Finds its message of before the restart, or sends and pins a new one."""

    def __init__(
        self,
        channel: DiscordChannel,
        notice: Callable[[str], Awaitable[Notice]],
        history: AlertHistory,
        bot: Callable[[], int | None],
        settled: Callable[[], bool],
        containment: Containment,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """`notice` makes the text, given how the message is to be found again; `bot` is the id of the application.

        `settled` tells whether this process has a definite name in history; `clock_s` is Unix time.
        """
        self._channel = channel
        self._notice = notice
        self._history = history
        self._bot = bot
        self._settled = settled
        self._containment = containment
        self._clock_s = clock_s
        self._message = ""
        self._begun: float | None = None
        self._confirmed = -CONFIRMED_S
        self._pauses = Pauses()
        self.state = SendingState(None, None)
        self._task = LoopTask(f"golem {PART}", self._run)

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once; the message stays, and says when it was changed last."""
        self._task.stop()

    async def look(self) -> None:
        """Bring the message up to date now."""
        now = self._clock_s()
        self._begun = now if self._begun is None else self._begun
        waits = self._history.is_kept and not self._settled() and 0 <= now - self._begun < PATIENCE_S
        if waits or not self._pauses.due(now):
            return
        try:
            await self._show(now)
        except TargetError as problem:
            self._failed(problem, now)
        else:
            self._succeeded(now)

    async def _show(self, now: float) -> None:
        mark = f"status {self._id}"
        notice = await self._notice(mark)
        if not self._message:
            self._message = await self._known() or await self._channel.find(mark, 0.0) or ""
        if self._message:
            try:
                await self._channel.edit(self._message, notice)
            except GoneError:
                self._message = ""
        if not self._message:
            self._message = await self._channel.send(notice)
            self._confirmed = -CONFIRMED_S
            await self._pin()
        if not 0 <= now - self._confirmed < CONFIRMED_S:
            await self._history.keep(self._id, self._message, "", now)
            self._confirmed = now

    @property
    def _id(self) -> str:
        """The same after a restart, and another one for each bot and instance that writes in the channel."""
        told = f"{self._bot()}\0{self._history.owner}"
        return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=4).hexdigest()

    async def _known(self) -> str | None:
        kept = await self._history.told() or ()
        return next((row.message for row in kept if row.incident == self._id), None)

    async def _pin(self) -> None:
        try:
            await self._channel.pin(self._message)
        except TargetError as problem:
            _logger.info("the status message is not pinned, which needs Pin Messages: %s", problem)

    def _failed(self, problem: TargetError, now: float) -> None:
        state = self.state
        if str(problem) != state.problem:
            _logger.warning("status message not changed (setting %s): %s", self._channel.setting, problem)
        since = now if state.failing_since is None else state.failing_since
        self.state = state._replace(failing_since=since, problem=str(problem))
        self._pauses.failed(now)

    def _succeeded(self, now: float) -> None:
        since = self.state.failing_since
        if since is not None:
            _logger.info("the status message is changed again after %s", lasting(now - since))
        self._pauses = Pauses()
        self.state = SendingState(now, None)

    async def _run(self) -> None:
        while PART not in self._containment.switched_off:
            with self._containment.containing(PART):
                await self.look()
            await asyncio.sleep(EVERY_S)


def new_status_message(
    rest: hikari.api.RESTClient,
    settings: Settings,
    keeper: Keeper,
    history: HistorySource | None,
    look: Callable[[bool], Awaitable[tuple[Snapshot, Health]]],
    containment: Containment,
) -> StatusMessage:
    """The one in `status_channel`, as those may see it who read there; `history` is None where none is kept."""
    details = settings.details == "readers"

    async def notice(mark: str) -> Notice:
        snapshot, health = await look(details)
        return status_notice(snapshot, health, mark, keeper.instance if details else settings.instance)

    channel = DiscordChannel(rest, settings.status_channel, "status_channel")
    kept = AlertHistory(history, f"status:{settings.status_channel}", lambda: keeper.instance)
    return StatusMessage(channel, notice, kept, lambda: keeper.bot, lambda: keeper.settled, containment)
