"""Sees the moment at which a Lightbulb 3 command's checks and hooks have passed and its own code begins.

Lightbulb then asks the command object to resolve its options. Each invocation has a command object of its own, so the
method is replaced in the class of the command, once: an attribute of each object costs every invocation more than the
rest of its stages. Another client that runs the same class passes through it and is told nothing.
"""

from __future__ import annotations

from typing import Any, cast

from lightbulb.commands.commands import CommandBase

from plugin.instrument.containment import Instrument
from plugin.instrument.stages import StageWatch
from plugin.instrument.subclass import Method, check_methods, made

_ABSENT = object()

FIRST_OF_COMMAND = "_resolve_options"
"""What Lightbulb calls on a command as soon as its checks and hooks have passed."""


class Entrances:
    """The classes of commands that are watched; none where no stages are."""

    def __init__(self, stages: StageWatch | None, part: Instrument) -> None:
        self._stages = stages
        self._part = part
        self._watched: dict[Any, tuple[Method, object]] = {}
        """By class, with what replaces its method and what its dict had before."""

    def check(self) -> None:
        """Raises `MovedError` where Lightbulb no longer asks a command to resolve its options."""
        if self._stages is not None:
            check_methods(CommandBase, {FIRST_OF_COMMAND: None})

    def watch(self, command_cls: Any) -> None:
        """See when the code of this class's commands begins, from now on."""
        if self._stages is None or not self._part.on or command_cls in self._watched:
            return
        try:
            found = _own(command_cls)
            ours = made(self._stages.entering(self._part), getattr(command_cls, FIRST_OF_COMMAND))
            type.__setattr__(command_cls, FIRST_OF_COMMAND, ours)
            self._watched[command_cls] = ours, found
        except Exception as fault:  # noqa: BLE001 # whatever it is, commands are counted all the same
            self._part.fault(fault)

    def unwatch_all(self) -> None:
        """Leave every class as it was; what other code has put on top since stays."""
        while self._watched:
            command_cls, (ours, found) = self._watched.popitem()
            if _own(command_cls) is not ours:
                continue
            if found is _ABSENT:
                type.__delattr__(command_cls, FIRST_OF_COMMAND)
            else:
                type.__setattr__(command_cls, FIRST_OF_COMMAND, found)


def _own(command_cls: Any) -> object:
    """What the class itself has, without those that it derives from."""
    return cast("dict[str, object]", vars(command_cls)).get(FIRST_OF_COMMAND, _ABSENT)
