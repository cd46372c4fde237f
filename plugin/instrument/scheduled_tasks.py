"""Watches Lightbulb's scheduled tasks: whether they run, their errors, and which have stopped for good.

Lightbulb logs each failed run from within the task, so its log shows which task failed and how. A failure that the
bot's own error handler has handled is not logged, and not counted.
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
from plugin.instrument.values import attribute, call_safely, is_a, simple_name, text_of
from plugin.model import Place, TaskGroupSnapshot, TaskKind

MAXIMUM_SCHEDULED = 200

DIED = "outside a run"
"""Shown for a task that failed in its trigger or its error handler."""


class ScheduledState(NamedTuple):
    """The state of a scheduled task according to Lightbulb."""

    runner: asyncio.Task[Any] | None
    """The asyncio task that it runs in; None before its start, and often after its end."""
    runs: int
    """The number of runs since its last start, including failed ones."""
    gave_up: str | None
    """Such as `after 1 failure` if it has reached its limit of failures."""


class Schedule(Protocol):
    """The scheduled tasks of a bot; each adapter has its own."""

    logger: str
    """The logger that failures are written to."""
    loop_code: CodeType | None
    """The code that the asyncio task of each scheduled task runs."""

    def missing(self) -> list[str]:
        """The attributes used here that Lightbulb's tasks no longer have."""
        ...

    def tasks(self) -> Iterable[Any]:
        """The tasks of this bot."""
        ...

    def is_removed(self, task: Any) -> bool:
        """Whether a task that was once in `tasks` no longer belongs to the bot."""
        ...

    def function(self, task: Any) -> Any:
        """The function that a task runs."""
        ...

    def state_of(self, task: Any, failures: int) -> ScheduledState:
        """The state of a task; `failures`: how many of its runs are known to have failed."""
        ...


class _Scheduled:
    """The counts of one scheduled task."""

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
        self.task = task  # it supports no weak references
        self.name = name
        self.place = place
        self.running = False
        self.error = LastError()
        self.died = self.runs_before = self.runs_now = 0
        self.stopped: str | None = None
        self.stopped_at: float | None = None

    def count_runs(self, runs: int) -> None:
        """Set the number of runs since the last start; a smaller number means a new start."""
        if runs < self.runs_now:
            self.runs_before += self.runs_now
        self.runs_now = runs

    @property
    def finished(self) -> int:
        """The number of successful runs."""
        return max(0, self.runs_before + self.runs_now - self.died)


class ScheduledTasks:
    """The scheduled tasks of a bot, including those that have stopped for good."""

    def __init__(self, schedule: Schedule, places: Places, unix_time: Callable[[], float]) -> None:
        self._schedule = schedule
        self._places = places
        self._unix_time = unix_time
        self._known: dict[int, _Scheduled] = {}
        """By id(); each keeps its task, so that the id() is not reused."""
        self.dropped = 0
        """How many times there was no room for a task."""

    def on_record(self, record: logging.LogRecord) -> None:
        """Take a record of Lightbulb's logger, which reports failed runs."""
        exception = record.exc_info[1] if record.exc_info else None
        if exception is None or asyncio._get_running_loop() is None:
            return
        runner = asyncio.current_task()
        self._find()
        for known in list(self._known.values()):
            state = self._schedule.state_of(known.task, known.died)
            if runner is not None and state.runner is runner:
                known.count_runs(state.runs)  # some start again at 0 once they have stopped
                known.died += 1
                known.error.add(exception, self._places, self._unix_time())

    def look(self) -> None:
        """Update every task."""
        self._find()
        for key, known in list(self._known.items()):
            self._update(known)
            if not known.running and self._schedule.is_removed(known.task):
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

    def _update(self, known: _Scheduled) -> None:
        state = self._schedule.state_of(known.task, known.died)
        known.count_runs(state.runs)
        runner = state.runner
        known.running = runner is not None and not runner.done() and state.gave_up is None
        if known.running:
            known.stopped = known.stopped_at = None
        elif known.stopped is None:
            self._stop(known, state)

    def _stop(self, known: _Scheduled, state: ScheduledState) -> None:
        if state.gave_up is not None:
            last = known.error.group
            known.stopped, known.stopped_at = state.gave_up, last.last_seen if last else self._unix_time()
            return
        # Lightbulb refers to this asyncio task forever, so asyncio never logs its exception. Reading the attribute,
        # unlike `exception()`, does not count as retrieving it.
        exception: BaseException | None = getattr(state.runner, "_exception", None)
        if exception is not None:
            known.stopped, known.stopped_at = DIED, self._unix_time()
            known.error.add(exception, self._places, self._unix_time())

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """Every task as of now; tasks of the same function, such as after a reload, are merged."""
        self.look()
        groups: dict[tuple[str, str | None], list[_Scheduled]] = {}
        for known in self._known.values():
            groups.setdefault((known.name, known.place.file if known.place else None), []).append(known)
        return tuple(map(_merged, groups.values()))


def _merged(group: list[_Scheduled]) -> TaskGroupSnapshot:
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
    return call_safely(lambda: inspect.unwrap(function), function)


def failures_in_words(number: int, how: str = "") -> str:
    """`after 1 failure`, `after 3 failures in a row`."""
    return "after 1 failure" if number == 1 else f"after {number} failures{how}"
