"""Groups asyncio tasks by the function of the bot that they run, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from plugin.instrument.coroutines import coroutine_of
from plugin.instrument.course import Course
from plugin.instrument.error_groups import LastError
from plugin.instrument.places import Places
from plugin.instrument.values import attribute, simple_name, text_of
from plugin.instrument.wrapped import codes_of
from plugin.model import Place, TaskGroupSnapshot, TaskKind

MAXIMUM_GROUPS = 200
OTHERS = "(other tasks)"
"""The group of tasks for which there is no room for another group."""

UNKNOWN = "(unknown task)"
"""The group of tasks whose function is unknown."""


class Group:
    """The tasks that run one function of the bot, or of a library if they await no function of the bot."""

    __slots__ = ("cancelled", "course", "died", "entered", "error", "finished", "name", "place", "running")

    def __init__(self, name: str, place: Place | None) -> None:
        self.name = name
        self.place = place
        self.running = self.finished = self.died = self.cancelled = 0
        self.entered = True
        """Whether a task was added since the last look."""
        self.error = LastError()
        self.course = Course()

    @property
    def final(self) -> bool:
        """Whether its tasks stay in it; a task in a library's function may still reach the bot's own code."""
        return self.place is not None or self.name == OTHERS

    @property
    def idle(self) -> bool:
        """Whether it may be dropped: no task runs, and none has died."""
        return not (self.running or self.entered or self.died)

    def snapshot(self) -> TaskGroupSnapshot:
        """A copy as of now."""
        counts = self.running, self.finished, self.died, self.cancelled
        error, course, latest = self.error.group, self.course.points(), self.course.latest()
        return TaskGroupSnapshot(self.name, TaskKind.ASYNCIO, self.place, *counts, error, None, None, course, latest)


class TaskGroups:
    """Every group; idle groups make room for new ones.

    Asyncio may log a death at any moment, even during a look in another thread, so the dict is never iterated in place.
    """

    def __init__(self, places: Places, unix_time: Callable[[], float]) -> None:
        self._places = places
        self._unix_time = unix_time
        self._groups: dict[tuple[str, str | None], Group] = {}
        self.dropped = 0
        """How many times there was no room for a new group."""

    def of_task(
        self, task: asyncio.Task[Any], known: Group | None = None, failure: BaseException | None = None
    ) -> Group:
        """The group of the bot's outermost function that the task is in, or that its failure passed through.

        Without such a function, the `known` group, else the group of the library's function that it runs.
        """
        for code in codes_of(task):
            place = self._places.of_code(code)
            if place is not None:
                return self._group(place.function, place)
        place = None if failure is None else self._places.entry_of(failure)
        if place is not None:
            return self._group(place.function, place)
        coroutine: object = coroutine_of(task)
        if known is not None or coroutine is None:  # None: an eager task that ended within its first step
            return known or self._group(UNKNOWN, None)
        return self._group(text_of(attribute(coroutine, "__qualname__", simple_name(type(coroutine)))), None)

    def of_definition(self, function: str | None, file: str, line: int, failure: BaseException) -> Group:
        """The group of a freed task, by the definition of its coroutine, if known, and its failure."""
        place = None if function is None else self._places.of_definition(file, function, line)
        place = place or self._places.entry_of(failure)
        return self._group(place.function if place is not None else function or UNKNOWN, place)

    def die(self, group: Group, exception: BaseException) -> None:
        """Count a task whose exception was never retrieved."""
        group.died += 1
        group.error.add(exception, self._places, self._unix_time())

    def note(self, running: list[Group]) -> None:
        """Set the running tasks as of a look; `running` has the group of each task."""
        groups = self._all()
        for group in groups:
            group.running, group.entered = 0, False
        for group in running:
            group.running += 1
        now = self._unix_time()
        for group in groups:
            group.course.add(now, group.running)

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """A copy of every group."""
        return tuple(group.snapshot() for group in self._all())

    def _all(self) -> list[Group]:
        return list(self._groups.values())

    def _group(self, name: str, place: Place | None) -> Group:
        key = name, place.file if place is not None else None
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MAXIMUM_GROUPS and not self._make_room():
                self.dropped += 1
                key, name, place = (OTHERS, None), OTHERS, None
            group = self._groups.setdefault(key, Group(name, place))
        group.entered = True
        return group

    def _make_room(self) -> bool:
        idle = next((key for key, group in self._groups.items() if group.idle), None)
        return idle is not None and self._groups.pop(idle, None) is not None
