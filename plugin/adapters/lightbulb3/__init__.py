"""Lightbulb 3: `await client.load_extensions("plugin")` on a client of a `GatewayBot` or a `RESTBot`."""

from __future__ import annotations

import importlib
import logging
from typing import Any

import lightbulb
from lightbulb.loaders import Loadable

from plugin.adapters.attaching import Lifetime, attach_or_leave, make_monitor
from plugin.adapters.lightbulb3.commands import OwnCommands
from plugin.adapters.lightbulb3.inventory import EXTENSION, ClientInventory
from plugin.adapters.lightbulb3.measuring import Measuring
from plugin.instrument.override import Override, preceded
from plugin.monitor import Monitor

_logger = logging.getLogger(__name__)

_MARK = "_golem_monitor_of_client"


class MonitorLoadable(Loadable):
    """Puts a monitor into a client, and takes it out again."""

    __slots__ = ()

    async def load(self, client: lightbulb.Client) -> None:
        """Measure the client's bot; settings that cannot be used are an ERROR in the log, and nothing is loaded."""
        inventory = ClientInventory(client)
        monitor = make_monitor(client.app, inventory)
        if monitor is not None and attach_or_leave(monitor, lambda: _attach(client, monitor, inventory)):
            _offer(client, monitor)

    async def unload(self, client: lightbulb.Client) -> None:
        """Take everything out of the client's bot again; a monitor that another client loaded stays."""
        monitor: Monitor | None = getattr(type(client), _MARK, None)
        if monitor is not None:
            with monitor.containing("unload"):
                await monitor.stop()
                await monitor.leave()
            monitor.detach()


loader = lightbulb.Loader()
loader.add(MonitorLoadable())


def _attach(client: lightbulb.Client, monitor: Monitor, inventory: ClientInventory) -> None:
    monitor.attach()
    stays_importable: dict[str, Any] = dict.fromkeys(
        ("unload_extensions", "reload_extensions"), preceded(_import_again)
    )
    monitor.on_detach(Override(client, stays_importable, marks={_MARK: monitor}).undo)
    Measuring(client, monitor, inventory).attach()
    commands = OwnCommands(client, monitor, inventory)
    if monitor.settings.commands:
        commands.attach()
    Lifetime(monitor, client.app, commands.close_pages).follow()


async def _import_again() -> None:
    # An unload by one client makes Lightbulb forget the module for every client of the process, and none of them can
    # unload an extension whose module is not known.
    importlib.import_module(EXTENSION)


def _offer(client: lightbulb.Client, monitor: Monitor) -> None:
    try:
        client.di.registry_for(lightbulb.di.Contexts.DEFAULT).register_value(Monitor, monitor)
    except lightbulb.di.DependencyInjectionException:
        _logger.info("loaded after the first command ran, so Monitor cannot be injected; use plugin.monitor_of(bot)")
