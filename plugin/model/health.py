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
    """One value held against what is wanted."""

    value: float | None
    """None is unknown."""
    target: float | None
    """Where well ends and warning begins; None for a value that is not judged."""
    threshold: float | None
    """Where warning ends and critical begins."""
    severity: Severity


class CogHealth(NamedTuple):
    """One cog with the sums of its commands."""

    name: str | None
    """None for the commands that belong to no cog."""
    commands: int
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    mean_ns: float | None
    """Mean time to the answer over the windows of its commands in nanoseconds, deferred ones left out."""
    severity: Severity
    """UNKNOWN where nothing was invoked yet."""
    reasons: tuple[str, ...]
    """What is wrong with it, worst first, each a short phrase; empty where it is well."""


class CommandHealth(NamedTuple):
    """One command, judged."""

    command: CommandSnapshot
    response: Judged
    """Mean time to the answer in milliseconds: of answers after a defer, or of the others, whichever is worse."""
    error_rate: Judged
    """In percent, of the latest invocations."""
    deferred: bool = False
    """Whether `response` is about answers after a defer."""
    latest: tuple[int, int] = (0, 0)
    """How many of these ended `ok` and `error`."""

    @property
    def key(self) -> CommandKey:
        """What it is counted under."""
        return self.command.key

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        """Invocations since boot, indexed by `Outcome`."""
        return self.command.outcomes

    @property
    def answers(self) -> RecentAnswers:
        """Those that `response` is about."""
        return self.command.deferred if self.deferred else self.command.answers

    @property
    def severity(self) -> Severity:
        """The worse of both."""
        return max(self.response.severity, self.error_rate.severity)


class TaskGrowth(NamedTuple):
    """A number that only grows."""

    since: float
    """Unix time in seconds."""
    before: int
    now: int


class TaskHealth(NamedTuple):
    """The tasks that run one function, judged."""

    group: TaskGroupSnapshot
    severity: Severity
    growth: TaskGrowth | None
    """None where they do not pile up, or too little is known to say so."""


class ListenerHealth(NamedTuple):
    """A listener that raised, judged."""

    listener: ListenerSnapshot
    severity: Severity


class Health(NamedTuple):
    """A snapshot, judged."""

    severity: Severity
    reasons: tuple[str, ...]
    """What is wrong with the whole, worst first, each a short phrase; empty where all is well."""
    measured: Mapping[str, Judged]
    """Every measure with limits by its name, in the unit in which it is shown."""
    response_ms: Judged
    """Mean time to the answer over all windows in milliseconds, deferred ones left out."""
    error_rate_percent: Judged
    """Of the latest invocations of all commands."""
    shards: tuple[Judged, ...]
    """Heartbeat latency in milliseconds, in the order of the snapshot's shards; CRITICAL where not connected."""
    cogs: tuple[CogHealth, ...]
    """Worst first, then by invocations."""
    commands: tuple[CommandHealth, ...]
    """In the order of the snapshot's commands."""
    tasks: tuple[TaskHealth, ...] = ()
    """Worst first, scheduled ones before others, then by how many run."""
    listeners: tuple[ListenerHealth, ...] = ()
    """Worst first, then by failures."""
    rest_reasons: tuple[str, ...] = ()
    """Those of the reasons that are about REST calls."""
    deaf: frozenset[int] = frozenset()
    """Ids of the shards that are connected but seem to hear nothing."""
    deferred_ms: Judged = Judged(None, None, None, Severity.UNKNOWN)
    """The same of answers after a defer."""
    latest: tuple[int, int] = (0, 0)
    """How many of the latest invocations, of which the error rate is, ended `ok` and `error`."""
    findings: tuple[Finding, ...] = ()
    """What meets a rule now, those of a rule together."""
