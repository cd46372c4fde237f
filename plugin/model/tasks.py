"""What the bot does beside its commands."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import ErrorGroup, Place


class TaskKind(enum.Enum):
    """Who runs a task."""

    SCHEDULED = "scheduled"
    """Lightbulb, again and again."""
    ASYNCIO = "asyncio"
    """The loop, once."""


class TaskGroupSnapshot(NamedTuple):
    """The tasks that run one function."""

    name: str
    """Of the function; of an asyncio task its qualified name."""
    kind: TaskKind
    place: Place | None
    """Where the function begins; None for one of a library."""
    running: int
    """How many have not ended; of a scheduled task 1, or 0 once it will not run again."""
    finished: int
    """Scheduled: runs that ended well. Asyncio: tasks that ended without a failure that nobody took notice of."""
    died: int
    """Scheduled: runs that failed. Asyncio: tasks that ended with an exception that nobody took notice of."""
    cancelled: int
    """Tasks that were found cancelled; one that is freed before it is looked at counts as finished."""
    error: ErrorGroup | None
    """The failure that was seen last, with how often it was seen in a row."""
    stopped: str | None
    """Why a scheduled task will not run again; None while it runs, and where the bot itself ended it."""
    stopped_at: float | None
    """Unix time in seconds at which that was noticed."""
    course: tuple[tuple[float, int], ...]
    """How many ran: pairs of Unix time in seconds and number, oldest first; empty for scheduled tasks."""
    latest: tuple[tuple[float, int], ...] = ()
    """The same of the last hours, closer together."""


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
    """The failure that was seen last, with how often it was seen in a row."""


class BackgroundSnapshot(NamedTuple):
    """What the bot does beside its commands."""

    running: int | None
    """Tasks of the bot's loop that had not ended at the last look, those of libraries included; None before it."""
    tasks: tuple[TaskGroupSnapshot, ...]
    listeners: tuple[ListenerSnapshot, ...]
    """That raised at least once."""
