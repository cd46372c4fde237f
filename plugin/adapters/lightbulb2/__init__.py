"""Lightbulb 2: `bot.load_extensions("plugin")` on a `BotApp`.

Each part imports the names of Lightbulb that it needs, so that a missing name disables only that part.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

import lightbulb

from plugin.adapters import loading
from plugin.adapters.lifetime import Lifetime
from plugin.corridor.inventory import Inventory
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override
from plugin.monitor import Monitor, monitor_of


def load(bot: lightbulb.BotApp) -> None:
    """Start to measure a bot; never raises: failures are logged, and a part that fails is off."""
    loading.load(bot, bot, lambda: _inventory(bot), functools.partial(_attach, bot))


def unload(bot: lightbulb.BotApp) -> None:
    """Remove the monitor from the bot."""
    monitor = monitor_of(bot)
    if monitor is not None:
        loading.unload(monitor)


def _inventory(bot: lightbulb.BotApp) -> Inventory:
    from plugin.adapters.lightbulb2.inventory import BotInventory

    return BotInventory(bot)


def _attach(bot: lightbulb.BotApp, monitor: Monitor, inventory: Any, lifetime: Lifetime) -> None:
    def measure() -> None:
        from plugin.adapters.lightbulb2.measuring import Measuring

        Measuring(bot, monitor, inventory).attach()

    def answer() -> None:
        from plugin.adapters.lightbulb2.own_commands import OwnCommands

        commands = OwnCommands(bot, monitor, inventory)
        lifetime.before_sync = monitor.contain("commands of its own", commands.make_room)
        lifetime.on_stop = monitor.contain("stop", commands.close_pages)
        commands.attach()

    def click() -> None:
        from plugin.adapters.alert_clicks import attach

        attach(bot, monitor)

    stays_importable = {"reload_extensions": _importing_again}
    monitor.attempt("reload", lambda: monitor.hold("reload", Override(bot, stays_importable)))
    monitor.attempt("commands", measure)
    if monitor.settings.commands:
        monitor.attempt("commands of its own", answer)
    if monitor.settings.alert_channel:
        monitor.attempt("alert buttons", click)


def _importing_again(original: Method) -> Method:
    # When one bot unloads the extension, Lightbulb removes its module for every bot in the process, and none of them
    # could reload it without the module.
    def reload_extensions(bot: object, *extensions: str) -> Any:
        importlib.import_module("plugin")
        try:
            return original(bot, *extensions)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return reload_extensions
