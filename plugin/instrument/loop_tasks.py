"""Watches the asyncio tasks of a loop without changing them.

A done callback would show up in asyncio's log, and a task factory would be visible to the bot. So the tasks are looked
at once per sample, and asyncio's log reports those that died and were freed. This finds all tasks that run at a look or
are still referenced after their end, and all exceptions that were never retrieved: at the next look if the task is
still referenced, else when asyncio logs them.

It misses tasks that began and succeeded between two looks, and exceptions of freed tasks that asyncio passed to the
bot's own exception handler instead of its log. A task that was cancelled and freed between two looks counts as
finished. A task whose exception was retrieved, for example by awaiting it, has not died.

The tasks are those of the loop, so two bots on one loop both see all of them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import weakref
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from types import CodeType
from typing import Any

from plugin.instrument.own_code import OURS
from plugin.instrument.places import Places, raised_through
from plugin.instrument.task_groups import Group, TaskGroups
from plugin.instrument.wrapped import codes_of
from plugin.model import TaskGroupSnapshot

Task = asyncio.Task[Any]
Reference = weakref.ref[Task]

MAXIMUM_TRACKED = 5_000
"""At most this many running tasks, and as many that have ended and are still referenced, are tracked."""

MAXIMUM_LOGGED = 1000
TASKS_A_STEP = 100

NEVER_RETRIEVED = "Task exception was never retrieved"
_DESCRIBED = re.compile(r" name=(.*?)(?: coro=<(.*?)\(\) done, defined at (.*?):(\d+)>)? exception=")
"""Without the coroutine for a task that ended within its first step."""


class LoopTasks:
    """The tasks of a bot's loop, except the monitor's own and those that run `scheduled_code`."""

    def __init__(self, places: Places, unix_time: Callable[[], float], scheduled_code: CodeType | None = None) -> None:
        self._scheduled_code = scheduled_code
        self._places = places
        self._groups = TaskGroups(places, unix_time)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: dict[Reference, tuple[Group, str]] = {}
        """Tasks that ran at the last look, with their names."""
        self._ended: dict[Reference, str] = {}
        """Tasks that have ended, are counted and still referenced; with their name if a death was counted."""
        self._deaths: Counter[str] = Counter()
        """These names."""
        self._logged: Counter[str] = Counter()
        """Names of tasks whose death asyncio has logged since the last look."""
        self._untracked = 0
        self.running: int | None = None
        """How many tasks of the loop were running at the last look."""

    @property
    def dropped(self) -> int:
        """How many tasks were not tracked or grouped because of a bound."""
        return self._untracked + self._groups.dropped

    async def look(self) -> None:
        """Look at every task of the running loop, in short steps."""
        self._loop = asyncio.get_running_loop()
        logged, self._logged = self._logged, Counter()
        tracked: dict[Reference, tuple[Group, str]] = {}
        ended: list[Reference] = []
        running, references = 0, iter(_all_references())
        while step := list(islice(references, TASKS_A_STEP)):
            running += self._scan(step, tracked, ended)
            await asyncio.sleep(0)
        # By now, code that awaited an ended task has retrieved its exception.
        self._count_freed(tracked, set(ended), logged)
        await asyncio.sleep(0)
        for reference in ended:
            self._count_ended(reference)
        self._forget_freed()
        self._running = tracked
        self._groups.note([group for group, _ in tracked.values()])
        self.running = running

    def _scan(self, step: list[Reference], tracked: dict[Reference, tuple[Group, str]], ended: list[Reference]) -> int:
        running = 0
        for reference in step:
            task = reference()
            if task is None or task.get_loop() is not self._loop:
                continue
            if not task.done():
                running += 1
                self._track(reference, task, tracked)
            elif reference not in self._ended and not self._is_counted_elsewhere(task):
                if len(self._ended) + len(ended) < MAXIMUM_TRACKED:
                    ended.append(reference)
                else:
                    self._untracked += 1
        return running

    def _track(self, reference: Reference, task: Task, tracked: dict[Reference, tuple[Group, str]]) -> None:
        known = self._running.get(reference)
        if known is None:
            if self._is_counted_elsewhere(task):
                return
            if len(tracked) >= MAXIMUM_TRACKED:
                self._untracked += 1
                return
            known = self._groups.of_task(task), repr(task.get_name())
        elif not known[0].final:
            known = self._groups.of_task(task, known[0]), known[1]
        tracked[reference] = known

    def _count_freed(
        self, tracked: dict[Reference, tuple[Group, str]], ended: set[Reference], logged: Counter[str]
    ) -> None:
        """Count the tasks that were freed since the last look."""
        for reference, (group, name) in self._running.items():
            if reference not in tracked and reference not in ended:
                died = _take(logged, name) or _take(self._logged, name)
                group.finished += not died

    def _count_ended(self, reference: Reference) -> None:
        """Count a task that has ended and is still referenced."""
        task = reference()
        if task is None:
            return
        # `task.exception()` would count as retrieving it, and asyncio would no longer log it.
        exception: BaseException | None = getattr(task, "_exception", None)
        unretrieved = exception is not None and getattr(task, "_log_traceback", False)
        group, name = self._running.get(reference, (None, repr(task.get_name())))
        if group is None or not group.final:
            group = self._groups.of_task(task, group, exception)
        self._ended[reference] = name if unretrieved else ""
        if task.cancelled():
            group.cancelled += 1
        elif exception is not None and unretrieved:
            self._groups.die(group, exception)
            self._deaths[name] += 1
        else:
            group.finished += 1

    def _forget_freed(self) -> None:
        for reference in [reference for reference in self._ended if reference() is None]:
            _take(self._deaths, self._ended.pop(reference))

    def on_record(self, record: logging.LogRecord) -> None:
        """Take a record of asyncio's logger, which reports tasks that died when they are freed."""
        exception = record.exc_info[1] if record.exc_info else None
        message = record.getMessage() if exception is not None and self._may_be_of_this_loop() else ""
        described = _DESCRIBED.search(message) if message.startswith(NEVER_RETRIEVED) else None
        if exception is None or described is None:
            return
        name, function, file, line = described.groups()
        if _take(self._deaths, name) or self._was_raised_elsewhere(exception):
            return
        if len(self._logged) < MAXIMUM_LOGGED:
            self._logged[name] += 1
        self._groups.die(self._groups.of_definition(function, file, int(line or 0), exception), exception)

    def _may_be_of_this_loop(self) -> bool:
        # Without a running loop, such as in a thread where garbage was collected, the task may belong to any loop.
        running = asyncio._get_running_loop()
        return running is None or self._loop is None or running is self._loop

    def _is_counted_elsewhere(self, task: Task) -> bool:
        return self._is_elsewhere(codes_of(task))

    def _was_raised_elsewhere(self, exception: BaseException) -> bool:
        return self._is_elsewhere(frame.f_code for frame, _ in raised_through(exception.__traceback__))

    def _is_elsewhere(self, codes: Iterable[CodeType]) -> bool:
        """Whether the monitor or a scheduled task comes before any code of the bot."""
        for code in codes:
            if code is self._scheduled_code or code.co_filename.startswith(OURS):
                return True
            if self._places.is_own(code):
                return False
        return False

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """Every group as of the last look, with the deaths logged since."""
        return self._groups.snapshot()


def _take(names: Counter[str], name: str) -> bool:
    if not names[name]:
        return False
    names[name] -= 1
    if not names[name]:
        del names[name]
    return True


def _all_references() -> list[Reference]:
    """References to every task of every loop, running or ended.

    `asyncio.all_tasks` leaves out ended tasks and blocks the loop for 6 ms with 10,000 tasks; copying the references in
    the set that it reads takes 0.2 ms.
    """
    module: Any = asyncio.tasks
    known = getattr(module, "_all_tasks", None) or getattr(module, "_scheduled_tasks", None)
    references: Any = getattr(known, "data", None)
    return list(references) if references else [weakref.ref(task) for task in asyncio.all_tasks()]
