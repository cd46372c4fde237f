"""Measures every invocation of a Lightbulb 2 bot.

With a listener for its error events, Lightbulb would regard every error as handled, and listeners for its invocation
events delay the command. So the methods that each invocation and each failure pass are overridden for the bot.
"""

from __future__ import annotations

import time
from typing import Any

import lightbulb
from lightbulb import errors
from lightbulb.commands.base import ApplicationCommand, Command
from lightbulb.commands.prefix import PrefixGroupMixin
from lightbulb.commands.slash import SlashGroupMixin

from plugin.adapters.check_failures import is_bug
from plugin.adapters.entrances import Entrances
from plugin.adapters.lightbulb2.inventory import BotInventory
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
    """Reports the invocations of a bot to a monitor."""

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
        """Start measuring."""
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
                "maybe_dispatch_error_event": observed(part, "event", self._failed, _ignore_end),
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
        # The bot may look up its prefix in a database, and run listeners for invocations, before the command.
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
            command = call_safely(lambda: _subcommand(context, command), command)
        recorder = self._recorder(command) if command is not None else None
        if recorder is None:
            return None
        invocation = self._invocations.begin(context.event.message_id, recorder, interaction=False)
        if received_ns:
            invocation.started_ns = received_ns
        self._invocations.pending_answers.await_message(invocation, context.event.message.channel_id)
        return invocation

    def _failed(self, event: lightbulb.CommandErrorEvent) -> None:
        # Every failure of an application command passes here, handled or not. Those of prefix commands do too, but have
        # been counted by then.
        interaction = getattr(event.context, "interaction", None)
        if interaction is not None:
            self._invocations.failed(interaction.id, event.exception)

    def _recorder(self, command: Command) -> CommandMetrics | None:
        # By id(), since hashing a command is slow in Lightbulb; the command is kept so that its id() is not reused. The
        # monitor's own commands have no recorder.
        known = self._recorders.get(id(command))
        if known is not None:
            return known[1]
        if len(self._recorders) >= self._monitor.settings.maximum_commands:
            self._recorders.clear()  # the bot keeps creating commands without removing any
            self._entrances.unwatch_all()
        recorder = None if self._is_own(command) else self._monitor.command(self._inventory.key(command))
        self._recorders[id(command)] = command, recorder
        if recorder is not None and is_a(command, ApplicationCommand):
            self._entrances.watch(type(command))
        return recorder

    def _removing(self, original: Method) -> Method:
        # Otherwise a command that the bot removes, such as by reloading a plugin, would be kept alive here.
        forget = self._monitor.contain(_PART, self._forget)

        def remove_command(bot: object, command: Any) -> Any:
            try:
                result = original(bot, command)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            if isinstance(command, Command):  # for other arguments, Lightbulb calls this again for each command
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


def _subcommand(context: lightbulb.PrefixContext, command: Any) -> Command:
    # Resolved as Lightbulb will do it, so that a command that calls another one counts as itself.
    typed = (context.event.message.content or "")[len(context.prefix) + len(context.invoked_with) :].strip()
    while isinstance(command, PrefixGroupMixin):
        group: Any = command
        command, typed = group.maybe_resolve_subcommand(typed)
        if command is None:
            return group
    return command


def verdict(exception: BaseException) -> tuple[Outcome, BaseException]:
    """The outcome of a command that failed with an exception, and the cause."""
    if is_a(exception, errors.CommandInvocationError):
        original = attribute(exception, "original")
        return Outcome.ERROR, original if is_a(original, BaseException) else exception
    if not is_a(exception, *_DENIALS):
        return Outcome.ERROR, exception
    if not is_a(exception, errors.CheckFailure):
        return Outcome.DENIED, exception
    # A subclass of the bot whose `__init__` does not call that of its base has no causes.
    causes: list[Any] = call_safely(lambda: list(attribute(exception, "causes", ())), [])
    raised = [_raised_by_check(failure) for failure in causes if is_a(failure, BaseException)]
    raised = raised or [_raised_by_check(exception)]
    bugs = [cause for cause in raised if is_bug(cause)]
    return (Outcome.ERROR, bugs[0]) if bugs else (Outcome.DENIED, raised[0])


def _raised_by_check(failure: BaseException) -> BaseException:
    # Lightbulb wraps an exception of a check in a CheckFailure with the same message. A CheckFailure with another
    # message was raised by the check itself, whatever its cause.
    cause = cause_of(failure)
    if cause is None or type(failure) is not errors.CheckFailure:
        return failure
    message = call_safely(lambda: str(cause), "")
    return cause if failure.args == (message,) else failure


def _ignore_end(_: object, __: object) -> None:
    """Do nothing."""
