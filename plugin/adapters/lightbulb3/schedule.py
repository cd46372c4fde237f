"""Scheduled tasks of a Lightbulb 3 client, made by `client.task` or `loader.task`."""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType
from typing import Any

import lightbulb
from lightbulb.tasks import Task

from plugin.instrument.scheduled_tasks import ScheduledState, failures_in_words

_NEEDED = ("_func", "_loop", "_max_failures", "_task", "cancelled", "invocation_count")


class ClientSchedule:
    """The scheduled tasks of one client; their state is not public in Lightbulb."""

    logger = "lightbulb.tasks"
    loop_code: CodeType | None = getattr(getattr(Task, "_loop", None), "__code__", None)

    def __init__(self, client: lightbulb.Client) -> None:
        self._client = client

    def missing(self) -> list[str]:
        """The attributes used here that Lightbulb's tasks no longer have."""
        needed = [(Task, name) for name in _NEEDED] + [(lightbulb.Client, "_tasks")]
        return [name for owner, name in needed if not hasattr(owner, name)]

    def tasks(self) -> Iterable[Any]:
        """All tasks of the client, including stopped ones."""
        return self._client._tasks  # pyright: ignore[reportPrivateUsage] # nowhere public

    def is_removed(self, task: Any) -> bool:
        """Whether the extension that defined the task was unloaded."""
        return task not in self._client._tasks  # pyright: ignore[reportPrivateUsage] # nowhere public

    def function(self, task: Any) -> Any:
        """The function that a task runs."""
        return task._func

    def state_of(self, task: Any, failures: int) -> ScheduledState:
        """The state of a task."""
        # Lightbulb counts failed runs only for tasks with a limit of failures, and never the last one.
        uncounted = failures if task._max_failures <= 0 else int(task.cancelled)
        # `cancelled` means that the task has failed too often, nothing else.
        gave_up = failures_in_words(task._max_failures) if task.cancelled else None
        return ScheduledState(task._task, task.invocation_count + uncounted, gave_up)
