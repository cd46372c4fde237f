"""Sees every invocation of a Lightbulb 2 bot.

Listening to its error events would make Lightbulb take every error for handled, and listeners of its invocation
events delay the command; so the methods that each invocation and each failure pass are overridden for the bot.
"""

from __future__ import annotations

import time
from typing import Any

import lightbulb
from lightbulb import errors
from lightbulb.commands.base import ApplicationCommand, Command
from lightbulb.commands.prefix import PrefixGroupMixin
from lightbulb.commands.slash import SlashGroupMixin

from plugin.adapters.entrances import Entrances
from plugin.adapters.lightbulb2.inventory import BotInventory
from plugin.adapters.outcomes import breaks
from plugin.instrument.invocation import Invocation
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.receipts import MAXIMUM_RECEIPTS, Receipts
from plugin.instrument.values import attribute, call_safely, cause_of, is_a
from plugin.instrument.wrappers import observed
from plugin.metrics import CommandMetrics
from plugin.model import Outcome
from plugin.monitor import Monitor

_PART = "commands"

_REFUSALS = (
    "CheckFailure",
    "CommandIsOnCooldown",
    "MaxConcurrencyLimitReached",
    "NotEnoughArguments",
    "ConverterFailure",
    "InvalidArgument",
    "MissingRequiredAttachmentArgument",
)
_DENIALS: tuple[type, ...] = tuple(getattr(errors, name) for name in _REFUSALS if hasattr(errors, name))


class Measuring:
    """Tells a monitor what happens to the commands of a bot."""

    def __init__(self, bot: lightbulb.BotApp, monitor: Monitor, inventory: BotInventory) -> None:
        self._bot = bot
        self._monitor = monitor
        self._inventory = inventory
        self._invocations = monitor.invocations
        self._invocations.failures.judge = verdict
        self._recorders: dict[int, tuple[Command, CommandMetrics | None]] = {}
        self._receipts = Receipts()
        self._entrances = Entrances(self._invocations.stages, monitor.part("checks"), "__call__")

    def attach(self) -> None:
        """Begin to see invocations."""
        monitor = self._monitor
        part, finish, end = monitor.part(_PART), self._invocations.finish, self._invocations.finish_prefix_command
        missing = [name for name in _REFUSALS if not hasattr(errors, name)]
        if missing:
            monitor.switch_off("refusals", f"lightbulb.errors has no {', '.join(missing)}; these count as errors")
        monitor.on_detach(self._entrances.unwatch_all)
        monitor.override(
            _PART,
            self._bot,
            {
                "invoke_application_command": observed(part, "context", self._begin, finish),
                "get_prefix_context": self._noting_receipt,
                "process_prefix_commands": observed(part, "context", self._begin_prefix, end),
                "maybe_dispatch_error_event": observed(part, "event", self._failed, _nothing),
                "remove_command": self._removing,
            },
        )

    def _begin(self, context: lightbulb.context.ApplicationContext) -> Invocation | None:
        command: Any = context.command
        interaction: Any = context.interaction
        options = interaction.options
        while options and isinstance(command, SlashGroupMixin):
            group: Any = command
            command, options = group.get_subcommand(options[0].name) or group, options[0].options
        known = self._recorders.get(id(command))
        recorder = known[1] if known is not None else self._recorder(command)
        return self._invocations.begin(interaction.id, recorder) if recorder is not None else None

    def _noting_receipt(self, original: Method) -> Method:
        # A bot may look its prefix up in a database and listen to invocations, all before the command is run.
        note = self._monitor.contain(_PART, self._note_receipt)

        async def get_prefix_context(bot: object, *args: Any, **kwargs: Any) -> Any:
            received_ns = time.monotonic_ns()
            try:
                context = await original(bot, *args, **kwargs)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            if context is not None and context.command is not None:
                note(context.event.message_id, received_ns)
            return context

        return get_prefix_context

    def _note_receipt(self, message_id: int, received_ns: int) -> None:
        self._receipts[message_id] = received_ns
        if len(self._receipts) > MAXIMUM_RECEIPTS:
            self._receipts.forget_oldest()

    def _begin_prefix(self, context: lightbulb.PrefixContext) -> Invocation | None:
        received_ns = self._receipts.pop(context.event.message_id, 0)
        command = context.command
        if command is not None:
            command = call_safely(lambda: _meant(context, command), command)
        recorder = self._recorder(command) if command is not None else None
        if recorder is None:
            return None
        invocation = self._invocations.begin(context.event.message_id, recorder, interaction=False)
        if received_ns:
            invocation.started_ns = received_ns
        self._invocations.pending_answers.await_message(invocation, context.event.message.channel_id)
        return invocation

    def _failed(self, event: lightbulb.CommandErrorEvent) -> None:
        # Every failure of an application command passes here, whoever handles it; those of prefix commands do, too,
        # but have been counted by then.
        interaction = getattr(event.context, "interaction", None)
        if interaction is not None:
            self._invocations.failed(interaction.id, event.exception)

    def _recorder(self, command: Command) -> CommandMetrics | None:
        # By id, since Lightbulb hashes a command in Python; the command is kept, so that its id stays its own. The
        # monitor's own commands have none.
        known = self._recorders.get(id(command))
        if known is not None:
            return known[1]
        if len(self._recorders) >= self._monitor.settings.maximum_commands:
            self._recorders.clear()  # of a bot that makes ever new ones and removes none
            self._entrances.unwatch_all()
        recorder = None if self._is_own(command) else self._monitor.command(self._inventory.key(command))
        self._recorders[id(command)] = command, recorder
        if recorder is not None and is_a(command, ApplicationCommand):
            self._entrances.watch(type(command))
        return recorder

    def _removing(self, original: Method) -> Method:
        # A bot that removes a command, such as with the plugin that it reloads, would not be rid of what that holds.
        forget = self._monitor.contain(_PART, self._forget)

        def remove_command(bot: object, command: Any) -> Any:
            try:
                result = original(bot, command)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            if isinstance(command, Command):  # what it makes of anything else comes by here one by one
                forget(command)
            return result

        return remove_command

    def _forget(self, command: Command) -> None:
        self._recorders.pop(id(command), None)
        subcommands: dict[str, Command] = getattr(command, "subcommands", {})
        for subcommand in subcommands.values():
            self._forget(subcommand)

    def _is_own(self, command: Command) -> bool:
        return id(_root(command)) in self._inventory.own


