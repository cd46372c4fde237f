"""Measures every invocation of a Lightbulb 3 client.

Hooks miss cancellations and failures after them, and autocomplete and menus pass none. So the two methods that each
invocation passes are overridden for the client, and an error handler that runs before all others sees every failure.
"""

from __future__ import annotations

import math
from typing import Any

import hikari
import lightbulb
from lightbulb.commands.commands import CommandBase
from lightbulb.exceptions import ConversionFailedException, ExecutionPipelineFailedException

from plugin.adapters.check_failures import is_bug
from plugin.adapters.entrances import Entrances
from plugin.adapters.lightbulb3.inventory import ClientInventory
from plugin.instrument.invocation import Invocation
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.values import is_a
from plugin.instrument.wrappers import observed
from plugin.metrics import CommandMetrics
from plugin.model import Outcome
from plugin.monitor import Monitor

_PART = "commands"

FIRST: Any = math.inf
"""Priority of the error handler: before any of the bot."""

FIRST_OF_COMMAND = "_resolve_options"
"""The method of a command that Lightbulb calls as soon as checks and hooks have passed."""

_DENYING_STEPS = {
    lightbulb.ExecutionSteps.MAX_CONCURRENCY,
    lightbulb.ExecutionSteps.CHECKS,
    lightbulb.ExecutionSteps.COOLDOWNS,
}


class Measuring:
    """Reports the invocations of a client to a monitor."""

    def __init__(self, client: lightbulb.Client, monitor: Monitor, inventory: ClientInventory) -> None:
        self._client = client
        self._monitor = monitor
        self._invocations = monitor.invocations
        self._invocations.failures.judge = verdict
        self._inventory = inventory
        self._recorders: dict[Any, CommandMetrics] = {}
        self._entrances = Entrances(self._invocations.stages, monitor.part("checks"), FIRST_OF_COMMAND)

    def attach(self) -> None:
        """Start measuring."""
        monitor = self._monitor
        monitor.attempt("checks", lambda: self._entrances.check(CommandBase))
        monitor.on_detach(self._entrances.unwatch_all)
        monitor.override(
            _PART,
            self._client,
            {
                "handle_application_command_interaction": observed(
                    monitor.part(_PART), "interaction", self._begin, self._invocations.finish
                ),
                "build_command_context": self._naming,
            },
        )
        note = monitor.contain(_PART, self._failed)

        async def note_failure(failure: ExecutionPipelineFailedException) -> bool:
            note(failure)
            return False

        handler = self._client.error_handler(note_failure, priority=FIRST)
        monitor.on_detach(lambda: self._remove(handler))

    def _remove(self, handler: object) -> None:
        # The client's own remove_error_handler removes every handler if dependency injection is disabled.
        handlers: dict[int, list[Any]] = self._client._error_handlers  # pyright: ignore[reportPrivateUsage] # nowhere public
        kept = [known for known in handlers.get(FIRST, []) if known is not handler]
        if kept:
            handlers[FIRST] = kept
        else:
            handlers.pop(FIRST, None)

    def _begin(self, interaction: hikari.CommandInteraction) -> Invocation:
        return self._invocations.begin(interaction.id, None)

    def _naming(self, original: Method) -> Method:
        part, recorders = self._monitor.part(_PART), self._recorders
        recorder_of, assign = self._recorder, self._invocations.assign

        def build(client: object, *args: Any, **kwargs: Any) -> Any:
            if part.on:
                try:
                    interaction, command_cls = _named(*args, **kwargs) if kwargs else (args[0], args[2])
                    recorder = recorders.get(command_cls) or recorder_of(command_cls)
                    if recorder is not None:
                        assign(interaction.id, recorder)
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    part.fault(fault)
            try:
                return original(client, *args, **kwargs) if kwargs else original(client, *args)
            except BaseException as exception:
                leave_no_frame(exception)
                raise

        return build

    def _recorder(self, command_cls: Any) -> CommandMetrics | None:
        if self._is_own(command_cls):
            return None
        if len(self._recorders) >= self._monitor.settings.maximum_commands:
            self._recorders.clear()  # old command classes accumulate here when the client reloads extensions
            self._entrances.unwatch_all()
        recorder = self._recorders[command_cls] = self._monitor.command(self._inventory.key(command_cls))
        self._entrances.watch(command_cls)
        return recorder

    def _is_own(self, command_cls: Any) -> bool:
        parent = command_cls._command_data.parent
        while getattr(parent, "parent", None) is not None:
            parent = parent.parent
        return id(command_cls) in self._inventory.own or id(parent) in self._inventory.own

    def _failed(self, failure: ExecutionPipelineFailedException) -> None:
        self._invocations.failed(failure.context.interaction.id, failure)


def _named(interaction: Any, command_cls: Any, **_: object) -> tuple[Any, Any]:
    return interaction, command_cls


def verdict(failure: BaseException) -> tuple[Outcome, BaseException]:
    """The outcome of a command that failed with an exception, and the cause; a bug takes precedence over a denial."""
    if type(failure) is not ExecutionPipelineFailedException:
        return Outcome.ERROR, failure
    invocation = failure.invocation_failure
    if invocation is not None:
        bad_argument = is_a(invocation, ConversionFailedException)
        return (Outcome.DENIED if bad_argument else Outcome.ERROR), invocation
    denials: list[BaseException] = []
    for hook, exception in zip(failure.failed_hooks, failure.hook_failures, strict=True):
        if hook.step not in _DENYING_STEPS or is_bug(exception):
            return Outcome.ERROR, exception
        denials.append(exception)
    return Outcome.DENIED, denials[0]
