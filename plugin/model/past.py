"""The vocabulary of what history tells: records that insight makes and pages show, without logic of their own."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model import (
    AnswerSums,
    AnswerTimes,
    Change,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandPoint,
    ErrorHistory,
    Finding,
    InstanceSeen,
    Judged,
    Place,
    ReleaseSeen,
    Severity,
    Spans,
    Trend,
)


class InstanceState(enum.Enum):
    """What has become of an instance."""

    RUNS = "running"
    LEFT = "left"
    """It said goodbye."""
    DEAD = "dead"
    """It fell silent without a goodbye."""


class InstanceHealth(NamedTuple):
    """One instance of the fleet, judged."""

    seen: InstanceSeen
    life: InstanceState
    covered: bool
    """Whether every shard that it had runs elsewhere; False for one without shards."""
    severity: Severity


class Fleet(NamedTuple):
    """All instances of a bot."""

    severity: Severity
    """As bad as its worst instance; UNKNOWN where none is known."""
    instances: tuple[InstanceHealth, ...]
    """Dead ones first, then those that run, then those that left."""


class Crossing(NamedTuple):
    """When a growing value reaches a limit if it goes on."""

    what: str
    """The limit with its article, such as `500 MB` or `total memory, 512 MB`."""
    at: float
    """Unix time in seconds."""


class MemoryGrowth(NamedTuple):
    """Memory that grows steadily."""

    trend: Trend
    """In bytes."""
    crossings: tuple[Crossing, ...]
    """The nearest first; none where no limit is near."""
    companions: tuple[str, ...]
    """What grew with it, in words, the likeliest cause first."""
    sentences: str
    """Such as `Memory grows 12 MB a day since 12 Nov; it would reach 500 MB on 3 Dec.`; dates are of UTC."""


class SeriesLevel(NamedTuple):
    """One series over a span."""

    judged: Judged
    """Its median in the unit of its threshold (MB, percent, ms); guilds are not judged."""
    change: Change
    """Of its median, against the span before."""
    minimum: float | None
    """None where nothing is known."""
    maximum: float | None
    course: Sequence[tuple[float, float | None]]
    """Unix time in seconds of each step's begin, and the mean of the step; None where nothing is known."""


class Occurrence(NamedTuple):
    """Something that happened once: a release, a restart."""

    at: float
    """Unix time in seconds."""
    what: str


class SpanReview(NamedTuple):
    """A bot over a span of time, each number beside the same number over the span before."""

    spans: Spans
    response: Judged
    """Mean time to the answer over the span in milliseconds, deferred ones left out."""
    errors: Judged
    """Error rate over the span in percent."""
    levels: Mapping[str, SeriesLevel]
    """What is measured of the process and its connection, by the names of the measures."""
    messages: Change
    invocations: Change
    error_rate: Change
    """Shares from 0 to 1."""
    mean_ns: Change
    """Of the same answers."""
    p95_ns: Change
    invoked: Sequence[tuple[float, float | None]]
    """Course of invocations; Unix time in seconds of each step's begin."""
    failed: Sequence[tuple[float, float | None]]
    """Course of the error rate; None in steps without `ok` or `error`."""
    occurrences: tuple[Occurrence, ...]
    deferred: Judged = Judged(None, None, None, Severity.UNKNOWN)
    """Mean time to the answer after a defer, over the span in milliseconds."""


class AllTimeCounts(NamedTuple):
    """Counts since history begins."""

    since: float | None
    """Unix time in seconds; None where there is none yet."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerSums
    """Those left out that came after a defer."""


class ErrorState(enum.IntEnum):
    """What has become of an error, worst first."""

    NEW = 0
    """Never seen before the update (or the last day), and began with it."""
    REGRESSED = 1
    """Was gone and is back."""
    FIRST_SEEN = 2
    """Not seen before, which may be luck, or have other causes than the release."""
    ONGOING = 3
    DISCORDS = 4
    """Discord failed: 5xx, no answer, an outage."""
    GONE = 5
    """Does not occur any more, and that is hardly luck."""


class ErrorReview(NamedTuple):
    """One error group with what has become of it."""

    state: ErrorState
    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    occurrences: int
    """Since the release (or the last day); of one that is gone, in the span before."""
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""
    commands: tuple[str, ...]
    """Labels of the commands that failed so, most often first."""


class ReleaseReview(NamedTuple):
    """What the release that runs changed."""

    release: str
    since: float
    """Unix time in seconds at which it was first seen."""
    before: str
    """The release before it."""
    findings: tuple[Finding, ...]
    """Of its commands: only what holds up, worst first."""


class PastHealth(NamedTuple):
    """What history adds to the health of a bot."""

    release: ReleaseReview | None
    """None where there was no update within the time that is looked at."""
    errors: tuple[ErrorReview, ...]
    """Worst first."""
    errors_since: str
    """What new and gone are measured by, such as `since 1.4.2` or `in the last 24 h`."""
    growth: MemoryGrowth | None
    """Memory of this instance; None where the evidence for a growth is thin."""
    fleet: Fleet


class CommandReview(NamedTuple):
    """One command over a period, as one list shows it."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations in the period, indexed by `Outcome`."""
    response: Judged
    """Mean time to the answer in milliseconds: of answers after a defer, or of the others, whichever is worse."""
    error_rate: Judged
    """In percent."""
    changes: tuple[Change, ...]
    """What the list shows of it."""
    errors: tuple[ErrorHistory, ...] = ()
    """Most frequent first; of the list of errors only."""
    deferred: bool = False
    """Whether `response` is about answers after a defer."""

    @property
    def severity(self) -> Severity:
        """The worse of both."""
        return max(self.response.severity, self.error_rate.severity)


