"""The tasks that Lightbulb runs again and again: whether they run, what fails in them, and which have stopped for good.

Lightbulb logs each failure of a run from within the task, so that its log tells which task failed and how. A failure
that the bot's own error handler takes care of is not logged, and not counted.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, NamedTuple, Protocol

from plugin.instrument.error_groups import LastError
from plugin.instrument.places import Places
from plugin.instrument.values import asked, attribute, is_a, simple_name, text_of
from plugin.model import Place, TaskGroupSnapshot, TaskKind

MAXIMUM_SCHEDULED = 200

DIED = "outside a run"
"""Said of one that failed where its next run or its error handler is made."""


class ScheduledLook(NamedTuple):
    """What Lightbulb tells of one of its tasks."""

    runner: asyncio.Task[Any] | None
    """The asyncio task that it runs in; None before it was started, and often after its end."""
    runs: int
    """How many runs, failures included, it has had since it was started last."""
    gave_up: str | None
    """Such as `after 1 failure`, where it failed as often as it may."""


class Schedule(Protocol):
    """The scheduled tasks of a bot; an adapter knows how to ask its line of Lightbulb."""

    logger: str
    """The logger that failures are written to."""
    loop_code: CodeType | None
    """What the asyncio task of each scheduled one runs."""

    def missing(self) -> list[str]:
        """What Lightbulb's tasks no longer have of all that is looked at."""
        ...

    def tasks(self) -> Iterable[Any]:
        """The tasks of this bot that are to run."""
        ...

    def is_gone(self, task: Any) -> bool:
        """Whether a task that was one of these, and may be yet, is none of the bot any more."""
        ...

    def function(self, task: Any) -> Any:
        """What a task runs."""
        ...

    def look(self, task: Any, failures: int) -> ScheduledLook:
        """How a task is doing that failed so often as far as is known."""
        ...


class _Scheduled:
    """What is known of one scheduled task."""

    __slots__ = (
        "died",
        "error",
        "name",
        "place",
        "running",
        "runs_before",
        "runs_now",
        "stopped",
        "stopped_at",
        "task",
    )

    def __init__(self, task: Any, name: str, place: Place | None) -> None:
        self.task = task  # kept, since nothing else can hold on to it: it takes no weak references
        self.name = name
        self.place = place
        self.running = False
        self.error = LastError()
        self.died = self.runs_before = self.runs_now = 0
        self.stopped: str | None = None
        self.stopped_at: float | None = None

    def count_runs(self, runs: int) -> None:
        """Take how many runs there were since the start before, or since a new one."""
        if runs < self.runs_now:
            self.runs_before += self.runs_now
        self.runs_now = runs

    @property
    def finished(self) -> int:
        """How many runs ended well."""
        return max(0, self.runs_before + self.runs_now - self.died)


class ScheduledTasks:
    """The scheduled tasks that a bot has, and those that it had and that stopped for good."""

    def __init__(self, schedule: Schedule, places: Places, unix_time: Callable[[], float]) -> None:
        self._schedule = schedule
        self._places = places
        self._unix_time = unix_time
        self._known: dict[int, _Scheduled] = {}
        """By id; each keeps its task, so that the id stays its own."""
        self.dropped = 0
        """How many times a task found no room."""

    def logged(self, record: logging.LogRecord) -> None:
        """Take a record of Lightbulb's logger: what it says of a run that failed."""
        exception = record.exc_info[1] if record.exc_info else None
        if exception is None or asyncio._get_running_loop() is None:
            return
        runner = asyncio.current_task()
        self._find()
        for known in list(self._known.values()):
            look = self._schedule.look(known.task, known.died)
            if runner is not None and look.runner is runner:
                known.count_runs(look.runs)  # some count from 0 again once they have stopped
                known.died += 1
                known.error.add(exception, self._places, self._unix_time())

    def look(self) -> None:
        """See how every task is doing."""
        self._find()
        for key, known in list(self._known.items()):
            self._look_at(known)
            if not known.running and self._schedule.is_gone(known.task):
                del self._known[key]

    def _find(self) -> None:
        for task in list(self._schedule.tasks()):
            if id(task) in self._known:
                continue
            if len(self._known) >= MAXIMUM_SCHEDULED:
                self.dropped += 1
                continue
            function: object = _unwrapped(self._schedule.function(task))
            code = attribute(function, "__code__")
            name = text_of(attribute(function, "__name__", simple_name(type(function))))
            place = self._places.of_code(code) if type(code) is CodeType else None
            self._known[id(task)] = _Scheduled(task, name, place)

    def _look_at(self, known: _Scheduled) -> None:
        look = self._schedule.look(known.task, known.died)
        known.count_runs(look.runs)
        runner = look.runner
        known.running = runner is not None and not runner.done() and look.gave_up is None
        if known.running:
            known.stopped = known.stopped_at = None
        elif known.stopped is None:
            self._stop(known, look)

    def _stop(self, known: _Scheduled, look: ScheduledLook) -> None:
        if look.gave_up is not None:
            last = known.error.group
            known.stopped, known.stopped_at = look.gave_up, last.last_seen if last else self._unix_time()
            return
        # Lightbulb holds on to this asyncio task for ever, so that nobody ever hears of its exception. To ask for it
        # would count as taking notice of it; this does not.
        exception: BaseException | None = getattr(look.runner, "_exception", None)
        if exception is not None:
            known.stopped, known.stopped_at = DIED, self._unix_time()
            known.error.add(exception, self._places, self._unix_time())

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """Every task as of now; those that were made of one function, as by reloading, are one."""
        self.look()
        groups: dict[tuple[str, str | None], list[_Scheduled]] = {}
        for known in self._known.values():
            groups.setdefault((known.name, known.place.file if known.place else None), []).append(known)
        return tuple(map(_together, groups.values()))


def _together(group: list[_Scheduled]) -> TaskGroupSnapshot:
    newest = group[-1]
    running = sum(known.running for known in group)
    failed = [known.error.group for known in group if known.error.group is not None]
    return TaskGroupSnapshot(
        newest.name,
        TaskKind.SCHEDULED,
        newest.place,
        running,
        finished=sum(known.finished for known in group),
        died=sum(known.died for known in group),
        cancelled=0,
        error=max(failed, key=lambda error: error.last_seen, default=None),
        stopped=None if running else newest.stopped,
        stopped_at=None if running else newest.stopped_at,
        course=(),
    )


def _unwrapped(function: Any) -> Any:
    while is_a(function, functools.partial):
        function = function.func
    return asked(lambda: inspect.unwrap(function), function)


def failures_in_words(number: int, how: str = "") -> str:
    """`after 1 failure`, `after 3 failures in a row`."""
    return "after 1 failure" if number == 1 else f"after {number} failures{how}"
