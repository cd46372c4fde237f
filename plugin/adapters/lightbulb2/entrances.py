"""Sees the moment at which a Lightbulb 2 command's checks have passed and its own code begins.

Nothing is dispatched then; but Lightbulb calls the command object, whose class is exchanged for a subclass that notes
it. There is one such subclass for each class of commands, not for each command.
"""

from __future__ import annotations

from typing import Any

from lightbulb.commands.base import ApplicationCommand, Command

from plugin.instrument.containment import Part
from plugin.instrument.override import Method, subclass_of
from plugin.instrument.stages import StageWatch


class Entrances:
    """The commands that are watched; none where no stages are."""

    def __init__(self, stages: StageWatch | None, part: Part) -> None:
        self._stages = stages
        self._part = part
        self._subclasses: dict[type, type] = {}
        self._watched: dict[int, Command] = {}
        """By id, since Lightbulb hashes a command in Python."""

    def watch(self, command: Command) -> None:
        """See when this command's own code begins, from now on."""
        if self._stages is None or not isinstance(command, ApplicationCommand):
            return
        before = type(command)
        if before not in self._subclasses:
            self._subclasses[before] = subclass_of(before, {"__call__": self._entering})
        command.__class__ = self._subclasses[before]
        self._watched[id(command)] = command

    def unwatch(self, command: Command) -> None:
        """Give a command its class back."""
        if self._watched.pop(id(command), None) is not None:
            befores = {ours: before for before, ours in self._subclasses.items()}
            command.__class__ = befores.get(type(command), type(command))

    def unwatch_all(self) -> None:
        """Give every command its class back."""
        for command in list(self._watched.values()):
            self.unwatch(command)

    def _entering(self, original: Method) -> Method:
        entered, part = self._stages.entered if self._stages else _nothing, self._part

        def call(command: object, *args: Any, **kwargs: Any) -> Any:
            if part.on:
                try:
                    entered()
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    part.fault(fault)
            return original(command, *args, **kwargs)

        return call


def _nothing() -> None:
    """What is noted where no stages are watched."""
