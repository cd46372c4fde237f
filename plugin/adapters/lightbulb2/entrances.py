"""Sees the moment at which a Lightbulb 2 command's checks have passed and its own code begins.

Nothing is dispatched then. The last that Lightbulb does before is to ask the command for its cooldown, then it calls
the command object. A command of one of the bot's own classes keeps its class: its `evaluate_cooldowns` is replaced in
its dict. One of Lightbulb's has slots only, and Python looks `__call__` up on the class: it changes to a subclass that
notes the call. There is one such subclass for each class of commands, not for each command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lightbulb.commands.base import ApplicationCommand, Command

from plugin.instrument.containment import Instrument
from plugin.instrument.override import Method, Override, attributes_of, leave_no_frame
from plugin.instrument.stages import StageWatch
from plugin.instrument.subclass import subclass_of
from plugin.instrument.values import is_a


class Entrances:
    """The commands that are watched; none where no stages are."""

    def __init__(self, stages: StageWatch | None, part: Instrument) -> None:
        self._stages = stages
        self._part = part
        self._subclasses: dict[int, type] = {}
        """By the id of the class that it derives from, and so keeps."""
        self._watched: dict[int, tuple[Command, Callable[[], object]]] = {}
        """By id, since Lightbulb hashes a command in Python; each with what ends that."""

    def watch(self, command: Command) -> None:
        """See when this command's own code begins, from now on."""
        if self._stages is None or not is_a(command, ApplicationCommand) or id(command) in self._watched:
            return
        if attributes_of(command) is not None:
            override = Override(command, {"evaluate_cooldowns": self._passing(self._stages)})
            self._watched[id(command)] = command, override.undo
            return
        before = type(command)
        ours = self._subclasses.get(id(before))
        if ours is None:
            replaced = {"__call__": self._stages.entering(self._part)}
            ours = self._subclasses[id(before)] = subclass_of(before, replaced)
        object.__setattr__(command, "__class__", ours)
        self._watched[id(command)] = command, lambda: _give_back(command, ours, before)

    def unwatch(self, command: Command) -> None:
        """Leave a command as it was."""
        _, undo = self._watched.pop(id(command), (command, _nothing))
        undo()

    def unwatch_all(self) -> None:
        """Leave every command as it was."""
        for command, _ in list(self._watched.values()):
            self.unwatch(command)

    def _passing(self, stages: StageWatch) -> Callable[[Method], Method]:
        enter = stages.entering(self._part)(_nothing)

        def passing(original: Method) -> Method:
            async def evaluate_cooldowns(command: object, *args: Any, **kwargs: Any) -> Any:
                try:
                    result = await original(command, *args, **kwargs)
                except BaseException as exception:
                    leave_no_frame(exception)
                    raise
                enter(command)
                return result

            return evaluate_cooldowns

        return passing


def _give_back(command: Command, ours: type, before: type) -> None:
    if type(command) is ours:
        object.__setattr__(command, "__class__", before)


def _nothing(*_: object) -> None:
    """What is called on the way in, and what ends a watch that there is none of."""
