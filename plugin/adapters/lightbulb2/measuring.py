"""Sees every invocation of a Lightbulb 2 bot.

Listening to its error events would make Lightbulb take every error for handled, and listeners of its invocation
events delay the command; so the three methods that each invocation and each failure pass are overridden for the bot.
"""

from __future__ import annotations

from typing import Any

import lightbulb
from lightbulb.commands.base import Command
from lightbulb.commands.slash import SlashGroupMixin

from plugin.adapters.lightbulb2.inventory import BotInventory, command_key
from plugin.adapters.outcomes import breaks
from plugin.instrument.invocations import Invocation
from plugin.instrument.override import followed
from plugin.metrics import CommandMetrics
from plugin.model import Outcome
from plugin.monitor import Monitor

_PART = "commands"

_DENIALS = (
    lightbulb.CheckFailure,
    lightbulb.CommandIsOnCooldown,
    lightbulb.errors.MaxConcurrencyLimitReached,
    lightbulb.NotEnoughArguments,
    lightbulb.ConverterFailure,
    lightbulb.errors.InvalidArgument,
    lightbulb.errors.MissingRequiredAttachmentArgument,
)


class Measuring:
    """Tells a monitor what happens to the commands of a bot."""

    def __init__(self, bot: lightbulb.BotApp, monitor: Monitor, inventory: BotInventory) -> None:
        self._bot = bot
        self._monitor = monitor
        self._own = inventory.own
        self._recorders: dict[Command, CommandMetrics] = {}

    def attach(self) -> None:
        """Begin to see invocations."""
        monitor = self._monitor
        begin, begin_prefix = monitor.contain(_PART, self._begin), monitor.contain(_PART, self._begin_prefix)
        finish_prefix, failed = monitor.contain(_PART, self._finish_prefix), monitor.contain(_PART, self._failed)
        monitor.override(
            _PART,
            self._bot,
            {
                "invoke_application_command": followed(begin, monitor.finish),
                "process_prefix_commands": followed(begin_prefix, finish_prefix),
                "maybe_dispatch_error_event": followed(failed, _nothing),
            },
        )

    def _begin(self, context: lightbulb.context.ApplicationContext) -> Invocation | None:
        command: Any = context.command
        if id(command) in self._own:
            return None
        options: Any = context.interaction.options
        while options and isinstance(command, SlashGroupMixin):
            group: Any = command
            command, options = group.get_subcommand(options[0].name) or group, options[0].options
        return self._monitor.begin(context.interaction.id, self._recorder(command))

    def _begin_prefix(self, context: lightbulb.PrefixContext) -> tuple[Invocation, Any] | None:
        if context.command is None or id(context.command) in self._own:
            return None
        invocation = self._monitor.begin(context.event.message_id, self._recorder(context.command))
        return (invocation, context) if invocation is not None else None

    def _finish_prefix(self, begun: tuple[Invocation, Any], escaped: BaseException | None) -> None:
        # Which subcommand was meant is known only after Lightbulb has parsed the message.
        invocation, context = begun
        self._monitor.resolved(invocation.id, self._recorder(context.invoked or context.command))
        if isinstance(escaped, Exception):
            self._monitor.failed(invocation.id, *verdict(escaped))
        self._monitor.finish(invocation, escaped)

    def _failed(self, event: lightbulb.CommandErrorEvent, _: object) -> None:
        # Every failure of an application command passes here, whoever handles it; those of prefix commands do, too,
        # but have been counted by then.
        interaction = getattr(event.context, "interaction", None)
        if interaction is not None:
            self._monitor.failed(interaction.id, *verdict(event.exception))

    def _recorder(self, command: Command) -> CommandMetrics:
        recorder = self._recorders.get(command)
        if recorder is None:
            if len(self._recorders) >= self._monitor.settings.maximum_commands:
                self._recorders.clear()  # a bot that reloads its plugins leaves old command objects here
            recorder = self._recorders[command] = self._monitor.command(command_key(command))
        return recorder


def verdict(exception: BaseException) -> tuple[Outcome, BaseException]:
    """Whose fault a failure is, and what caused it."""
    if isinstance(exception, lightbulb.CommandInvocationError):
        return Outcome.ERROR, exception.original
    if not isinstance(exception, _DENIALS):
        return Outcome.ERROR, exception
    broken = [cause for cause in _causes(exception) if breaks(cause)]
    return (Outcome.ERROR, broken[0]) if broken else (Outcome.DENIED, exception)


def _causes(exception: BaseException) -> list[BaseException]:
    # A check that raises is wrapped; where several failed, each of the wrapped is in `causes`.
    if not isinstance(exception, lightbulb.CheckFailure):
        return []
    causes = [cause.__cause__ for cause in (exception, *(exception.causes or ()))]
    return [cause for cause in causes if cause is not None]


def _nothing(_: object, __: object) -> None:
    """What follows the end of a handled failure."""
