"""Asyncio tasks by the function of the bot that they run, bounded."""

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
"""What tasks are counted under once there is no room for another group."""

UNKNOWN = "(unknown task)"
"""What a task is counted under of which nothing tells what it ran."""


class Group:
    """The tasks that run one function of the bot, or one of a library that waits for none of the bot's."""

    __slots__ = ("cancelled", "course", "died", "entered", "error", "finished", "name", "place", "running")

    def __init__(self, name: str, place: Place | None) -> None:
        self.name = name
        self.place = place
        self.running = self.finished = self.died = self.cancelled = 0
        self.entered = True
        """Whether a task was put into it since the last look."""
        self.error = LastError()
        self.course = Course()

    @property
    def final(self) -> bool:
        """Whether a task in it stays in it; one of a library's may yet come to the bot's own code."""
        return self.place is not None or self.name == OTHERS

    @property
    def idle(self) -> bool:
        """Whether nothing runs in it, and nothing has died that is to be told."""
        return not (self.running or self.entered or self.died)

    def snapshot(self) -> TaskGroupSnapshot:
        """A copy as of now."""
        counts = self.running, self.finished, self.died, self.cancelled
        error, course, latest = self.error.group, self.course.points(), self.course.latest()
        return TaskGroupSnapshot(self.name, TaskKind.ASYNCIO, self.place, *counts, error, None, None, course, latest)


class TaskGroups:
    """Every group; one in which nothing runs and nothing has died makes room for a new one.

    Asyncio may log a death at any moment, within the look of another thread too, so these are never iterated in place.
    """

    def __init__(self, places: Places, unix_time: Callable[[], float]) -> None:
        self._places = places
        self._unix_time = unix_time
        self._groups: dict[tuple[str, str | None], Group] = {}
        self.dropped = 0
        """How many times a group found no room."""

    def of_task(
        self, task: asyncio.Task[Any], known: Group | None = None, failure: BaseException | None = None
    ) -> Group:
        """The group of a task by the outermost function of the bot's own that it is in, or that its failure passed.

        Where that is none, it is the `known` one, else one of the library's function that it runs.
        """
        for code in codes_of(task):
            place = self._places.of_code(code)
            if place is not None:
                return self._group(place.function, place)
        place = None if failure is None else self._places.entered(failure)
        if place is not None:
            return self._group(place.function, place)
        coroutine: object = coroutine_of(task)
        if known is not None or coroutine is None:  # None: it began eagerly, and ended within its first step
            return known or self._group(UNKNOWN, None)
        return self._group(text_of(attribute(coroutine, "__qualname__", simple_name(type(coroutine)))), None)

    def of_definition(self, function: str | None, file: str, line: int, failure: BaseException) -> Group:
        """The same of a task that is gone, by where its coroutine was defined, if that is known, and its failure."""
        place = None if function is None else self._places.of_definition(file, function, line)
        place = place or self._places.entered(failure)
        return self._group(place.function if place is not None else function or UNKNOWN, place)

    def die(self, group: Group, exception: BaseException) -> None:
        """Count a task that ended with an exception that nobody took notice of."""
        group.died += 1
        group.error.add(exception, self._places, self._unix_time())

    def note(self, running: list[Group]) -> None:
        """Take what runs at a look: a group for each task."""
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
