"""Starts and stops the monitor of one bot, on both lines of Lightbulb."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import hikari

from plugin.corridor.tie import Tie
from plugin.monitor import Monitor
from plugin.settings import Settings

_logger = logging.getLogger(__name__)

NO_MENTIONS: dict[str, Any] = {"mentions_everyone": False, "user_mentions": False, "role_mentions": False}
"""For messages that show names which somebody else chose."""

LARGEST_COMMANDS = 100
"""How many slash commands Discord takes globally, and in each guild."""


class Lifetime(Tie):
    """Starts and stops a monitor together with its bot."""

    def __init__(self, monitor: Monitor, bot: Any, owner: object) -> None:
        super().__init__(monitor, owner)
        self._monitor = monitor
        self._bot = bot
        self.on_stop: Callable[[], object] = _nothing
        """Called when the bot stops; must not raise."""
        self.before_sync: Callable[[], object] = _nothing
        """Called before Lightbulb may register its commands with Discord; must not raise."""
        self._listening: list[tuple[Any, Any]] = []
        self._guild_ids: set[int] = set()
        """From the shards' ready events; the cache learns of each guild only later."""

    def subscribe(self) -> None:
        """Watch the bot's start and stop until the monitor detaches."""
        self._monitor.on_detach(self._unsubscribe)
        bot = self._bot
        if isinstance(bot, hikari.GatewayBotAware):
            for event, listener in self._listeners():
                bot.event_manager.subscribe(event, listener)
                self._listening.append((event, listener))
        else:
            bot.add_startup_callback(self._on_started)
            bot.add_shutdown_callback(self._on_stopping)
            bot.add_shutdown_callback(self._on_stopped)

    def start_if_running(self) -> None:
        """Start at once if the bot is already running."""
        if _runs(self._bot):
            self._start()
            _logger.info("loaded after startup: call sync_application_commands() to register the commands with Discord")

    def _listeners(self) -> Sequence[tuple[Any, Any]]:
        return (
            (hikari.ShardReadyEvent, self._on_ready),
            (hikari.StartedEvent, self._on_started),
            (hikari.StoppingEvent, self._on_stopping),
            (hikari.StoppedEvent, self._on_stopped),
        )

    def _unsubscribe(self) -> None:
        bot = self._bot
        if isinstance(bot, hikari.GatewayBotAware):
            for event, listener in self._listening:
                if listener in bot.event_manager.get_listeners(event, polymorphic=False):
                    bot.event_manager.unsubscribe(event, listener)
        else:
            for callbacks, remove, callback in (
                (bot.on_startup, bot.remove_startup_callback, self._on_started),
                (bot.on_shutdown, bot.remove_shutdown_callback, self._on_stopping),
                (bot.on_shutdown, bot.remove_shutdown_callback, self._on_stopped),
            ):
                if callback in callbacks:
                    remove(callback)

    async def _on_ready(self, event: hikari.ShardReadyEvent) -> None:
        self._guild_ids.update(event.unavailable_guilds)
        self._monitor.know_application(int(event.application_id))

    async def _on_started(self, _: object) -> None:
        self.before_sync()
        self._start()

    async def _on_stopping(self, _: object) -> None:
        self.on_stop()
        with self._monitor.containing("stop"):
            await self._monitor.stop()

    async def _on_stopped(self, _: object) -> None:
        with self._monitor.containing("stop"):
            await self._monitor.stopped()

    def _start(self) -> None:
        self._monitor.contain("start", self._monitor.start)()
        self._monitor.contain("start", self._log_readers)()

    def _log_readers(self) -> None:
        settings = self._monitor.settings
        if settings.commands:
            readers = _readers(self._count_guilds(), settings)
            _logger.info("%s; restrict access with the settings guilds and owner_only, extend it with details", readers)

    def _count_guilds(self) -> int:
        cached = self._bot.cache.get_guilds_view() if isinstance(self._bot, hikari.GatewayBotAware) else ()
        count = len(self._guild_ids.union(cached))
        self._guild_ids.clear()
        return count


def _nothing() -> None:
    """Do nothing: the monitor has no commands of its own."""


def _runs(bot: Any) -> bool:
    # `is_alive` is already true during StartingEvent and startup callbacks, in which many bots load extensions.
    if isinstance(bot, hikari.GatewayBotAware):
        return bool(bot.shards)
    return bool(bot.is_alive and bot.interaction_server.is_alive)


def _readers(guilds: int, settings: Settings) -> str:
    """Who can view the pages, and who sees details on them, for the log."""
    if settings.owner_only:
        return "only this bot's owners can view its pages"
    whose = _guilds(len(settings.guilds) or guilds) if settings.guilds or guilds else "every guild this bot is in"
    if settings.details == "readers":
        return f"the administrators of {whose} can view this bot's pages with all details"
    details = "source locations, error types, the database, hosts and releases"
    return f"the administrators of {whose} can view this bot's pages; only its owners see {details} on them"


def _guilds(number: int) -> str:
    return "1 guild" if number == 1 else f"{number:,} guilds"
