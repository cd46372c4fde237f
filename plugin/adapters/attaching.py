"""What both lines of Lightbulb share: loading, starting, stopping and unloading the monitor of one bot."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import hikari

from plugin import settings as settings_source
from plugin.monitor import Inventory, Monitor, monitor_of

_logger = logging.getLogger(__name__)

NO_MENTIONS: dict[str, Any] = {"mentions_everyone": False, "user_mentions": False, "role_mentions": False}
"""For messages that show names which somebody else chose."""

LARGEST_COMMANDS = 100
"""How many slash commands Discord takes globally, and in each guild."""


def make_monitor(bot: hikari.RESTAware, inventory: Inventory) -> Monitor | None:
    """A monitor with the settings in force; None, and an ERROR in the log, where they cannot be used."""
    if monitor_of(bot) is not None:
        _logger.error("this bot is measured already; the extension is loaded once for each bot")
        return None
    try:
        return Monitor(bot, settings_source.load(), inventory)
    except settings_source.SettingsError as wrong:
        _logger.error("nothing is loaded, since the settings cannot be used:\n%s", wrong)
        return None


def attach_or_leave(monitor: Monitor, attach: Callable[[], object]) -> bool:
    """Attach; what goes wrong is logged and taken out again, so that the bot goes on without a monitor."""
    try:
        attach()
    except Exception:
        _logger.exception("the monitor could not be loaded; the bot goes on without it")
        monitor.detach()
        return False
    return True


class Lifetime:
    """Starts and stops a monitor with its bot."""

    def __init__(self, monitor: Monitor, bot: Any, before_sync: Callable[[], object]) -> None:
        self._monitor = monitor
        self._bot = bot
        self._before_sync = monitor.contain("commands of its own", before_sync)

    def follow(self) -> None:
        """Follow the bot's start and stop from now on; start at once where it runs already."""
        bot = self._bot
        if isinstance(bot, hikari.GatewayBotAware):
            bot.event_manager.subscribe(hikari.StartedEvent, self._on_started)
            bot.event_manager.subscribe(hikari.StoppingEvent, self._on_stopping)
        else:
            bot.add_startup_callback(self._on_started)
            bot.add_shutdown_callback(self._on_stopping)
        self._monitor.on_detach(self._leave)
        if bot.is_alive:
            self._start()
            _logger.info(
                "loaded after the start: Discord does not know the commands until sync_application_commands() is called"
            )

    def _leave(self) -> None:
        bot = self._bot
        if isinstance(bot, hikari.GatewayBotAware):
            bot.event_manager.unsubscribe(hikari.StartedEvent, self._on_started)
            bot.event_manager.unsubscribe(hikari.StoppingEvent, self._on_stopping)
        else:
            bot.remove_startup_callback(self._on_started)
            bot.remove_shutdown_callback(self._on_stopping)

    async def _on_started(self, _: object) -> None:
        self._before_sync()
        self._start()

    async def _on_stopping(self, _: object) -> None:
        self._monitor.stop()

    def _start(self) -> None:
        self._monitor.contain("start", self._monitor.start)()
        self._monitor.contain("start", self._tell_readers)()

    def _tell_readers(self) -> None:
        settings = self._monitor.settings
        if settings.commands:
            _logger.info("%s; the settings guilds and owner_only narrow it", _readers(self._bot, settings))


def _readers(bot: Any, settings: settings_source.Settings) -> str:
    if settings.owner_only:
        return "only this bot's owners can read its pages"
    if settings.guilds:
        return f"the administrators of {_guilds(len(settings.guilds))} can read this bot's pages"
    if not isinstance(bot, hikari.GatewayBotAware) or not bot.cache.settings.components & _GUILDS:
        return "the administrators of every guild this bot is in can read its pages"
    return f"the administrators of {_guilds(len(bot.cache.get_guilds_view()))} can read this bot's pages"


_GUILDS = hikari.api.CacheComponents.GUILDS


def _guilds(number: int) -> str:
    return "1 guild" if number == 1 else f"{number:,} guilds"


def without_taken(names: Sequence[str], taken: Callable[[str], bool], how: str) -> list[str]:
    """The names of ours that the bot does not use itself; each one left out is logged."""
    left_out = [name for name in names if taken(name)]
    for name in left_out:
        _logger.warning(
            "the bot has a %s named %r, so the monitor's is left out; set group to put them under one name", how, name
        )
    return [name for name in names if name not in left_out]


def no_room(bots_own: int, ours: int) -> bool:
    """Whether Discord's limit leaves no room for ours beside the bot's; if so, the log says it."""
    if bots_own + ours <= LARGEST_COMMANDS:
        return False
    _logger.warning(
        "the bot has %d of the %d slash commands that Discord takes, which leaves no room for %d of the monitor; "
        "they are not registered (the setting group needs room for one only)",
        bots_own,
        LARGEST_COMMANDS,
        ours,
    )
    return True


class OwnerIds:
    """The ids of a bot's owners, asked for once; a team's members are owners too."""

    def __init__(self, fetch: Callable[[], Awaitable[Sequence[int]]]) -> None:
        self._fetch = fetch
        self._known: frozenset[int] | None = None

    async def have(self, user_id: int) -> bool:
        """Whether a user is an owner."""
        if self._known is None:
            self._known = frozenset(map(int, await self._fetch()))
        return user_id in self._known


async def fetch_owner_ids(rest: hikari.api.RESTClient) -> Sequence[int]:
    """The owners of the application that a REST client is logged in as."""
    application = await rest.fetch_application()
    team = application.team.members if application.team is not None else ()
    return [application.owner.id, *team]
