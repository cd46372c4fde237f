"""Bots on Lightbulb 3, not started and without a network."""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Sequence

import hikari
import lightbulb

from tests.bench.network import QUIETLY, Wire
from tests.bench.rivals import Around, Prometheus

END_BOUND, FIRST_RESPONSE_BOUND = 1.08, 1.12
ADDED_BOUNDS = {"silent": 0.5, "answering": 0.8}
"""What the monitor may add to a command, as a share of what prometheus_client adds."""

NO_BODY = {"interaction": {"id": "1", "type": 2}}
"""The shortest answer that hikari takes: parsing a whole message would hide what the monitor adds."""

SCOPES = (1, 2, 3, 4)
"""Guilds that the commands of many cogs are registered in, a hundred at most in each, as Discord takes them."""


class Bot:
    """A bot with one command that does nothing and one that responds."""

    def __init__(self, token: str, rival: Around | Prometheus | None = None) -> None:
        self.app = hikari.GatewayBot(token, **QUIETLY)
        hooks = _hooks(rival) if isinstance(rival, Prometheus) else ()
        self.client = lightbulb.client_from_app(self.app, sync_commands=False, hooks=hooks)
        self.wire = Wire(self.app, NO_BODY)
        self.ran = 0
        self._loaders: dict[str, lightbulb.Loader] = {}
        self._register(None if isinstance(rival, Prometheus) else rival)

    def add_commands(self, number: int, cogs: int) -> None:
        """Add commands in so many cogs, each a group."""
        scopes = itertools.cycle(SCOPES)
        for cog in range(cogs):
            group = lightbulb.Group(f"group{cog}", "A group")
            for index in range(cog, number, cogs):
                group.register(_plain(f"command{index}"))
            loader = self._loaders[f"cog{cog}"] = lightbulb.Loader()
            loader.command(group, guilds=[next(scopes)])

    async def start(self, measured: bool) -> None:
        """Make it ready for events, with the monitor or without."""
        await self.wire.connect()
        for name, loader in self._loaders.items():
            await self._load(name, loader)
        if measured:
            await self.client.load_extensions("plugin")
        await self.client.start()

    async def stop(self) -> None:
        """Leave nothing behind."""
        if "plugin" in self.client._extensions:
            await self.client.unload_extensions("plugin")
        await self.client.stop()
        await self.app.rest.close()

    async def _load(self, name: str, loader: lightbulb.Loader) -> None:
        module = types.ModuleType(name)
        module.loader = loader
        sys.modules[name] = module
        await self.client.load_extensions(name)
        del sys.modules[name]

    def _register(self, rival: Around | None) -> None:
        async def silent(_: object, context: lightbulb.Context) -> None:
            self.ran += 1

        async def answering(_: object, context: lightbulb.Context) -> None:
            self.ran += 1
            await context.respond("pong")

        for name, callback in (("silent", silent), ("answering", answering)):
            measured = callback if rival is None else rival.wrap(name, callback)

            class Command(lightbulb.SlashCommand, name=name, description="Does as it is called"):
                invoke = lightbulb.invoke(measured)

            self.client.register(Command)


def _hooks(prometheus: Prometheus) -> Sequence[lightbulb.ExecutionHook]:
    """Tell it of every command by Lightbulb's hooks."""

    @lightbulb.hook(lightbulb.ExecutionSteps.PRE_INVOKE)
    def begin(_: lightbulb.ExecutionPipeline, context: lightbulb.Context) -> None:
        prometheus.begin(context.interaction.id)

    @lightbulb.hook(lightbulb.ExecutionSteps.POST_INVOKE)
    def end(pipeline: lightbulb.ExecutionPipeline, context: lightbulb.Context) -> None:
        outcome = "error" if pipeline.failed else "ok"
        prometheus.end(context.interaction.id, context.command_data.qualified_name, outcome)

    return begin, end


def _plain(name: str) -> type[lightbulb.SlashCommand]:
    class Plain(lightbulb.SlashCommand, name=name, description="Is never called"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None: ...

    return Plain
