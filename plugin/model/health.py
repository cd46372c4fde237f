"""A snapshot, judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plugin.model.answers import RecentAnswers
from plugin.model.commands import CommandSnapshot
from plugin.model.findings import Finding
from plugin.model.foundation import CommandKey, Severity
from plugin.model.tasks import ListenerSnapshot, TaskGroupSnapshot


class Judged(NamedTuple):
    """One value compared with its target and threshold."""

    value: float | None
    """None if unknown."""
    target: float | None
    """Up to here it is healthy; None if the value is not judged."""
    threshold: float | None
    """Beyond this it is critical."""
    severity: Severity


class CogHealth(NamedTuple):
    """One cog, as the sums of its commands."""

    name: str | None
    """None for commands without a cog."""
    commands: int
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    mean_ns: float | None
    """Mean answer time over the windows of its commands in nanoseconds, without answers after a defer."""
    severity: Severity
    """UNKNOWN if nothing was invoked yet."""
    reasons: tuple[str, ...]
    """Its problems as short phrases, worst first; empty if it is healthy."""


class CommandHealth(NamedTuple):
    """One command, judged."""

    command: CommandSnapshot
    response: Judged
    """Mean answer time in milliseconds, of answers after a defer or of the others, whichever is worse."""
    error_rate: Judged
    """In percent, of the latest invocations."""
    deferred: bool = False
    """Whether `response` is about answers after a defer."""
    latest: tuple[int, int] = (0, 0)
    """The number of these that ended `ok` and `error`."""

    @property
    def key(self) -> CommandKey:
        """The key of the command."""
        return self.command.key

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        """Invocations since boot, indexed by `Outcome`."""
        return self.command.outcomes

    @property
    def answers(self) -> RecentAnswers:
        """The answers that `response` is about."""
        return self.command.deferred if self.deferred else self.command.answers

    @property
    def severity(self) -> Severity:
        """The worse severity of the two."""
        return max(self.response.severity, self.error_rate.severity)


class TaskGrowth(NamedTuple):
    """Sustained growth in the number of tasks."""

    since: float
    """Unix time in seconds."""
    before: int
    now: int


class TaskHealth(NamedTuple):
    """The tasks that run one function, judged."""

    group: TaskGroupSnapshot
    severity: Severity
    growth: TaskGrowth | None
    """None if they do not pile up, or the evidence is thin."""


class ListenerHealth(NamedTuple):
    """A listener that raised, judged."""

    listener: ListenerSnapshot
    severity: Severity


class Health(NamedTuple):
    """A snapshot, judged."""

    severity: Severity
    reasons: tuple[str, ...]
    """All problems as short phrases, worst first; empty if the bot is healthy."""
    measured: Mapping[str, Judged]
    """Every measure with limits by name, in its display unit."""
    response_ms: Judged
    """Mean answer time over all windows in milliseconds, without answers after a defer."""
    error_rate_percent: Judged
    """Error rate of the latest invocations of all commands."""
    shards: tuple[Judged, ...]
    """Heartbeat latency in milliseconds, in the order of the snapshot's shards; CRITICAL if disconnected."""
    cogs: tuple[CogHealth, ...]
    """Worst first, then by invocations."""
    commands: tuple[CommandHealth, ...]
    """In the order of the snapshot's commands."""
    tasks: tuple[TaskHealth, ...] = ()
    """Worst first, then scheduled ones, then by running tasks."""
    listeners: tuple[ListenerHealth, ...] = ()
    """Worst first, then by failures."""
    rest_reasons: tuple[str, ...] = ()
    """The reasons that are about REST calls."""
    deaf: frozenset[int] = frozenset()
    """Ids of shards that are connected but seem to receive no events."""
    deferred_ms: Judged = Judged(None, None, None, Severity.UNKNOWN)
    """Mean time of answers after a defer."""
    latest: tuple[int, int] = (0, 0)
    """The number of latest invocations behind the error rate that ended `ok` and `error`."""
    findings: tuple[Finding, ...] = ()
    """Current findings, grouped by rule."""
