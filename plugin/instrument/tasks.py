"""The asyncio tasks of a loop, seen without touching one.

A callback on a task would stand in what asyncio logs of it, and a factory would be there for the bot to see; so the
tasks are looked at once a sample, and asyncio's own log tells of those that died and are gone. Known in this way are
every task that runs at a look or is still held after its end, and every failure that nobody took notice of: of a task
that is held at the next look, of one that is not when asyncio logs it.

Not known: tasks that began and ended well between two looks; whether one that was freed between two looks was
cancelled (it counts as finished); a failure that asyncio told to the bot's own exception handler instead of its log,
where the task is freed. What somebody took notice of, by awaiting the task for one, is no death.

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
from plugin.instrument.taskgroups import Group, TaskGroups
from plugin.instrument.wrapped import codes_of
from plugin.model import TaskGroupSnapshot

Task = asyncio.Task[Any]
Reference = weakref.ref[Task]

MAXIMUM_FOLLOWED = 5_000
"""How many tasks that run, and how many that ended and are held, are told apart."""

MAXIMUM_LOGGED = 1000
TASKS_A_STEP = 100

NEVER_RETRIEVED = "Task exception was never retrieved"
_DESCRIBED = re.compile(r" name=(.*?)(?: coro=<(.*?)\(\) done, defined at (.*?):(\d+)>)? exception=")
"""A task that ended within its first step has let its coroutine go by then."""


class LoopTasks:
    """The tasks of the loop that a bot runs on, but for those that run one of `known_better`."""

    def __init__(self, places: Places, unix_time: Callable[[], float], known_better: CodeType | None = None) -> None:
        self._known_better = known_better
        self._places = places
        self._groups = TaskGroups(places, unix_time)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._followed: dict[Reference, tuple[Group, str]] = {}
        """Tasks that ran at the last look, with their names."""
        self._ended: dict[Reference, str] = {}
        """Tasks that have ended, are counted and are held by somebody; the name of one whose death was counted."""
        self._told: Counter[str] = Counter()
        """These names."""
        self._logged: Counter[str] = Counter()
        """Names of tasks whose death asyncio has logged since the last look."""
        self._unfollowed = 0
        self.running: int | None = None
        """How many tasks of the loop had not ended at the last look."""

    @property
    def dropped(self) -> int:
        """How many tasks could not be told apart because a bound was reached."""
        return self._unfollowed + self._groups.dropped

    async def look(self) -> None:
        """Look at every task of the running loop, in short steps."""
        self._loop = asyncio.get_running_loop()
        logged, self._logged = self._logged, Counter()
        followed: dict[Reference, tuple[Group, str]] = {}
        ended: list[Reference] = []
        running, references = 0, iter(_living())
        while step := list(islice(references, TASKS_A_STEP)):
            running += self._scan(step, followed, ended)
            await asyncio.sleep(0)
        # Whoever waited for one that has ended has been told of it by now.
        self._leave(followed, set(ended), logged)
        await asyncio.sleep(0)
        for reference in ended:
            self._end(reference)
        self._free()
        self._followed = followed
        self._groups.note([group for group, _ in followed.values()])
        self.running = running

    def _scan(self, step: list[Reference], followed: dict[Reference, tuple[Group, str]], ended: list[Reference]) -> int:
        running = 0
        for reference in step:
            task = reference()
            if task is None or task.get_loop() is not self._loop:
                continue
            if not task.done():
                running += 1
                self._follow(reference, task, followed)
            elif reference not in self._ended and not self._is_known_better(task):
                if len(self._ended) + len(ended) < MAXIMUM_FOLLOWED:
                    ended.append(reference)
                else:
                    self._unfollowed += 1
        return running

    def _follow(self, reference: Reference, task: Task, followed: dict[Reference, tuple[Group, str]]) -> None:
        known = self._followed.get(reference)
        if known is None:
            if self._is_known_better(task):
                return
            if len(followed) >= MAXIMUM_FOLLOWED:
                self._unfollowed += 1
                return
            known = self._groups.of_task(task), repr(task.get_name())
        elif not known[0].final:
            known = self._groups.of_task(task, known[0]), known[1]
        followed[reference] = known

    def _leave(self, followed: dict[Reference, tuple[Group, str]], ended: set[Reference], logged: Counter[str]) -> None:
        """Count those that were freed since the last look."""
        for reference, (group, name) in self._followed.items():
            if reference not in followed and reference not in ended:
                died = _take(logged, name) or _take(self._logged, name)
                group.finished += not died

    def _end(self, reference: Reference) -> None:
        """Count one that has ended."""
        task = reference()
        if task is None:
            return
        # Asking the task for its exception would count as taking notice of it, and asyncio would not log it any more.
        exception: BaseException | None = getattr(task, "_exception", None)
        unnoticed = exception is not None and getattr(task, "_log_traceback", False)
        group, name = self._followed.get(reference, (None, repr(task.get_name())))
        if group is None or not group.final:
            group = self._groups.of_task(task, group, exception)
        self._ended[reference] = name if unnoticed else ""
        if task.cancelled():
            group.cancelled += 1
        elif exception is not None and unnoticed:
            self._groups.die(group, exception)
            self._told[name] += 1
        else:
            group.finished += 1

    def _free(self) -> None:
        for reference in [reference for reference in self._ended if reference() is None]:
            _take(self._told, self._ended.pop(reference))

    def logged(self, record: logging.LogRecord) -> None:
        """Take a record of asyncio's logger: what it says of a task that died and is gone."""
        exception = record.exc_info[1] if record.exc_info else None
        message = record.getMessage() if exception is not None and self._may_be_of_this_loop() else ""
        described = _DESCRIBED.search(message) if message.startswith(NEVER_RETRIEVED) else None
        if exception is None or described is None:
            return
        name, function, file, line = described.groups()
        if _take(self._told, name) or self._is_raised_better(exception):
            return
        if len(self._logged) < MAXIMUM_LOGGED:
            self._logged[name] += 1
        self._groups.die(self._groups.of_definition(function, file, int(line or 0), exception), exception)

    def _may_be_of_this_loop(self) -> bool:
        # Where no loop runs, such as in a thread that happened to collect garbage, it may be of any.
        running = asyncio._get_running_loop()
        return running is None or self._loop is None or running is self._loop

    def _is_known_better(self, task: Task) -> bool:
        return self._is_better_known(codes_of(task))

    def _is_raised_better(self, exception: BaseException) -> bool:
        return self._is_better_known(frame.f_code for frame, _ in raised_through(exception.__traceback__))

    def _is_better_known(self, codes: Iterable[CodeType]) -> bool:
        """Whether the first code that is no other library's is the monitor's, or that of a scheduled task."""
        for code in codes:
            if code is self._known_better or code.co_filename.startswith(OURS):
                return True
            if self._places.is_own(code):
                return False
        return False

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """Every group as of the last look, with the deaths that were logged since."""
        return self._groups.snapshot()


def _take(names: Counter[str], name: str) -> bool:
    if not names[name]:
        return False
    names[name] -= 1
    if not names[name]:
        del names[name]
    return True


def _living() -> list[Reference]:
    """References to every task of every loop that is alive, whether it has ended or not.

    `asyncio.all_tasks` leaves out those that have ended, and holds the loop for 6 ms with 10,000 tasks; to copy the
    references in the set that it reads takes 0.2 ms.
    """
    module: Any = asyncio.tasks
    known = getattr(module, "_all_tasks", None) or getattr(module, "_scheduled_tasks", None)
    references: Any = getattr(known, "data", None)
    return list(references) if references else [weakref.ref(task) for task in asyncio.all_tasks()]
