"""The report: what a bot did over a period. One record, which every outlet renders."""

from __future__ import annotations

from typing import NamedTuple

from plugin.model import Change, CommandKey, Finding, Severity
from plugin.model.command_reviews import CommandReview
from plugin.model.past import Availability, ErrorReview, SpanReview


class Usage(NamedTuple):
    """What was used."""

    commands: int
    """Invoked commands."""
    top: tuple[CommandReview, ...]
    """Most used first; `changes` are of the invocations."""
    grown: tuple[CommandReview, ...]
    """Commands with significantly more invocations, largest growth first."""


class SlowerCommand(NamedTuple):
    """A command whose answers became significantly slower."""

    key: CommandKey
    what: str
    """`p95`, `p99`, `average` or `median`."""
    change: Change
    """In nanoseconds."""
    deferred: bool
    """Whether it is about answers after a defer."""


class FailingCommand(NamedTuple):
    """A command whose error rate rose significantly."""

    key: CommandKey
    change: Change
    """Of the error rate, 0 to 1."""


class Failures(NamedTuple):
    """What failed."""

    errors: int
    """Invocations that ended in an error."""
    errors_before: int | None
    """Those of the previous period; None if history does not cover it."""
    rising: tuple[FailingCommand, ...]
    """Largest rise first."""
    new: tuple[ErrorReview, ...]
    """Error groups that are new, regressed or first seen in the period."""
    frequent: tuple[ErrorReview, ...]
    """The other error groups, most frequent first."""
    left_out: int
    """Error groups beyond the bounds of both lists."""


class ReportedIncident(NamedTuple):
    """Something that was wrong for a time."""

    severity: Severity
    begin: float
    """Unix time in seconds; may lie before the period."""
    end: float | None
    """Unix time in seconds; None if it lasted beyond the period."""
    seconds: float
    """Its duration within the period."""
    what: str
    instance: str
    """Empty for the whole bot, and if the report is about one instance."""


class ReleaseChange(NamedTuple):
    """A release that began to run in the period."""

    at: float
    """Unix time in seconds."""
    release: str
    before: str
    findings: tuple[Finding, ...]
    """Changes of commands since it, worst first."""


class Report(NamedTuple):
    """What a bot did over a period, compared with the previous one."""

    bot: int
    instance: str | None
    """None for all instances."""
    review: SpanReview
    """Invocations, error rate, answer times and resources; its `spans` are the period."""
    usage: Usage
    slower: tuple[SlowerCommand, ...]
    """Largest ratio first."""
    failures: Failures
    incidents: tuple[ReportedIncident, ...]
    """Worst first, then longest first."""
    incidents_left_out: int
    availability: Availability | None
    """None if nothing is known about it."""
    releases: tuple[ReleaseChange, ...]
    """Oldest first."""
    releases_left_out: int
    first: tuple[Finding, ...]
    """What to look at first."""
    rounded_s: int = 0
    """Seconds of the rows of history to which the period was rounded; 0 if it is as requested."""

    @property
    def covered_from(self) -> int | None:
        """Unix time in seconds since when history covers the period; None if it covers all of it, or nothing."""
        spans = self.review.spans
        return spans.since if spans.since is not None and spans.start < spans.since < spans.end else None

    @property
    def is_covered(self) -> bool:
        """Whether there is any history of the period."""
        spans = self.review.spans
        return spans.since is not None and spans.since < spans.end

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was used and nothing happened."""
        return not (
            self.usage.commands
            or self.failures.errors
            or self.failures.new
            or self.failures.frequent
            or self.incidents
            or self.releases
            or self.first
        )
