"""Loads the monitor into a bot and unloads it; errors never reach the bot."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from plugin import costs, settings_source
from plugin.adapters.lifetime import Lifetime
from plugin.corridor.inventory import Inventory
from plugin.monitor import Monitor, monitor_of
from plugin.settings import Settings

_logger = logging.getLogger(__name__)

FAILED = "the monitor failed to load; the bot runs without it"


def load(
    bot: Any,
    owner: object,
    inventory: Callable[[], Inventory],
    attach: Callable[[Monitor, Any, Lifetime], object],
) -> Monitor | None:
    """Start to measure a bot; `owner` unloads the monitor later. Returns None, with one ERROR in the log, on failure.

    `attach` adds the parts that depend on the line of Lightbulb, each in its own `Monitor.attempt`, so that a part that
    fails is off and the others are on.
    """
    monitor: Monitor | None = None
    try:
        if monitor_of(bot) is not None:
            _logger.error("the monitor is already loaded for this bot")
            return None
        with costs.LEDGER.loading():
            found, settings = inventory(), settings_source.load()
            monitor = Monitor(bot, settings, found)
            lifetime = Lifetime(monitor, bot, owner)
            lifetime.subscribe()
            monitor.attach()
            attach(monitor, found, lifetime)
        lifetime.start_if_running()
        if settings.refused_rules:
            _logger.error("invalid rules, the monitor runs without them:\n%s", "\n".join(_lines(settings)))
    except settings_source.SettingsError as wrong:
        _logger.error("invalid settings, the monitor is not loaded:\n%s", wrong)
    except Exception:
        _logger.exception(FAILED)
        if monitor is not None:
            unload(monitor)
    else:
        return monitor
    return None


def _lines(settings: Settings) -> Iterator[str]:
    """One line for each problem of a rule."""
    for table, problems in settings.refused_rules.items():
        yield from (f"{table}: {problem}" for problem in problems)


def unload(monitor: Monitor) -> None:
    """Remove a monitor from its bot."""
    try:
        monitor.detach()
    except Exception:
        _logger.exception("the monitor could not be unloaded completely")
