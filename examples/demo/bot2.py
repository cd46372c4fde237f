"""The sample bot on Lightbulb 2."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any

import hikari
import lightbulb

from examples.demo.cogs import COGS
from examples.demo.commands import Call, Cog, Command

PREFIX = "!"
REFUSALS = (lightbulb.CheckFailure, lightbulb.CommandIsOnCooldown, lightbulb.ConverterFailure)
MENU_COMMANDS = {"user": lightbulb.UserCommand, "message": lightbulb.MessageCommand}

_logger = logging.getLogger(__name__)


class SampleBot:
    """The sample bot."""

    def __init__(self, token: str, *, typed: bool, **options: Any) -> None:
        intents = hikari.Intents.ALL_UNPRIVILEGED | (hikari.Intents.MESSAGE_CONTENT if typed else 0)
        self.bot = lightbulb.BotApp(token, prefix=PREFIX if typed else None, intents=intents, **options)
        for cog in COGS:
            self.bot.add_plugin(_plugin(cog))
        self.bot.subscribe(lightbulb.CommandErrorEvent, _on_error)

    async def load(self, *extensions: str) -> None:
        """Load extensions; the cogs are already loaded."""
        self.bot.load_extensions(*extensions)

    async def start(self) -> None:
        """Connect."""
        await self.bot.start(check_for_updates=False)

    async def close(self) -> None:
        if self.bot.is_alive:
            await self.bot.close()


async def _on_error(event: lightbulb.CommandErrorEvent) -> None:
    """Reply with one sentence, and log the error in full."""
    if isinstance(event.exception, REFUSALS):
        await event.context.respond(f"Not now: {event.exception}")
        return
    _logger.error("a command failed", exc_info=event.exception)
    with contextlib.suppress(hikari.NotFoundError):  # the response was too late
        await event.context.respond("Something went wrong.")


def _plugin(cog: Cog) -> lightbulb.Plugin:
    plugin = lightbulb.Plugin(cog.name)
    groups: dict[str, Any] = {}
    for command in cog.commands:
        if not command.group:
            plugin.command(_command(command, *_implements(command)))
            continue
        if command.group not in groups:
            groups[command.group] = plugin.command(_group(command.group))
        groups[command.group].child(_command(command, lightbulb.SlashSubCommand))
    return plugin


def _implements(command: Command) -> list[Any]:
    kind = MENU_COMMANDS.get(command.kind, lightbulb.SlashCommand)
    return [kind, lightbulb.PrefixCommand] if command.prefix else [kind]


def _group(name: str) -> Any:
    @lightbulb.command(name, f"The {name}")
    @lightbulb.implements(lightbulb.SlashCommandGroup)
    async def group(_: lightbulb.Context) -> None: ...

    return group


def _command(command: Command, *kinds: Any) -> Any:
    async def invoke(context: lightbulb.Context) -> None:
        await command.body(_call(context))

    made: Any = lightbulb.implements(*kinds)(invoke)
    made = lightbulb.command(command.last_name, command.description)(made)
    for option in reversed(command.options):
        made = lightbulb.option(
            option.name, option.description, option.type, required=option.required, default=option.default
        )(made)
    if command.cooldown_s is not None:
        made = lightbulb.add_cooldown(command.cooldown_s, 1, lightbulb.UserBucket)(made)
    checks = [lightbulb.Check(_refusing(command.check))] if command.check else []
    if command.needs:
        checks.append(lightbulb.has_guild_permissions(command.needs))
    return lightbulb.add_checks(*checks)(made) if checks else made


def _refusing(check: Callable[[hikari.User], None]) -> Callable[[lightbulb.Context], bool]:
    def refusing(context: lightbulb.Context) -> bool:
        check(context.author)
        return True

    return refusing


def _call(context: lightbulb.Context) -> Call:
    async def defer() -> None:
        await context.respond(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)

    return Call(context.author, context.raw_options, context.respond, defer)
