"""Finds the line of the bot's own code that an exception came from, that a task waits in, or that runs."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from plugin.instrument.coroutines import coroutine_of
from plugin.model import Place

LIBRARIES = ("hikari", "hikari-lightbulb", "hikari-miru", "psutil")
"""Distributions whose code, and that of what they require, is not the bot's own."""

_THIRD_PARTY = re.compile(r"[\\/](?:site|dist)-packages[\\/]")
_REMEMBERED_FILES = 4096
_SUSPENDING = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_DEEPEST = 200
"""How many frames of a task, or of a stack, are looked at."""


class Places:
    """Tells the bot's own frames from those of the libraries under it."""

    def __init__(self, working_directory: Path) -> None:
        self._working_directory = working_directory
        self._is_own = functools.lru_cache(_REMEMBERED_FILES)(self._judge)
        self._shorten = functools.lru_cache(_REMEMBERED_FILES)(self._shortened)

    def of(self, exception: BaseException) -> Place | None:
        """The innermost frame of the bot's own code; the innermost of all where there is none of its own."""
        own = innermost = None
        traceback: TracebackType | None = exception.__traceback__
        while traceback is not None:
            innermost = traceback
            if self._is_own(traceback.tb_frame.f_code.co_filename):
                own = traceback
            traceback = traceback.tb_next
        found = own or innermost
        if found is None:
            return None
        return self._place(found.tb_frame, found.tb_lineno)

    def waited_in(self, task: asyncio.Task[Any]) -> Place | None:
        """The innermost frame of the bot's own code that a task waits in; None where there is none."""
        own = [frame for frame in _awaiting(task) if self._is_own(frame.f_code.co_filename)]
        return self._place(own[-1], own[-1].f_lineno) if own else None

    def calling(self, frame: FrameType | None) -> list[Place]:
        """The frames of the bot's own code among those of the running task, innermost first, from this frame on."""
        own = [found for found in task_frames(frame) if self._is_own(found.f_code.co_filename)]
        return [self._place(found, found.f_lineno) for found in own]

    def is_own(self, code: CodeType) -> bool:
        """Whether code is the bot's own."""
        return self._is_own(code.co_filename)

    def of_frame(self, frame: FrameType) -> Place:
        """Where a frame is at present, whoever it belongs to."""
        return self._place(frame, frame.f_lineno)

    def _place(self, frame: FrameType, line: int | None) -> Place:
        return Place(self._shorten(frame.f_code.co_filename), frame.f_code.co_qualname, line or 0)

    def of_code(self, code: CodeType) -> Place | None:
        """Where a function of the bot's own code begins; None for one of a library."""
        return self.of_definition(code.co_filename, code.co_qualname, code.co_firstlineno)

    def of_definition(self, file: str, function: str, line: int) -> Place | None:
        """The same of a function that is known by name only."""
        return Place(self._shorten(file), function, line) if self._is_own(file) else None

    def _judge(self, file: str) -> bool:
        folders, files = library_paths()
        if file in files or file.startswith(folders):
            return False
        return not file.startswith(_standard_library()) or _THIRD_PARTY.search(file) is not None

    def _shortened(self, file: str) -> str:
        path = Path(file)
        if path.is_relative_to(self._working_directory):
            return path.relative_to(self._working_directory).as_posix()
        third_party = _THIRD_PARTY.split(file)
        return Path(third_party[-1]).as_posix() if len(third_party) > 1 else Path(*path.parts[-3:]).as_posix()


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
        kind = next((kind for kind in ("cr", "gi", "ag") if hasattr(awaited, f"{kind}_frame")), None)
        if kind is None:
            following = _awaited_task(task)
            if following is None:
                return
            task, awaited = following, coroutine_of(following)
            continue
        frame = getattr(awaited, f"{kind}_frame")
        if frame is not None:
            yield frame
        awaited = getattr(awaited, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")


def _awaited_task(task: asyncio.Task[Any]) -> asyncio.Task[Any] | None:
    # Private in asyncio, but the only way on; without it the frame that waits for the other task is the answer.
    waiter: Any = getattr(task, "_fut_waiter", None)
    candidates: tuple[Any, ...] = (waiter, *getattr(waiter, "_children", ()))
    tasks: list[asyncio.Task[Any]] = [found for found in candidates if isinstance(found, asyncio.Task)]
    return next((found for found in tasks if not found.done()), None)


@functools.cache
def library_paths() -> tuple[tuple[str, ...], frozenset[str]]:
    """Folders (as prefixes) and files of the monitor, of hikari, Lightbulb, miru, and of all that these require."""
    import importlib.metadata  # asked for once, in a thread

    folders, files = {"<frozen ", f"{Path(__file__).parents[1]}{os.sep}"}, set[str]()
    pending, seen = [*LIBRARIES], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        for file in distribution.files or ():
            if file.suffix in {".py", ".so", ".pyd"} and file.parts[0] != "..":
                top = str(distribution.locate_file(file.parts[0]))
                (files if len(file.parts) == 1 else folders).add(top if len(file.parts) == 1 else top + os.sep)
        pending += [_requirement_name(line) for line in distribution.requires or () if "extra ==" not in line]
    return tuple(sorted(folders)), frozenset(files)


def _requirement_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


@functools.cache
def _standard_library() -> str:
    # As sysconfig tells it, too, which has to load the settings that Python was built with for it.
    return f"{Path(asyncio.__file__).parents[1]}{os.sep}"
