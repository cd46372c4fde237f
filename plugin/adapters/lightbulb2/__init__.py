"""Lightbulb 2: `bot.load_extensions("plugin")` on a `BotApp`."""

from __future__ import annotations

import lightbulb

from plugin.adapters.attaching import Lifetime, attach_or_leave, make_monitor
from plugin.adapters.lightbulb2.commands import OwnCommands
from plugin.adapters.lightbulb2.inventory import BotInventory
from plugin.adapters.lightbulb2.measuring import Measuring
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
    Measuring(bot, monitor, inventory).attach()
    commands = OwnCommands(bot, monitor, inventory)
    if monitor.settings.commands:
        commands.attach()
    Lifetime(monitor, bot, commands.make_room).follow()
