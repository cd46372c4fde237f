"""Bots on Lightbulb 2, not started and without a network."""

from __future__ import annotations

from typing import Any

import lightbulb

from tests.bench.network import QUIETLY, Wire

END_BOUND, FIRST_RESPONSE_BOUND = 1.10, 1.20
NO_BODY = None
SLASH_COMMANDS = 90
"""Discord takes a hundred; the rest are prefix commands."""


class Bot:
    """A bot with one command that does nothing and one that responds."""

    def __init__(self, token: str) -> None:
        self.app = lightbulb.BotApp(token, prefix="!", **QUIETLY)
        self.wire = Wire(self.app, NO_BODY)
        self.ran = 0
        for name in ("silent", "answering"):
            self.app.command(self._command(name))

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

    def _command(self, name: str) -> Any:
        @lightbulb.command(name, "Does as it is called")
        @lightbulb.implements(lightbulb.SlashCommand)
        async def command(context: lightbulb.Context) -> None:
            self.ran += 1
            if name == "answering":
                await context.respond("pong")

        return command


def _plain(name: str, kind: Any) -> Any:
    @lightbulb.command(name, "Is never called")
    @lightbulb.implements(kind)
    async def command(context: lightbulb.Context) -> None: ...

    return command
