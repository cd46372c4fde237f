"""What history is asked, and what it answers."""

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
        """Its length; None is all there ever was."""
        return _PERIODS_S[self]


_PERIODS_S = {
    Period.HOUR: 3600,
    Period.DAY: 86_400,
    Period.WEEK: 7 * 86_400,
    Period.MONTH: 30 * 86_400,
    Period.ALL: None,
}


class Scope(NamedTuple):
    """Whose history is asked for."""

    bot: int
    """Application id."""
    instance: str | None = None
    """None is all instances: the fleet."""
    release: str | None = None
    """None is all releases."""


class CommandTotals(NamedTuple):
    """Counts of one command over a span of time."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    answers: AnswerSums = NO_SUMS
    """Of those that did not defer."""
    deferred: AnswerSums = NO_SUMS
    """Of those that did."""


class CommandPoint(NamedTuple):
    """One step in the course of a command."""

    at: int
    """Unix time in seconds of the step's begin."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerTimes
    """Of those that did not defer."""
    deferred: AnswerTimes = NO_ANSWERS
    """Of those that did."""


class CommandCourse(NamedTuple):
    """How a command went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[CommandPoint, ...]
    """Oldest first; a step without invocations has none."""


class ActivityPoint(NamedTuple):
    """What all commands together did in one step."""

    at: int
    """Unix time in seconds of the step's begin."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerSums = NO_SUMS
    """Of those that did not defer."""
    deferred: AnswerSums = NO_SUMS
    """Of those that did."""


class ActivityCourse(NamedTuple):
    """How all commands together went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[ActivityPoint, ...]
    """Oldest first; a step without invocations has none."""


class SeriesPoint(NamedTuple):
    """One step of a series."""

    at: int
    """Unix time in seconds of the step's begin."""
    values: SeriesDelta


class SeriesKept(NamedTuple):
    """A series that history has, and what its values are; the rest is empty where no measure was declared for it."""

    name: str
    unit: str
    """In the notation of OpenTelemetry."""
    kind: str
    """`gauge`, `gauge/shared`, `counter`, or `histogram/` and the width of its finest bucket."""
    attribute: str
    """What tells it from others of its measure, such as `shard`; several joined by commas."""


class SeriesCourse(NamedTuple):
    """How a series went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[SeriesPoint, ...]
    """Oldest first; a step without values has none."""


class Spans(NamedTuple):
    """Which span of time a page looks back on, and which one it is set beside."""

    period: Period
    start: int
    """Unix time in seconds; of ALL since when history is kept."""
    end: int
    """Unix time in seconds."""
    before: int | None
    """Begin of the span before, which is as long and ends at `start`; None where history does not cover it whole."""
    since: int | None
    """Since when history is kept, Unix time in seconds; None where nothing was kept yet."""
    instances: int | None
    """How many instances it is over; None for this one alone."""


class HistoryAnswer(NamedTuple, Generic[T]):
    """What a look back on history brought."""

    review: T | None
    """None where history was not asked or did not answer."""
    note: str = ""
    """Why it did not, in one sentence."""


class ErrorHistory(NamedTuple):
    """Failures that share exception type, file and function."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """With the line that was seen last; None where the traceback had no frame at all."""
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    """In the span that was asked for."""
    first_seen: float
    """Unix time in seconds, ever and in the whole bot."""
    last_seen: float
    """Unix time in seconds, ever and in the whole bot."""
    first_release: str
    last_release: str
    commands: tuple[CommandKey, ...]
    """That failed so in the span, most often first."""


class ErrorPoint(NamedTuple):
    """Failures of one command in one step of the course of an error group."""

    at: int
    """Unix time in seconds of the step's begin."""
    command: CommandKey
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here


class Origin(enum.Enum):
    """Where errors of a type come from."""

    BOT = "bot"
    NETWORK = "network"
    """Any network's, so that it may be Discord's."""
    DISCORD = "discord"


class ErrorCourse(NamedTuple):
    """How an error group went over time."""

    group: ErrorHistory
    points: tuple[ErrorPoint, ...]
    """Oldest first; a step without failures has none."""
    origin: Origin | None = None
    """None is told by the type; else the type itself may be hidden."""


class FindingKept(NamedTuple):
    """A finding that history has, and which instance it is about."""

    finding: Finding
    instance: str | None
    """Its name; None where the finding is about the bot as a program."""


class ReleaseSeen(NamedTuple):
    """One version of a bot that ran."""

    name: str
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class StartSeen(NamedTuple):
    """One start of one instance."""

    at: float
    """Unix time in seconds."""
    instance: str
    release: str
    last_seen: float
    """Unix time in seconds of the last sign of life."""


class BootSeen(NamedTuple):
    """One process of an instance."""

    boot: str
    release: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last sign of life, the goodbye included."""
    left: float | None
    """Unix time in seconds at which it said goodbye; None while it runs, and for one that died."""
    status: str
    """What it last said about itself."""


class InstanceSeen(NamedTuple):
    """One instance of a bot at its last start."""

    name: str
    boot: str
    release: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last sign of life."""
    left: float | None
    """Unix time in seconds at which it said goodbye; None while it runs, and for one that died."""
    shards: tuple[int, ...]
    status: str
    """What it last said about itself."""