class CommandsReview(NamedTuple):
    """All commands over a period; each list begins with the foremost."""

    spans: Spans
    outcomes: tuple[int, int, int, int]
    """Of all commands together, indexed by `Outcome`."""
    commands: int
    """How many were invoked."""
    slow: int
    """How many of them were slower than wanted on average."""
    failing: int
    """How many of them failed more than wanted."""
    most_used: tuple[CommandReview, ...]
    """`changes` are those of the invocations."""
    slowest: tuple[CommandReview, ...]
    """`changes` are those of mean, median, 95th and 99th percentile of the judged answers in nanoseconds."""
    most_errors: tuple[CommandReview, ...]
    """`changes` are those of the share of errors in `ok` and `error`."""
    most_denied: tuple[CommandReview, ...]
    """`changes` are those of the share of refusals in all invocations."""


class CogReview(NamedTuple):
    """One cog over a period, as the sums of its commands."""

    name: str | None
    """None for the commands that belong to no cog."""
    commands: int
    """How many of its commands were invoked in the period."""
    outcomes: tuple[int, int, int, int]
    """Invocations in the period, indexed by `Outcome`."""
    severity: Severity
    """Of its error rate and mean answers over the period."""
    invocations: Change
    error_rate: Change
    mean_ns: Change


class CogsReview(NamedTuple):
    """All cogs over a period."""

    spans: Spans
    outcomes: tuple[int, int, int, int]
    """Of all cogs together, indexed by `Outcome`."""
    error_rate: Judged
    """Of all cogs together, in percent."""
    cogs: tuple[CogReview, ...]
    """Worst first, then by invocations."""


class CommandPast(NamedTuple):
    """One command over a period, in detail."""

    spans: Spans
    now: CommandDelta
    """Over the period."""
    all_time: CommandDelta
    response: Judged
    """Mean time to the answer in milliseconds: of answers after a defer, or of the others, whichever is worse."""
    error_rate: Judged
    """In percent."""
    invocations: Change
    errors: Change
    """Share of errors in `ok` and `error`."""
    denied: Change
    """Share of refusals in all invocations."""
    answers: tuple[Change, ...]
    """Mean, median, 95th and 99th percentile of the judged answers in nanoseconds."""
    course: CommandCourse
    groups: tuple[ErrorHistory, ...]
    """Error groups met in the period, the one seen last first."""
    releases: tuple[ReleaseSeen, ...]
    """Those that ran in the period, the one first seen last first."""
    findings: tuple[Finding, ...]
    """What the release that runs changed about this command, worst first."""
    deferred: bool = False
    """Whether the judged answers are those after a defer."""

    @property
    def times(self) -> AnswerTimes:
        """The judged answers of the period."""
        return self.now.deferred if self.deferred else self.now.answers

    def times_of(self, point: CommandPoint) -> Histogram:
        """The judged answers of a step of the course."""
        return point.deferred.times if self.deferred else point.answers.times

    @property
    def updates(self) -> tuple[ReleaseSeen, ...]:
        """The releases that came after another."""
        return self.releases[:-1]


class Running(NamedTuple):
    """How much of a span an instance had a process."""

    judged: Judged
    """In percent; the verdict leaves out the time after a goodbye."""
    away_s: float
    deaths: int
    """How often a process ended without a goodbye."""


class Outage(NamedTuple):
    """A time at which a bot, or a part of it, was not there for its users."""

    start: float
    """Unix time in seconds, at the earliest the begin of the period."""
    end: float | None
    """Unix time in seconds; None where it goes on."""
    what: str
    instance: str
    """Empty for the whole bot."""


class SpanPast(NamedTuple):
    """What history says of a bot over a period."""

    review: SpanReview
    growth: MemoryGrowth | None
    """Memory of this instance; None where the evidence for a growth is thin."""
    fleet: Fleet
    running: Running | None = None
    """Of this instance; None for a fleet, and where history does not know its starts."""
    outages: tuple[Outage, ...] = ()
    """The latest first."""


class LatelyPast(NamedTuple):
    """What history adds to what was counted since the start."""

    review: SpanReview
    """Of the courses only: its counts and answers are empty."""
    ever: AllTimeCounts
    growth: MemoryGrowth | None
    """Memory of this instance; None where the evidence for a growth is thin."""
    fleet: Fleet
