"""Loads the monitor into a bot and takes it out again; whatever goes wrong, the bot goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from plugin import costs
from plugin import settings as settings_source
from plugin.adapters.attaching import Lifetime
from plugin.monitor import Inventory, Monitor, monitor_of

_logger = logging.getLogger(__name__)

GOES_ON = "the monitor failed to load; the bot runs without it"


def load(
    bot: Any,
    owner: object,
    inventory: Callable[[], Inventory],
    attach: Callable[[Monitor, Any, Lifetime], object],
) -> Monitor | None:
    """Measure a bot, with a lifetime that `owner` asks to end; None, and one ERROR in the log, where that cannot be.

    `attach` puts in what is particular to a line of Lightbulb. It makes each part in a `Monitor.attempt` of its own,
    so that one that fails is off and the others are on.
    """
    monitor: Monitor | None = None
    try:
        if monitor_of(bot) is not None:
            _logger.error("the monitor is already loaded for this bot")
            return None
        with costs.LEDGER.loading():
            found = inventory()
            monitor = Monitor(bot, settings_source.load(), found)
            lifetime = Lifetime(monitor, bot, owner)
            lifetime.follow()
            monitor.attach()
            attach(monitor, found, lifetime)
        lifetime.begin()
    except settings_source.SettingsError as wrong:
        _logger.error("invalid settings, the monitor is not loaded:\n%s", wrong)
    except Exception:
        _logger.exception(GOES_ON)
        if monitor is not None:
            unload(monitor)
    else:
        return monitor
    return None


def unload(monitor: Monitor) -> None:
    """Take a monitor out of its bot again."""
    try:
        monitor.detach()
    except Exception:
        _logger.exception("the monitor could not be unloaded completely")
