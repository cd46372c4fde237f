"""Lightbulb 3: `await client.load_extensions("plugin")` on a client of a `GatewayBot` or a `RESTBot`."""

from __future__ import annotations

import asyncio
import logging
import sys
from types import ModuleType
from weakref import WeakSet

import lightbulb
from lightbulb.loaders import Loadable

from plugin.adapters.attaching import Lifetime, attach_or_leave, make_monitor
from plugin.adapters.lightbulb3.commands import OwnCommands
from plugin.adapters.lightbulb3.inventory import ClientInventory
from plugin.adapters.lightbulb3.measuring import Measuring
from plugin.monitor import Monitor, monitor_of

_logger = logging.getLogger(__name__)

EXTENSION = "plugin"

_active: WeakSet[Monitor] = WeakSet()


class MonitorLoadable(Loadable):
    """Puts a monitor into a client, and takes it out again."""

    __slots__ = ()

    async def load(self, client: lightbulb.Client) -> None:
        """Measure the client's bot; settings that cannot be used are an ERROR in the log, and nothing is loaded."""
        inventory = ClientInventory(client)
        monitor = make_monitor(client.app, inventory)
        if monitor is not None and attach_or_leave(monitor, lambda: _attach(client, monitor, inventory)):
            _active.add(monitor)
            _offer(client, monitor)

    async def unload(self, client: lightbulb.Client) -> None:
        """Take everything out of the client's bot again."""
        monitor = monitor_of(client.app)
        if monitor is not None:
            monitor.detach()
            _active.discard(monitor)
            _keep_importable()


loader = lightbulb.Loader()
loader.add(MonitorLoadable())


def _attach(client: lightbulb.Client, monitor: Monitor, inventory: ClientInventory) -> None:
    monitor.attach()
    Measuring(client, monitor, inventory).attach()
    commands = OwnCommands(client, monitor, inventory)
    if monitor.settings.commands:
        commands.attach()
    Lifetime(monitor, client.app, lambda: None).follow()


def _offer(client: lightbulb.Client, monitor: Monitor) -> None:
    try:
        client.di.registry_for(lightbulb.di.Contexts.DEFAULT).register_value(Monitor, monitor)
    except lightbulb.di.DependencyInjectionException:
        _logger.info("loaded after the first command ran, so Monitor cannot be injected; use plugin.monitor_of(bot)")


def _keep_importable() -> None:
    # Lightbulb forgets the module for every client of the process, and a later unload by another client does nothing
    # without it.
    module = sys.modules.get(EXTENSION)
    if _active and module is not None:
        asyncio.get_running_loop().call_soon(_put_back, module)


def _put_back(module: ModuleType) -> None:
    sys.modules.setdefault(EXTENSION, module)