def _root(command: Command) -> Command:
    root: Any = command
    while (parent := attribute(root, "parent")) is not None:
        root = parent
    return root


def _meant(context: lightbulb.PrefixContext, command: Any) -> Command:
    # As Lightbulb is going to find it, so that a command that calls another counts as itself.
    typed = (context.event.message.content or "")[len(context.prefix) + len(context.invoked_with) :].strip()
    while isinstance(command, PrefixGroupMixin):
        group: Any = command
        command, typed = group.maybe_resolve_subcommand(typed)
        if command is None:
            return group
    return command


def verdict(exception: BaseException) -> tuple[Outcome, BaseException]:
    """Whose fault a failure is, and what caused it."""
    if is_a(exception, errors.CommandInvocationError):
        original = attribute(exception, "original")
        return Outcome.ERROR, original if is_a(original, BaseException) else exception
    if not is_a(exception, *_DENIALS):
        return Outcome.ERROR, exception
    if not is_a(exception, errors.CheckFailure):
        return Outcome.DENIED, exception
    # One of the bot's own, whose `__init__` does not call that of its base, has no causes.
    causes: list[Any] = call_safely(lambda: list(attribute(exception, "causes", ())), [])
    said = [_said(failure) for failure in causes if is_a(failure, BaseException)] or [_said(exception)]
    broken = [cause for cause in said if breaks(cause)]
    return (Outcome.ERROR, broken[0]) if broken else (Outcome.DENIED, said[0])


def _said(failure: BaseException) -> BaseException:
    # What a check raises is wrapped with its own words, unless it is a CheckFailure: that is the check's last word,
    # whatever it was raised from.
    cause = cause_of(failure)
    if cause is None or type(failure) is not errors.CheckFailure:
        return failure
    # Lightbulb asked it for its words, too; what has none to tell is not the last word of a check.
    words = call_safely(lambda: str(cause), "")
    return cause if failure.args == (words,) else failure


def _nothing(_: object, __: object) -> None:
    """What follows the end of a handled failure."""
