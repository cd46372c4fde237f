"""Scheduled tasks of a Lightbulb 2 bot, made by `lightbulb.ext.tasks`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType
from typing import Any

import lightbulb
from lightbulb.ext.tasks import Task  # pyright: ignore[reportMissingTypeStubs] # it has none

from plugin.instrument.scheduled_tasks import ScheduledState, failures_in_words

_NEEDED = ("_app", "_callback", "_consecutive_failures", "_loop", "_max_consecutive_failures", "_task", "_tasks")


class BotSchedule:
    """The scheduled tasks of one bot.

    Lightbulb 2 keeps one list for the whole process. They belong to the last bot passed to `tasks.load`, or to every
    bot if there is none.
    """

    logger = "lightbulb.ext.tasks"
    loop_code: CodeType | None = getattr(getattr(Task, "_loop", None), "__code__", None)

    def __init__(self, bot: lightbulb.BotApp) -> None:
        self._bot = bot

    def missing(self) -> list[str]:
        """The attributes used here that Lightbulb's tasks no longer have."""
        return [name for name in _NEEDED if not hasattr(Task, name)]

    def tasks(self) -> Iterable[Any]:
        """The tasks that run or are about to; Lightbulb does not list those that have ended."""
        ours = Task._app is None or Task._app is self._bot  # pyright: ignore[reportPrivateUsage] # nowhere public
        return Task._tasks if ours else ()  # pyright: ignore[reportPrivateUsage] # nowhere public

    def is_removed(self, task: Any) -> bool:
        """Whether the module that defined the task was unloaded."""
        return getattr(self.function(task), "__module__", None) not in sys.modules

    def function(self, task: Any) -> Any:
        """The function that a task runs."""
        return task._callback

    def state_of(self, task: Any, failures: int) -> ScheduledState:
        """The state of a task."""
        gave_up = task._consecutive_failures >= task._max_consecutive_failures
        words = failures_in_words(task._max_consecutive_failures, " in a row")
        return ScheduledState(task._task, task.n_executions, words if gave_up else None)
