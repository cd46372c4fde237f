"""Finds the line of the bot's own code that raised an exception, that a task waits in, or that is running."""

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
"""Prefix of the file of a place outside the bot's own code."""

_REMEMBERED_FILES = 4096
_SUSPENDING = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_DEEPEST = 200
"""At most this many frames of a task or stack are searched."""

_MOST_EXCEPTIONS = 50
"""At most this many causes of an exception, and members of a group, are searched for the bot's own code."""

_MOST_MEMBERS = 10_000
"""At most this many nested groups and members are visited to find those members."""


class Places:
    """Finds the frames of the bot's own code among those of libraries."""

    def __init__(self, working_directory: Path, loaded_by: str | None = None) -> None:
        """`loaded_by`: the bot's file that loaded the monitor."""
        self._own_code = OwnCode(working_directory, loaded_by)
        self._is_own = functools.lru_cache(_REMEMBERED_FILES)(self._own_code.is_own)
        self._shorten = functools.lru_cache(_REMEMBERED_FILES)(self._own_code.shortened)

    def of(self, exception: BaseException) -> Place | None:
        """The innermost frame of the bot's own code; without one, the outermost frame of a library, marked as such.

        If an exception has no frame of the bot's own, its cause is searched; in a group, the first member that has one.
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

    def entry_of(self, exception: BaseException) -> Place | None:
        """The outermost function of the bot's own code that an exception passed through; None if none."""
        frames = raised_through(traceback_of(exception))
        return next((self.of_code(frame.f_code) for frame, _ in frames if self.is_own_frame(frame)), None)

    def waited_in(self, task: asyncio.Task[Any]) -> Place | None:
        """The innermost frame of the bot's own code that a task waits in; None if none."""
        own = [frame for frame in _awaiting(task) if self.is_own_frame(frame)]
        return self._place(own[-1], own[-1].f_lineno) if own else None

    def callers(self, frame: FrameType | None) -> list[Place]:
        """The frames of the bot's own code in the running task, innermost first, starting at this frame."""
        own = [found for found in task_frames(frame) if self.is_own_frame(found)]
        return [self._place(found, found.f_lineno) for found in own]

    def running(self, frames: list[tuple[FrameType, int]]) -> tuple[int, Place]:
        """The frame that `of` would choose for an exception raised now: its index and place.

        `frames`: at least one running frame with its line, innermost first.
        """
        own = next((index for index, (frame, _) in enumerate(frames) if self.is_own_frame(frame)), None)
        if own is not None:
            return own, self._place(*frames[own])
        outermost = len(frames) - 1 - (self._outermost([frame for frame, _ in reversed(frames)]) or 0)
        return outermost, self._place(*frames[outermost], library=True)

    def is_own(self, code: CodeType) -> bool:
        """Whether code belongs to the bot."""
        return self._is_own(code.co_filename)

    def is_own_frame(self, frame: FrameType) -> bool:
        """Whether a frame runs the bot's own code; generated code belongs to the module it was generated for."""
        file = frame.f_code.co_filename
        if not self._is_own(file):
            return False
        module: object = frame.f_globals.get("__file__") if file.startswith("<") else None
        return not isinstance(module, str) or self._is_own(module)

    def _outermost(self, frames: list[FrameType]) -> int | None:
        """Index of the most telling frame of libraries, outermost first: the first that not only runs other code."""
        runs_others = self._own_code.runs_others
        return next(
            (at for at, frame in enumerate(frames) if not runs_others(frame.f_code.co_filename)), 0 if frames else None
        )

    def _place(self, frame: FrameType, line: int | None, *, library: bool = False) -> Place:
        file = self._shorten(frame.f_code.co_filename)
        return Place(f"{OF_LIBRARY}{file}" if library else file, frame.f_code.co_qualname, line or 0)

    def of_code(self, code: CodeType) -> Place | None:
        """Where a function of the bot's own code begins; None for a library's."""
        return self.of_definition(code.co_filename, code.co_qualname, code.co_firstlineno)

    def of_definition(self, file: str, function: str, line: int) -> Place | None:
        """The same for a function that is known only by name."""
        return Place(self._shorten(file), function, line) if self._is_own(file) else None


def _related(exception: BaseException) -> Iterator[BaseException]:
    """The members of a group, the exception itself, then their causes; bounded."""
    pending, seen = [exception], set[int]()
    while pending and len(seen) < _MOST_EXCEPTIONS:
        exception = pending.pop(0)
        for found in (*islice(_members(exception), _MOST_EXCEPTIONS), exception):
            if id(found) not in seen:
                seen.add(id(found))
                yield found
                pending += [cause for cause in (cause_of(found), context_of(found)) if cause is not None]


def _members(exception: BaseException) -> Iterator[BaseException]:
    """The exceptions in a group, at any depth, without the groups themselves."""
    pending: list[Any] = [exception]
    for _ in range(_MOST_MEMBERS):  # a group that creates its members on access could be infinite
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
    """A frame and its callers, up to the outermost coroutine; the callers beyond that run the event loop."""
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
    """The frames of a suspended task, outermost first, then those of the tasks that it awaits."""
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
    # Private in asyncio, but there is no other way; without it the search ends at the frame that awaits the other task.
    waiter: Any = getattr(task, "_fut_waiter", None)
    candidates: tuple[Any, ...] = (waiter, *getattr(waiter, "_children", ()))
    tasks: list[asyncio.Task[Any]] = [found for found in candidates if isinstance(found, asyncio.Task)]
    return next((found for found in tasks if not found.done()), None)
