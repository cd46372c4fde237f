"""Lightbulb 2: `bot.load_extensions("plugin")` on a `BotApp`."""

from __future__ import annotations

import importlib
from typing import Any

import lightbulb

from plugin.adapters.attaching import Lifetime, attach_or_leave, make_monitor
from plugin.adapters.lightbulb2.commands import OwnCommands
from plugin.adapters.lightbulb2.inventory import BotInventory
from plugin.adapters.lightbulb2.measuring import Measuring
from plugin.instrument.override import Method, leave_no_frame
from plugin.monitor import Monitor, monitor_of


def load(bot: lightbulb.BotApp) -> None:
    """Measure a bot; settings that cannot be used are an ERROR in the log, and nothing is loaded."""
    inventory = BotInventory(bot)
    monitor = make_monitor(bot, inventory)
    if monitor is not None:
        attach_or_leave(monitor, lambda: _attach(bot, monitor, inventory))


def unload(bot: lightbulb.BotApp) -> None:
    """Take everything out of the bot again."""
    monitor = monitor_of(bot)
    if monitor is not None:
        monitor.detach()


def _attach(bot: lightbulb.BotApp, monitor: Monitor, inventory: BotInventory) -> None:
    monitor.attach()
    monitor.override("reload", bot, {"reload_extensions": _importing_again})
    Measuring(bot, monitor, inventory).attach()
    commands = OwnCommands(bot, monitor, inventory)
    if monitor.settings.commands:
        commands.attach()
    Lifetime(monitor, bot, commands.close_pages, commands.make_room).follow()


def _importing_again(original: Method) -> Method:
    # An unload by one bot makes Lightbulb forget the module for every bot of the process, and none of them can reload
    # an extension whose module is not known.
    def reload_extensions(bot: object, *extensions: str) -> Any:
        importlib.import_module("plugin")
        try:
            return original(bot, *extensions)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return reload_extensions
