"""Lightbulb 3: `await client.load_extensions("plugin")` on a client of a `GatewayBot` or a `RESTBot`.

Each part imports the names of Lightbulb that it needs, so that a missing name disables only that part.
"""

from __future__ import annotations

import functools
import importlib
import logging
from typing import TYPE_CHECKING, Any

import lightbulb
from lightbulb import loaders

from plugin.adapters import loading
from plugin.adapters.lifetime import Lifetime
from plugin.corridor.inventory import Inventory
from plugin.corridor.tie import tie_of
from plugin.instrument.override import Override
from plugin.instrument.wrappers import preceded
from plugin.monitor import Monitor

_logger = logging.getLogger(__name__)

EXTENSION = "plugin"


if TYPE_CHECKING:
    from lightbulb.loaders import Loadable
else:  # Lightbulb calls its two methods, whatever its class
    Loadable = getattr(loaders, "Loadable", object)


class MonitorLoadable(Loadable):
    """Loads the monitor into a client, and unloads it."""

    __slots__ = ()

    async def load(self, client: lightbulb.Client) -> None:
        """Start to measure the client's bot; never raises: failures are logged, and a part that fails is off."""
        loading.load(client.app, client, lambda: _inventory(client), functools.partial(_attach, client))

    async def unload(self, client: lightbulb.Client) -> None:
        """Remove the monitor from the client's bot, unless another client loaded it."""
        tie = tie_of(client)
        if tie is None or tie.owner is not client:
            return
        monitor: Monitor = tie.monitor
        with monitor.containing("unload"):
            await monitor.stop()
            await monitor.leave()
        loading.unload(monitor)


loader = lightbulb.Loader()
loader.add(MonitorLoadable())


def _inventory(client: lightbulb.Client) -> Inventory:
    from plugin.adapters.lightbulb3.inventory import ClientInventory

    return ClientInventory(client)


def _attach(client: lightbulb.Client, monitor: Monitor, inventory: Any, lifetime: Lifetime) -> None:
    def measure() -> None:
        from plugin.adapters.lightbulb3.measuring import Measuring

        Measuring(client, monitor, inventory).attach()

    def answer() -> None:
        from plugin.adapters.lightbulb3.own_commands import OwnCommands

        commands = OwnCommands(client, monitor, inventory)
        lifetime.on_stop = monitor.contain("stop", commands.close_pages)
        commands.attach()

    def click() -> None:
        from plugin.adapters.alert_clicks import attach

        attach(client.app, monitor)

    stays_importable: dict[str, Any] = dict.fromkeys(
        ("unload_extensions", "reload_extensions"), preceded(_import_again)
    )
    monitor.attempt("reload", lambda: monitor.hold("reload", Override(client, stays_importable)))
    monitor.attempt("commands", measure)
    if monitor.settings.commands:
        monitor.attempt("commands of its own", answer)
    if monitor.settings.alert_channel:
        monitor.attempt("alert buttons", click)
    monitor.attempt("injection", lambda: _offer(client, monitor))


async def _import_again() -> None:
    # When one client unloads the extension, Lightbulb removes its module for every client in the process, and none of
    # them could unload it without the module.
    importlib.import_module(EXTENSION)


def _offer(client: lightbulb.Client, monitor: Monitor) -> None:
    try:
        client.di.registry_for(lightbulb.di.Contexts.DEFAULT).register_value(Monitor, monitor)
    except lightbulb.di.DependencyInjectionException:
        _logger.info("loaded after the first command ran, so Monitor cannot be injected; use plugin.monitor_of(bot)")
