"""A look at the stack of the loop's thread: what runs there, and where."""

from __future__ import annotations

import asyncio
import inspect
import re
import selectors
import sys
import weakref
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

import hikari

from plugin.instrument.coroutines import coroutine_of
from plugin.instrument.loop.calls import called
from plugin.instrument.own_code import OURS
from plugin.instrument.places import Places
from plugin.instrument.values import attribute
from plugin.instrument.wrapped import code_of
from plugin.model import CommandKey, Place
from plugin.words import label


def _file_of(function: Any) -> str:
    # By its code, since a frozen module's `__file__` is not what its code says.
    return inspect.unwrap(function).__code__.co_filename


BASES = frozenset(
    map(
        _file_of,
        (
            asyncio.BaseEventLoop.run_forever,
            asyncio.Handle._run,
            asyncio.Runner.run,
            hikari.GatewayBot.run,
            hikari.RESTBot.run,
        ),
    )
)
"""Files that run the loop: what is outside of them called the loop, and is not what the loop runs."""

_BASE_EVENTS = _file_of(asyncio.BaseEventLoop.run_forever)
WAITING = (_file_of(selectors.SelectSelector.select), _BASE_EVENTS.replace("base_events", "windows_events"))
"""Files in which a loop waits for something to happen."""

LONGEST_NAME = 60
_AUTOMATIC = re.compile(r"Task-\d+")
_IDS = re.compile(r"\d{5,}")


Moment = tuple[FrameType, int, int]
"""A frame with the line and the instruction that it was at."""


class Look(NamedTuple):
    """What the loop's thread did at one moment."""

    step: object
    """The same object as long as the same task or callback runs; it keeps none alive."""
    what: str
    """The command, task or callback; empty while the loop waits for something to do."""
    place: Place | None
    call: str
    """What the line calls; empty where it is in no call."""
    certain: bool = True
    """Whether it stays in that call, or is in this one now and in that one later, as Python code that computes."""

    @property
    def idle(self) -> bool:
        """Whether nothing ran."""
        return self.step is None


IDLE = Look(None, "", None, "")


class Looker:
    """Looks at one loop from another thread, while its own cannot be asked."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        thread_id: int,
        places: Places,
        running_in: Callable[[int], CommandKey | None],
    ) -> None:
        self._loop = loop
        self._thread_id = thread_id
        self._places = places
        self._running_in = running_in

    def look(self, free: bool) -> Look:
        """What runs now; `free` tells that other threads could run meanwhile, so that Python code did not compute."""
        found = self._find(free)
        if found is None:
            return IDLE
        # To read a source lets the loop run on, so no frame is held by now: it would keep alive what has ended.
        step, what, place, instruction, certain = found
        return Look(step, what, place, called(*instruction), certain)

    def _find(self, free: bool) -> tuple[object, str, Place, tuple[CodeType, int], bool] | None:
        innermost = sys._current_frames().get(self._thread_id)  # pyright: ignore[reportPrivateUsage] # CPython has no other
        # At once, for from here on the loop may run on: frames go to other lines, and the command ends.
        stack = _stack(innermost)
        task = asyncio.current_task(self._loop)
        command = None if task is None else self._running_in(id(task))
        if innermost is None or (task is None and innermost.f_code.co_filename.startswith(WAITING)):
            return None
        frames = list(_inside(stack, task))
        if all(frame.f_code.co_filename.startswith(OURS) for frame, _, _ in frames):
            return None  # such as a beat of the watch's own: the loop runs again
        own = [frame for frame, _, _ in frames if self._places.is_own_frame(frame)]
        outermost = frames[-1][0]
        index, place = self._places.running([(frame, line) for frame, line, _ in frames])
        what = label(command) if command is not None else self._name(task, own, outermost)
        at, _, instruction = frames[index]
        return _step(task, outermost), what, place, (at.f_code, instruction), free or index > 0

    def _name(self, task: asyncio.Task[Any] | None, own: list[FrameType], outermost: FrameType) -> str:
        if task is None:
            return f"callback {_short(outermost.f_code.co_qualname)}"
        name, code = task.get_name(), _code(task)
        if code is not None and not self._places.is_own(code) and own:
            return _short(own[-1].f_code.co_qualname)  # a library's task around a listener or the like of the bot
        if not _AUTOMATIC.fullmatch(name):
            return f"task {_short(name)}"
        return f"task {_short(code.co_qualname if code is not None else 'without a name')}"


def _stack(innermost: FrameType | None) -> list[Moment]:
    """Every frame with its line and instruction, innermost first."""
    found: list[Moment] = []
    while innermost is not None:
        found.append((innermost, innermost.f_lineno, innermost.f_lasti))
        innermost = innermost.f_back
    return found


def _inside(stack: list[Moment], task: asyncio.Task[Any] | None) -> Iterator[Moment]:
    """What the loop runs, without what runs the loop."""
    outermost = attribute(coroutine_of(task), "cr_frame") if task is not None else None
    for moment in stack:
        if moment[0].f_code.co_filename in BASES:
            return
        yield moment
        if moment[0] is outermost:
            return


def _step(task: asyncio.Task[Any] | None, outermost: FrameType) -> object:
    return outermost.f_code if task is None else weakref.ref(task)


def _code(task: asyncio.Task[Any]) -> CodeType | None:
    return code_of(coroutine_of(task))


def _short(name: str) -> str:
    """A name without where it was defined, and without ids that would make each one different."""
    name = _IDS.sub("…", name.rpartition("<locals>.")[2])
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
