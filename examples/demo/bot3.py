"""The sample bot on Lightbulb 3."""

from __future__ import annotations

import contextlib
import logging
import sys
import types
from collections.abc import Callable
from typing import Any

import hikari
import lightbulb
from lightbulb.prefab import MissingRequiredPermission, OnCooldown, fixed_window, has_permissions

from examples.demo.cogs import COGS
from examples.demo.commands import Call, Cog, Command, RefusedError

PREFIX = None
REFUSALS = (RefusedError, OnCooldown, MissingRequiredPermission)
OPTIONS = {str: lightbulb.string, int: lightbulb.integer, hikari.User: lightbulb.user}
KINDS = {"slash": lightbulb.SlashCommand, "user": lightbulb.UserCommand, "message": lightbulb.MessageCommand}

_logger = logging.getLogger(__name__)


class SampleBot:
    """The sample bot."""

    def __init__(self, token: str, *, typed: bool, **options: Any) -> None:  # only Lightbulb 2 has prefix commands
        self.bot = hikari.GatewayBot(token, **options)
        self._client = lightbulb.client_from_app(self.bot)
        self._client.error_handler(_on_error)
        self.bot.subscribe(hikari.StartingEvent, self._client.start)

    async def load(self, *extensions: str) -> None:
        """Load its cogs and extensions."""
        for cog in COGS:
            await self._load(cog)
        await self._client.load_extensions(*extensions)

    async def start(self) -> None:
        """Connect."""
        await self.bot.start(check_for_updates=False)

    async def close(self) -> None:
        await self._client.stop()
        if self.bot.is_alive:
            await self.bot.close()

    async def _load(self, cog: Cog) -> None:
        # Usually an extension is a file with a loader; here both lines of Lightbulb share the commands.
        extension: Any = types.ModuleType(cog.name.lower())
        extension.loader = _loader(cog)
        sys.modules[extension.__name__] = extension
        await self._client.load_extensions(extension.__name__)


async def _on_error(failure: lightbulb.exceptions.ExecutionPipelineFailedException) -> bool:
    """Reply with one sentence, and log the error in full."""
    cause = failure.causes[0]
    if isinstance(cause, REFUSALS):
        await failure.context.respond(f"Not now: {cause or type(cause).__name__}", ephemeral=True)
        return True
    _logger.error("a command failed", exc_info=cause)
    with contextlib.suppress(hikari.NotFoundError):  # the response was too late
        await failure.context.respond("Something went wrong.", ephemeral=True)
    return True


def _loader(cog: Cog) -> lightbulb.Loader:
    loader = lightbulb.Loader()
    groups: dict[str, lightbulb.Group] = {}
    for command in cog.commands:
        if not command.group:
            loader.command(_command(command))
            continue
        if command.group not in groups:
            groups[command.group] = loader.command(lightbulb.Group(command.group, f"The {command.group}"))
        groups[command.group].register(_command(command))
    return loader


def _command(command: Command) -> type[lightbulb.commands.CommandBase]:
    how: dict[str, Any] = {
        "name": command.name.split()[-1] if command.group else command.name,
        "hooks": _hooks(command),
    }
    if command.kind == "slash":
        how["description"] = command.description

    @lightbulb.invoke
    async def invoke(self: Any, context: lightbulb.Context) -> None:
        names = [option.name for option in command.options] if command.options else ["target"]
        options = {name: getattr(self, name, None) for name in names}
        await command.body(Call(context.user, options, context.respond, context.defer))

    content = {option.name: _option(option) for option in command.options} | {"invoke": invoke}
    return types.new_class("SampleCommand", (KINDS[command.kind],), how, lambda body: body.update(content))


def _option(option: Any) -> Any:
    optional = {} if option.required else {"default": option.default}
    return OPTIONS[option.type](option.name, option.description, **optional)


def _hooks(command: Command) -> list[lightbulb.ExecutionHook]:
    hooks = []
    if command.cooldown_s is not None:
        hooks.append(fixed_window(command.cooldown_s, 1, "user"))
    if command.check is not None:
        hooks.append(_refusing(command.check))
    if command.needs:
        hooks.append(has_permissions(command.needs))
    return hooks


def _refusing(check: Callable[[hikari.User], None]) -> lightbulb.ExecutionHook:
    @lightbulb.hook(lightbulb.ExecutionSteps.CHECKS)
    def refusing(_: lightbulb.ExecutionPipeline, context: lightbulb.Context) -> None:
        check(context.user)

    return refusing
