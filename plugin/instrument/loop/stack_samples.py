"""Samples the stack of the loop's thread: what runs there, and where."""

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
    # From its code, since the `__file__` of a frozen module differs from the name in its code.
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
"""Files that run the loop; frames outside of them started the loop and are not run by it."""

_BASE_EVENTS = _file_of(asyncio.BaseEventLoop.run_forever)
WAITING = (_file_of(selectors.SelectSelector.select), _BASE_EVENTS.replace("base_events", "windows_events"))
"""Files in which an idle loop waits for events."""

LONGEST_NAME = 60
_AUTOMATIC = re.compile(r"Task-\d+")
_IDS = re.compile(r"\d{5,}")


Moment = tuple[FrameType, int, int]
"""A frame, its line, and its instruction offset."""


class StackSample(NamedTuple):
    """What the loop's thread was doing at one moment."""

    step: object
    """Identifies the running task or callback without keeping it alive."""
    what: str
    """The command, task or callback; empty for an idle loop."""
    place: Place | None
    call: str
    """What the line calls; empty outside a call."""
    certain: bool = True
    """False for Python code that computes: it may be in another call by now."""

    @property
    def idle(self) -> bool:
        """Whether the loop was waiting for events."""
        return self.step is None


IDLE = StackSample(None, "", None, "")


class StackSampler:
    """Samples one loop's stack from another thread."""

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

    def sample(self, free: bool) -> StackSample:
        """What runs now; `free`: the GIL was free, so the loop's thread is not computing in Python code."""
        found = self._find(free)
        if found is None:
            return IDLE
        # Reading source lets the loop run on. No frame is held here, since that would keep finished work alive.
        step, what, place, instruction, certain = found
        return StackSample(step, what, place, called(*instruction), certain)

    def _find(self, free: bool) -> tuple[object, str, Place, tuple[CodeType, int], bool] | None:
        innermost = sys._current_frames().get(self._thread_id)  # pyright: ignore[reportPrivateUsage] # CPython has no other
        # First of all, since the loop may run on from here: frames move to other lines, and the command ends.
        stack = _stack(innermost)
        task = asyncio.current_task(self._loop)
        command = None if task is None else self._running_in(id(task))
        if innermost is None or (task is None and innermost.f_code.co_filename.startswith(WAITING)):
            return None
        frames = list(_inside(stack, task))
        if all(frame.f_code.co_filename.startswith(OURS) for frame, _, _ in frames):
            return None  # the monitor's own beat, for example: the loop is running again
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
            return _short(own[-1].f_code.co_qualname)  # a library's task that runs the bot's code, such as a listener
        if not _AUTOMATIC.fullmatch(name):
            return f"task {_short(name)}"
        return f"task {_short(code.co_qualname if code is not None else 'without a name')}"


def _stack(innermost: FrameType | None) -> list[Moment]:
    """Every frame, innermost first."""
    found: list[Moment] = []
    while innermost is not None:
        found.append((innermost, innermost.f_lineno, innermost.f_lasti))
        innermost = innermost.f_back
    return found


def _inside(stack: list[Moment], task: asyncio.Task[Any] | None) -> Iterator[Moment]:
    """The frames that the loop runs, without those that run the loop."""
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
    """A name without its enclosing functions, and with ids masked so that equal work has equal names."""
    name = _IDS.sub("…", name.rpartition("<locals>.")[2])
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
