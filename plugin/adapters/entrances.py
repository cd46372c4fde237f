"""Sees the moment at which a command's checks and hooks have passed and its own code begins.

Lightbulb then calls one method of the command: Lightbulb 3 resolves its options, Lightbulb 2 calls the command itself.
The method is replaced in the command's class, not in the object: Lightbulb 3 makes a new object for each invocation,
and Lightbulb 2 makes nine `isinstance` checks per invocation, which are slow for an object of a subclass. Commands that
are not measured, such as those of another bot with the same class, pass through the replacement.
"""

from __future__ import annotations

import weakref
from typing import Any, cast

from plugin.instrument.containment import Instrument
from plugin.instrument.methods import Method, check_methods, replacement_of
from plugin.instrument.stage_watch import StageWatch, entering

_ABSENT = object()
_ENTRANCE = "_golem_entrance"


class Entrances:
    """The command classes that one monitor watches; none if it watches no stages."""

    def __init__(self, stages: StageWatch | None, part: Instrument, method: str) -> None:
        """`method`: called by Lightbulb on a command as soon as its checks and hooks have passed."""
        self._stages = stages
        self._part = part
        self._method = method
        self._watched: list[_Entrance] = []
        if stages is not None:
            stages.entrances = part

    def check(self, command_base: type) -> None:
        """Raise `MovedError` unless commands have the method."""
        if self._stages is not None:
            check_methods(command_base, {self._method: None})

    def watch(self, command_cls: type) -> None:
        """Watch the commands of this class from now on."""
        if self._stages is None or not self._part.on:
            return
        try:
            entrance = _entrance(command_cls, self._method)
            if not any(known is entrance for known in self._watched):
                self._watched.append(entrance)
                entrance.users += 1
        except Exception as fault:  # noqa: BLE001 # whatever it is, commands are counted without it
            self._part.fault(fault)

    def unwatch_all(self) -> None:
        """Restore every class that no other monitor watches; replacements by other code stay."""
        while self._watched:
            self._watched.pop().release()


class _Entrance:
    """The replaced method of one class, for every monitor in the process."""

    def __init__(self, cls: type, name: str) -> None:
        self.users = 0
        """How many monitors watch the class."""
        self._cls = weakref.ref(cls)
        self._name = name
        self._found = _own_attribute(cls, name)
        self._ours: Method = replacement_of(getattr(cls, name), entering)
        vars(self._ours)[_ENTRANCE] = self
        type.__setattr__(cls, name, self._ours)

    def release(self) -> None:
        """End the use by one monitor; after the last one, restore the method unless other code has replaced ours."""
        self.users -= 1
        cls = self._cls()
        if self.users or cls is None or _own_attribute(cls, self._name) is not self._ours:
            return
        if self._found is _ABSENT:
            type.__delattr__(cls, self._name)
        else:
            type.__setattr__(cls, self._name, self._found)


def _entrance(cls: type, name: str) -> _Entrance:
    """The replacement in a class, or in the class that it inherits the method from."""
    known: Any = getattr(getattr(cls, name), _ENTRANCE, None)
    return known if isinstance(known, _Entrance) else _Entrance(cls, name)


def _own_attribute(cls: type, name: str) -> object:
    """The attribute in the class itself, not in its bases."""
    return cast("dict[str, object]", vars(cls)).get(name, _ABSENT)
