"""Sees the moment at which a command's checks and hooks have passed and its own code begins.

Lightbulb then calls one method of the command: on Lightbulb 3 that which resolves its options, on Lightbulb 2 the
command itself. It is replaced in the class of the command. Lightbulb 3 makes a new object for each invocation, and one
of Lightbulb 2 that changed to a subclass would be asked for its class nine times in each, which is slow for any but the
very class that is asked about. What is not measured, such as another bot that uses the same class, passes through it.
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
    """The classes of commands that one monitor watches; none where no stages are."""

    def __init__(self, stages: StageWatch | None, part: Instrument, method: str) -> None:
        """`method`: what Lightbulb calls on a command as soon as its checks and hooks have passed."""
        self._stages = stages
        self._part = part
        self._method = method
        self._watched: list[_Entrance] = []
        if stages is not None:
            stages.entrances = part

    def check(self, command_base: type) -> None:
        """Raises `MovedError` where commands no longer have that method."""
        if self._stages is not None:
            check_methods(command_base, {self._method: None})

    def watch(self, command_cls: type) -> None:
        """See when the code of this class's commands begins, from now on."""
        if self._stages is None or not self._part.on:
            return
        try:
            entrance = _entrance(command_cls, self._method)
            if not any(known is entrance for known in self._watched):
                self._watched.append(entrance)
                entrance.users += 1
        except Exception as fault:  # noqa: BLE001 # whatever it is, commands are counted all the same
            self._part.fault(fault)

    def unwatch_all(self) -> None:
        """Leave every class as it was, unless another monitor watches it; what other code has put on top stays."""
        while self._watched:
            self._watched.pop().leave()


class _Entrance:
    """The replaced method of one class, for every monitor in the process."""

    def __init__(self, cls: type, name: str) -> None:
        self.users = 0
        """How many monitors watch the class."""
        self._cls = weakref.ref(cls)
        self._name = name
        self._found = _own(cls, name)
        self._ours: Method = replacement_of(getattr(cls, name), entering)
        vars(self._ours)[_ENTRANCE] = self
        type.__setattr__(cls, name, self._ours)

    def leave(self) -> None:
        """Let one monitor go; with the last, put back what was there, unless other code has replaced ours."""
        self.users -= 1
        cls = self._cls()
        if self.users or cls is None or _own(cls, self._name) is not self._ours:
            return
        if self._found is _ABSENT:
            type.__delattr__(cls, self._name)
        else:
            type.__setattr__(cls, self._name, self._found)


def _entrance(cls: type, name: str) -> _Entrance:
    """That of a class, or of the one that it has its method from."""
    known: Any = getattr(getattr(cls, name), _ENTRANCE, None)
    return known if isinstance(known, _Entrance) else _Entrance(cls, name)


def _own(cls: type, name: str) -> object:
    """What the class itself has, without those that it derives from."""
    return cast("dict[str, object]", vars(cls)).get(name, _ABSENT)
