"""Finds the line of the bot's own code that an exception came from, that a task waits in, or that runs."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from plugin.instrument.coroutines import coroutine_of
from plugin.instrument.own_code import OwnCode
from plugin.instrument.values import attribute, cause_of, context_of, is_a, traceback_of
from plugin.model import Place

OF_LIBRARY = "(library) "
"""Begins the file of a place that is not in the bot's own code."""

_REMEMBERED_FILES = 4096
_SUSPENDING = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_DEEPEST = 200
"""How many frames of a task, or of a stack, are looked at."""

_MOST_EXCEPTIONS = 50
"""How many causes of an exception, and members of a group, are looked through for the bot's own code."""

_MOST_MEMBERS = 10_000
"""How many groups and members are looked at to find those members."""


class Places:
    """Tells the bot's own frames from those of the libraries under it."""

    def __init__(self, working_directory: Path, loaded_by: str | None = None) -> None:
        """`loaded_by`: a file of the bot's that loaded the monitor."""
        self._own_code = OwnCode(working_directory, loaded_by)
        self._is_own = functools.lru_cache(_REMEMBERED_FILES)(self._own_code.is_own)
        self._shorten = functools.lru_cache(_REMEMBERED_FILES)(self._own_code.shortened)

    def of(self, exception: BaseException) -> Place | None:
        """The innermost frame of the bot's own code; where there is none, the outermost of a library, marked.

        An exception without a frame of the bot's own, such as one that a library made of another, is where its cause
        was; a group of exceptions is where the first of them was.
        """
        outermost: list[tuple[FrameType, int]] = []
        for found in _related(exception):
            frames = list(raised_through(traceback_of(found)))
            own = next(((frame, line) for frame, line in reversed(frames) if self.is_own_frame(frame)), None)
            if own is not None:
                return self._place(*own)
            outermost = outermost or frames
        at = self._outermost([frame for frame, _ in outermost])
        return None if at is None else self._place(*outermost[at], library=True)

    def entered(self, exception: BaseException) -> Place | None:
        """Where the outermost function of the bot's own code begins that an exception passed; None where none did."""
        frames = raised_through(traceback_of(exception))
        return next((self.of_code(frame.f_code) for frame, _ in frames if self.is_own_frame(frame)), None)

    def waited_in(self, task: asyncio.Task[Any]) -> Place | None:
        """The innermost frame of the bot's own code that a task waits in; None where there is none."""
        own = [frame for frame in _awaiting(task) if self.is_own_frame(frame)]
        return self._place(own[-1], own[-1].f_lineno) if own else None

    def calling(self, frame: FrameType | None) -> list[Place]:
        """The frames of the bot's own code among those of the running task, innermost first, from this frame on."""
        own = [found for found in task_frames(frame) if self.is_own_frame(found)]
        return [self._place(found, found.f_lineno) for found in own]

    def running(self, frames: list[tuple[FrameType, int]]) -> tuple[int, Place]:
        """Which frame is the same as of an exception, of at least one that run, innermost first, with its line."""
        own = next((index for index, (frame, _) in enumerate(frames) if self.is_own_frame(frame)), None)
        if own is not None:
            return own, self._place(*frames[own])
        outermost = len(frames) - 1 - (self._outermost([frame for frame, _ in reversed(frames)]) or 0)
        return outermost, self._place(*frames[outermost], library=True)

    def is_own(self, code: CodeType) -> bool:
        """Whether code is the bot's own."""
        return self._is_own(code.co_filename)

    def is_own_frame(self, frame: FrameType) -> bool:
        """Whether a frame runs code of the bot's own; code that was generated is of the module that it was made for."""
        file = frame.f_code.co_filename
        if not self._is_own(file):
            return False
        module: object = frame.f_globals.get("__file__") if file.startswith("<") else None
        return not isinstance(module, str) or self._is_own(module)

    def _outermost(self, frames: list[FrameType]) -> int | None:
        """Which of the frames of libraries, outermost first, tells most: the first that does not just run others."""
        runs_others = self._own_code.runs_others
        return next(
            (at for at, frame in enumerate(frames) if not runs_others(frame.f_code.co_filename)), 0 if frames else None
        )

    def _place(self, frame: FrameType, line: int | None, *, library: bool = False) -> Place:
        file = self._shorten(frame.f_code.co_filename)
        return Place(f"{OF_LIBRARY}{file}" if library else file, frame.f_code.co_qualname, line or 0)

    def of_code(self, code: CodeType) -> Place | None:
        """Where a function of the bot's own code begins; None for one of a library."""
        return self.of_definition(code.co_filename, code.co_qualname, code.co_firstlineno)

    def of_definition(self, file: str, function: str, line: int) -> Place | None:
        """The same of a function that is known by name only."""
        return Place(self._shorten(file), function, line) if self._is_own(file) else None


def _related(exception: BaseException) -> Iterator[BaseException]:
    """The members of a group, an exception itself, then what caused these; bounded."""
    pending, seen = [exception], set[int]()
    while pending and len(seen) < _MOST_EXCEPTIONS:
        exception = pending.pop(0)
        for found in (*islice(_members(exception), _MOST_EXCEPTIONS), exception):
            if id(found) not in seen:
                seen.add(id(found))
                yield found
                pending += [cause for cause in (cause_of(found), context_of(found)) if cause is not None]


def _members(exception: BaseException) -> Iterator[BaseException]:
    """What a group is made of, without the groups in it, however deep these are."""
    pending: list[Any] = [exception]
    for _ in range(_MOST_MEMBERS):  # one that makes its members when it is asked may have no end of them
        if not pending:
            return
        found = pending.pop()
        if is_a(found, BaseExceptionGroup):
            members: Any = attribute(found, "exceptions")
            pending += reversed(members) if is_a(members, tuple) else ()
        elif found is not exception and is_a(found, BaseException):
            yield found


def raised_through(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Frames and lines, outermost first."""
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def task_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and its callers, up to the outermost coroutine: below that is what runs the event loop."""
    awaiting = False
    for _ in range(_DEEPEST):
        if frame is None:
            return
        suspends = bool(frame.f_code.co_flags & _SUSPENDING)
        if awaiting and not suspends:
            return
        awaiting = awaiting or suspends
        yield frame
        frame = frame.f_back


def _awaiting(task: asyncio.Task[Any]) -> Iterator[FrameType]:
    """The frames that a suspended task is in, outermost first, and those of the tasks that it waits for."""
    awaited: Any = coroutine_of(task)
    for _ in range(_DEEPEST):
        kind = next(
            (kind for kind in ("cr", "gi", "ag") if attribute(awaited, f"{kind}_frame", awaited) is not awaited), None
        )
        if kind is None:
            following = _awaited_task(task)
            if following is None:
                return
            task, awaited = following, coroutine_of(following)
            continue
        frame = attribute(awaited, f"{kind}_frame")
        if type(frame) is FrameType:
            yield frame
        awaited = attribute(awaited, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")


def _awaited_task(task: asyncio.Task[Any]) -> asyncio.Task[Any] | None:
    # Private in asyncio, but the only way on; without it the frame that waits for the other task is the answer.
    waiter: Any = getattr(task, "_fut_waiter", None)
    candidates: tuple[Any, ...] = (waiter, *getattr(waiter, "_children", ()))
    tasks: list[asyncio.Task[Any]] = [found for found in candidates if isinstance(found, asyncio.Task)]
    return next((found for found in tasks if not found.done()), None)
