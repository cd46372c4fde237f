"""Records about the past, which insight makes from history and pages show."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from plugin.model import (
    AnswerSums,
    Change,
    ChangeVerdict,
    Finding,
    InstanceSeen,
    Judged,
    Place,
    Severity,
    Spans,
    Trend,
)
from plugin.model.happenings import Happenings


class InstanceState(enum.Enum):
    """The state of an instance."""

    RUNS = "running"
    LEFT = "left"
    """It shut down cleanly."""
    DEAD = "dead"
    """It fell silent without a clean shutdown."""


class InstanceHealth(NamedTuple):
    """One instance of the fleet, judged."""

    seen: InstanceSeen
    life: InstanceState
    covered: bool
    """Whether all its shards run elsewhere; False for an instance without shards."""
    severity: Severity


class Fleet(NamedTuple):
    """All instances of a bot."""

    severity: Severity
    """That of its worst instance; UNKNOWN if there are none."""
    instances: tuple[InstanceHealth, ...]
    """Dead ones first, then running ones, then those that left."""


class Crossing(NamedTuple):
    """The time at which a growing value will reach a limit."""

    what: str
    """The limit in words, for example `500 MB` or `total memory, 512 MB`."""
    at: float
    """Unix time in seconds."""


class MemoryGrowth(NamedTuple):
    """Memory that grows steadily."""

    trend: Trend
    """In bytes."""
    crossings: tuple[Crossing, ...]
    """Nearest first; empty if no limit is near."""
    companions: tuple[str, ...]
    """Other values that grew with it, in words, the likeliest cause first."""
    sentences: str
    """For example `Memory grows 12 MB a day since 12 Nov; it would reach 500 MB on 3 Dec.`; dates are in UTC."""


class SeriesLevel(NamedTuple):
    """One series over a period."""

    judged: Judged
    """Its median in the unit of its threshold (MB, percent, ms); guilds are not judged."""
    change: Change
    """Of its median, from the previous period."""
    minimum: float | None
    """None without values."""
    maximum: float | None
    course: Sequence[tuple[float, float | None]]
    """Per step, Unix time in seconds of its start and its mean; None for a step without values."""


class SpanReview(NamedTuple):
    """A bot over a period, each number compared with the previous period."""

    spans: Spans
    response: Judged
    """Mean answer time over the period in milliseconds, without answers after a defer."""
    errors: Judged
    """Error rate over the period in percent."""
    levels: Mapping[str, SeriesLevel]
    """Measures of the process and its connection, by name."""
    messages: Change
    invocations: Change
    error_rate: Change
    """Shares from 0 to 1."""
    mean_ns: Change
    """Of the answers in `response`."""
    p95_ns: Change
    invoked: Sequence[tuple[float, float | None]]
    """Invocations per step, with Unix time in seconds of its start."""
    failed: Sequence[tuple[float, float | None]]
    """Error rate per step; None in steps without `ok` or `error`."""
    happened: Happenings
    deferred: Judged = Judged(None, None, None, Severity.UNKNOWN)
    """Mean time of answers after a defer, over the period in milliseconds."""
    deferred_ns: Change = Change(None, None, None, ChangeVerdict.UNKNOWN)
    """Of the answers in `deferred`; whether it changed is not judged."""


class AllTimeCounts(NamedTuple):
    """Counts since the start of history."""

    since: float | None
    """Unix time in seconds; None if there is no history yet."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    answers: AnswerSums
    """Without answers after a defer."""


class ErrorState(enum.IntEnum):
    """The state of an error, worst first."""

    NEW = 0
    """First seen with the update (or in the last day), and most likely caused by it."""
    REGRESSED = 1
    """Came back after it was gone."""
    FIRST_SEEN = 2
    """First seen, which may be chance or have other causes than the release."""
    ONGOING = 3
    DISCORDS = 4
    """Caused by Discord: 5xx, no response, an outage."""
    GONE = 5
    """No longer occurs, which is unlikely to be chance."""


class ErrorReview(NamedTuple):
    """One error group with its state."""

    state: ErrorState
    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    occurrences: int
    """Since the release (or in the last day); for an error that is gone, in the period before."""
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""
    commands: tuple[str, ...]
    """Labels of the commands that failed in this way, most failures first."""


class ReleaseReview(NamedTuple):
    """Changes by the current release."""

    release: str
    since: float
    """Unix time in seconds at which it was first seen."""
    before: str
    """The release before it."""
    findings: tuple[Finding, ...]
    """About its commands: only significant ones, worst first."""


class PastHealth(NamedTuple):
    """What history adds to the health of a bot."""

    release: ReleaseReview | None
    """None if there was no recent update."""
    errors: tuple[ErrorReview, ...]
    """Worst first."""
    errors_since: str
    """The time that new and gone refer to, for example `since 1.4.2` or `in the last 24 h`."""
    growth: MemoryGrowth | None
    """Memory growth of this instance; None if the evidence is thin."""
    fleet: Fleet


class Running(NamedTuple):
    """The uptime of an instance over a period."""

    judged: Judged
    """In percent; the time after a clean shutdown is not judged."""
    away_s: float
    deaths: int
    """Unclean shutdowns."""


class Outage(NamedTuple):
    """A time at which a bot, or a part of it, was not there for its users."""

    start: float
    """Unix time in seconds, at the earliest the begin of the period."""
    end: float | None
    """Unix time in seconds; None where it goes on."""
    what: str
    instance: str
    """Empty for the whole bot."""

    def seconds(self, end: float) -> float:
        """Its length in a period that ends at a time."""
        return max(0.0, (end if self.end is None else self.end) - self.start)


class Availability(NamedTuple):
    """The share of the period in which the bot was there for its users."""

    judged: Judged
    """In percent."""
    watched_s: float
    """The part of the period about which it is known."""
    budget_s: float
    """The time that the target allows."""
    down_s: float
    """Without a process after an unclean shutdown; of a fleet the mean over its instances, as the others."""
    stopped_s: float
    """Without a process after a clean shutdown."""
    disconnected_s: float
    """With a process whose shards were not connected; with some of several shards away, their share of the time."""

    @property
    def used_s(self) -> float:
        """The time in which it was not there."""
        return self.down_s + self.stopped_s + self.disconnected_s


class SpanPast(NamedTuple):
    """A bot over a period, from history."""

    review: SpanReview
    growth: MemoryGrowth | None
    """Memory growth of this instance; None if the evidence is thin."""
    fleet: Fleet
    running: Running | None = None
    """Of this instance; None for a fleet, and if history has none of its starts."""
    outages: tuple[Outage, ...] = ()
    """The longest first."""
    availability: Availability | None = None
    """None if nothing is known about it."""


class SinceStartPast(NamedTuple):
    """History's addition to counts since the start."""

    review: SpanReview
    """Only its series are filled; its counts and answers are empty."""
    ever: AllTimeCounts
    growth: MemoryGrowth | None
    """Memory growth of this instance; None if the evidence is thin."""
    fleet: Fleet
