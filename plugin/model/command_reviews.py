"""Commands and cogs over a period, which insight reviews and pages show."""

from __future__ import annotations

from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model import (
    AnswerTimes,
    Change,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandPoint,
    ErrorHistory,
    Finding,
    Judged,
    ReleaseSeen,
    Severity,
    Spans,
)
from plugin.model.happenings import NOTHING_HAPPENED, Happenings


class CommandReview(NamedTuple):
    """One command over a period, as a row of a list."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations in the period, indexed by `Outcome`."""
    response: Judged
    """Mean answer time in milliseconds, of answers after a defer or of the others, whichever is worse."""
    error_rate: Judged
    """In percent."""
    changes: tuple[Change, ...]
    """The changes that the list shows."""
    errors: tuple[ErrorHistory, ...] = ()
    """Most frequent first; only in the list of errors."""
    deferred: bool = False
    """Whether `response` is about answers after a defer."""

    @property
    def severity(self) -> Severity:
        """The worse severity of the two."""
        return max(self.response.severity, self.error_rate.severity)


class CommandsReview(NamedTuple):
    """All commands over a period; each list has the top ones."""

    spans: Spans
    outcomes: tuple[int, int, int, int]
    """Of all commands together, indexed by `Outcome`."""
    commands: int
    """Invoked commands."""
    slow: int
    """Commands whose mean answer time was above the target."""
    failing: int
    """Commands whose error rate was above the target."""
    most_used: tuple[CommandReview, ...]
    """`changes` are of the invocations."""
    slowest: tuple[CommandReview, ...]
    """`changes` are of mean, median, p95 and p99 of the judged answers in nanoseconds."""
    most_errors: tuple[CommandReview, ...]
    """`changes` are of the error rate."""
    most_denied: tuple[CommandReview, ...]
    """`changes` are of the share of denied invocations."""


class CogReview(NamedTuple):
    """One cog over a period, as the sums of its commands."""

    name: str | None
    """None for commands without a cog."""
    commands: int
    """Its commands that were invoked in the period."""
    outcomes: tuple[int, int, int, int]
    """Invocations in the period, indexed by `Outcome`."""
    severity: Severity
    """Of its error rate and mean answer time over the period."""
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
    """Mean answer time in milliseconds, of answers after a defer or of the others, whichever is worse."""
    error_rate: Judged
    """In percent."""
    invocations: Change
    errors: Change
    """Of the error rate."""
    denied: Change
    """Of the share of denied invocations."""
    answers: tuple[Change, ...]
    """Of mean, median, p95 and p99 of the judged answers in nanoseconds."""
    course: CommandCourse
    groups: tuple[ErrorHistory, ...]
    """Error groups that occurred in the period, the latest first."""
    releases: tuple[ReleaseSeen, ...]
    """Releases that ran in the period, newest first."""
    findings: tuple[Finding, ...]
    """Changes of this command by the current release, worst first."""
    deferred: bool = False
    """Whether the judged answers are the ones after a defer."""
    happened: Happenings = NOTHING_HAPPENED

    @property
    def times(self) -> AnswerTimes:
        """The judged answers of the period."""
        return self.now.deferred if self.deferred else self.now.answers

    def times_of(self, point: CommandPoint) -> Histogram:
        """The judged answers of one step."""
        return point.deferred.times if self.deferred else point.answers.times

    @property
    def updates(self) -> tuple[ReleaseSeen, ...]:
        """The releases that replaced another one in the period."""
        return self.releases[:-1]
