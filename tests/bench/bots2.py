"""Bots on Lightbulb 2, not started and without a network."""

from __future__ import annotations

from typing import Any

import lightbulb

from tests.bench.network import QUIETLY, Wire
from tests.bench.rivals import Around, Prometheus

END_BOUND, FIRST_RESPONSE_BOUND = 1.10, 1.20
ADDED_BOUNDS = {"silent": 0.30, "answering": 0.45}
"""What the monitor may add to a command, as a share of what prometheus_client adds."""

NO_BODY = None
SLASH_COMMANDS = 90
"""Discord takes a hundred; the rest are prefix commands."""


class Bot:
    """A bot with one command that does nothing and one that responds."""

    def __init__(self, token: str, rival: Around | Prometheus | None = None) -> None:
        self.app = lightbulb.BotApp(token, prefix="!", **QUIETLY)
        self.wire = Wire(self.app, NO_BODY)
        self.ran = 0
        for name in ("silent", "answering"):
            self.app.command(self._command(name, None if isinstance(rival, Prometheus) else rival))
        if isinstance(rival, Prometheus):
            self._feed(rival)

    def add_commands(self, number: int, cogs: int) -> None:
        """Add commands in so many cogs."""
        plugins = [lightbulb.Plugin(f"cog{index}") for index in range(cogs)]
        for index in range(number):
            kind = lightbulb.SlashCommand if index < SLASH_COMMANDS else lightbulb.PrefixCommand
            plugins[index % cogs].command(_plain(f"command{index}", kind))
        for plugin in plugins:
            self.app.add_plugin(plugin)

    async def start(self, measured: bool) -> None:
        """Make it ready for events, with the monitor or without."""
        await self.wire.connect()
        if measured:
            self.app.load_extensions("plugin")

    async def stop(self) -> None:
        """Leave nothing behind."""
        if "plugin" in self.app.extensions:
            self.app.unload_extensions("plugin")
        await self.app.rest.close()

    def _feed(self, prometheus: Prometheus) -> None:
        """Tell it of every slash command by Lightbulb's events."""

        @self.app.listen(lightbulb.SlashCommandInvocationEvent)
        async def begin(event: lightbulb.SlashCommandInvocationEvent) -> None:
            prometheus.begin(event.context.interaction.id)

        @self.app.listen(lightbulb.SlashCommandCompletionEvent)
        async def complete(event: lightbulb.SlashCommandCompletionEvent) -> None:
            prometheus.end(event.context.interaction.id, event.command.qualname, "ok")

        @self.app.listen(lightbulb.SlashCommandErrorEvent)
        async def fail(event: lightbulb.SlashCommandErrorEvent) -> None:
            prometheus.end(event.context.interaction.id, event.context.command.qualname, "error")

    def _command(self, name: str, rival: Around | None) -> Any:
        async def callback(context: lightbulb.Context) -> None:
            self.ran += 1
            if name == "answering":
                await context.respond("pong")

        implementing = lightbulb.implements(lightbulb.SlashCommand)
        measured = callback if rival is None else rival.wrap(name, callback)
        return lightbulb.command(name, "Does as it is called")(implementing(measured))


def _plain(name: str, kind: Any) -> Any:
    @lightbulb.command(name, "Is never called")
    @lightbulb.implements(kind)
    async def command(context: lightbulb.Context) -> None: ...

    return command
