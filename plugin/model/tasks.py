"""Work of the bot outside its commands."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import ErrorGroup, Place


class TaskKind(enum.Enum):
    """What runs a task."""

    SCHEDULED = "scheduled"
    """Lightbulb, repeatedly."""
    ASYNCIO = "asyncio"
    """The event loop, once."""


class TaskGroupSnapshot(NamedTuple):
    """The tasks that run one function."""

    name: str
    """Name of the function; qualified for an asyncio task."""
    kind: TaskKind
    place: Place | None
    """Where the function begins; None for a library's function."""
    running: int
    """Running tasks; for a scheduled task 1, or 0 once it will not run again."""
    finished: int
    """Scheduled: successful runs. Asyncio: tasks that ended without an unretrieved exception."""
    died: int
    """Scheduled: failed runs. Asyncio: tasks that ended with an exception that was never retrieved."""
    cancelled: int
    """Tasks that were seen cancelled; one that is freed before that counts as finished."""
    error: ErrorGroup | None
    """The last failure, with the number of times in a row that it was seen."""
    stopped: str | None
    """Why a scheduled task will not run again; None while it runs, and if the bot itself ended it."""
    stopped_at: float | None
    """Unix time in seconds at which that was noticed."""
    course: tuple[tuple[float, int], ...]
    """Running tasks over time, as pairs of Unix time in seconds and number, oldest first; empty if scheduled."""
    latest: tuple[tuple[float, int], ...] = ()
    """The same for the last hours, in finer steps."""


class ListenerSnapshot(NamedTuple):
    """A listener that raised."""

    event: str
    """Class of the event, such as `MessageCreateEvent`."""
    name: str
    """Qualified name of the listener."""
    failures: int
    latest: tuple[float, ...]
    """Unix times in seconds of the last failures, oldest first, at most ten."""
    error: ErrorGroup
    """The last failure, with the number of times in a row that it was seen."""


class BackgroundSnapshot(NamedTuple):
    """Work of the bot outside its commands."""

    running: int | None
    """Running tasks of the bot's loop at the last look, including those of libraries; None before the first look."""
    tasks: tuple[TaskGroupSnapshot, ...]
    listeners: tuple[ListenerSnapshot, ...]
    """Listeners that raised at least once."""
