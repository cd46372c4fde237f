"""Queries of history and their results."""

from __future__ import annotations

import enum
from typing import Generic, NamedTuple, TypeVar

from plugin.model.answers import NO_ANSWERS, NO_SUMS, AnswerSums, AnswerTimes
from plugin.model.findings import Finding
from plugin.model.foundation import CommandKey, Place
from plugin.model.history_write import SeriesDelta

T = TypeVar("T")


class Period(enum.Enum):
    """How far a page looks back."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def seconds(self) -> int | None:
        """Its length; None for all time."""
        return _PERIODS_S[self]


_PERIODS_S = {
    Period.HOUR: 3600,
    Period.DAY: 86_400,
    Period.WEEK: 7 * 86_400,
    Period.MONTH: 30 * 86_400,
    Period.ALL: None,
}


class Scope(NamedTuple):
    """The bot, instance and release that a query is about."""

    bot: int
    """Application id."""
    instance: str | None = None
    """None for all instances, the fleet."""
    release: str | None = None
    """None for all releases."""


class CommandTotals(NamedTuple):
    """Counts of one command over a span of time."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    answers: AnswerSums = NO_SUMS
    """Answers without a defer."""
    deferred: AnswerSums = NO_SUMS
    """Answers after a defer."""


class CommandPoint(NamedTuple):
    """One step of a command over time."""

    at: int
    """Unix time in seconds of the step's start."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerTimes
    """Answers without a defer."""
    deferred: AnswerTimes = NO_ANSWERS
    """Answers after a defer."""


class CommandCourse(NamedTuple):
    """A command over time."""

    step_s: int
    """Length of a step in seconds: as requested, or more if no finer rows are kept."""
    points: tuple[CommandPoint, ...]
    """Oldest first; a step without invocations has none."""


class ActivityPoint(NamedTuple):
    """All commands together in one step."""

    at: int
    """Unix time in seconds of the step's start."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerSums = NO_SUMS
    """Answers without a defer."""
    deferred: AnswerSums = NO_SUMS
    """Answers after a defer."""


class ActivityCourse(NamedTuple):
    """All commands together over time."""

    step_s: int
    """Length of a step in seconds: as requested, or more if no finer rows are kept."""
    points: tuple[ActivityPoint, ...]
    """Oldest first; a step without invocations has none."""


class SeriesPoint(NamedTuple):
    """One step of a series."""

    at: int
    """Unix time in seconds of the step's start."""
    values: SeriesDelta


class SeriesKept(NamedTuple):
    """A series in history; all but the name is empty if no measure was declared for it."""

    name: str
    unit: str
    """In the notation of OpenTelemetry."""
    kind: str
    """`gauge`, `gauge/shared`, `counter`, or `histogram/` and the width of its finest bucket."""
    attribute: str
    """Names of the attributes of its measure, for example `shard`, separated by commas."""


class SeriesCourse(NamedTuple):
    """A series over time."""

    step_s: int
    """Length of a step in seconds: as requested, or more if no finer rows are kept."""
    points: tuple[SeriesPoint, ...]
    """Oldest first; a step without values has none."""


class Spans(NamedTuple):
    """The period that a page shows, and the previous period that it is compared with."""

    period: Period
    start: int
    """Unix time in seconds; for ALL the start of history."""
    end: int
    """Unix time in seconds."""
    before: int | None
    """Start of the previous period, which ends at `start`; None if history does not cover all of it."""
    since: int | None
    """Start of history in Unix seconds; None if there is none yet."""
    instances: int | None
    """Number of instances that are included; None for this one alone."""


class HistoryAnswer(NamedTuple, Generic[T]):
    """The result of a query of history for a page."""

    review: T | None
    """None if history was not asked or did not answer."""
    note: str = ""
    """Why it did not answer, in one sentence."""


class ErrorHistory(NamedTuple):
    """Failures that share exception type, file and function."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """With the line seen last; None if the traceback had no frame."""
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    """In the requested span."""
    first_seen: float
    """Unix time in seconds, of all time and all instances."""
    last_seen: float
    """Unix time in seconds, of all time and all instances."""
    first_release: str
    last_release: str
    commands: tuple[CommandKey, ...]
    """Commands that failed in this way in the span, most failures first."""


class ErrorPoint(NamedTuple):
    """Failures of one command in one step."""

    at: int
    """Unix time in seconds of the step's start."""
    command: CommandKey
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here


class Origin(enum.Enum):
    """The origin of errors of one type."""

    BOT = "bot"
    NETWORK = "network"
    """Any network, which may be Discord's."""
    DISCORD = "discord"


class ErrorCourse(NamedTuple):
    """An error group over time."""

    group: ErrorHistory
    points: tuple[ErrorPoint, ...]
    """Oldest first; a step without failures has none."""
    origin: Origin | None = None
    """Set if the type is hidden; None if it is to be derived from the type."""


class FindingKept(NamedTuple):
    """A finding in history, with its instance."""

    finding: Finding
    instance: str | None
    """Name of the instance; None if the finding is about the bot as a program."""
