"""Records that are written to history."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model.answers import NO_ANSWERS, AnswerTimes
from plugin.model.findings import Finding
from plugin.model.foundation import CommandKey, ErrorGroup
from plugin.model.members import MemberSketch


class Writer(NamedTuple):
    """The process that writes history: one start of one instance of a bot."""

    bot: int
    """Application id."""
    instance: str
    """Stable over restarts."""
    boot: str
    """Random, new at every start of the process."""
    release: str
    """The version of the bot."""
    given: bool = True
    """Whether an operator configured the name of the instance; False if it is the host's."""


class CommandDelta(NamedTuple):
    """Counts of one command over a span of time."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    durations: Histogram
    """Durations of `ok` and `error` invocations."""
    first_responses: Histogram
    """Times from receipt to first response; empty for prefix commands."""
    answers: AnswerTimes = NO_ANSWERS
    """Answers without a defer."""
    deferred: AnswerTimes = NO_ANSWERS
    """Answers after a defer; an answer after the end of its invocation counts when it came."""


class SeriesDelta(NamedTuple):
    """The values of one series over a span of time."""

    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    sum: float
    minimum: float
    maximum: float
    distribution: Histogram | None = None
    """The distribution of values; None for series that are not histograms. Shared: copy it before changing it."""
    last: float | None = None
    """The value at the end, where only that is sure to be of one moment; None where no measure says it."""


class SeriesKind(NamedTuple):
    """Unit, kind and attributes of a series, all empty if no measure was declared for it."""

    unit: str = ""
    """In the notation of OpenTelemetry; this and the rest are empty where no measure was declared for it."""
    kind: str = ""
    """`gauge`, `gauge/shared` where every instance reports the same, `counter`, or `histogram/` and its resolution."""
    attribute: str = ""
    """Names of the attributes of its measure, for example `shard`, separated by commas."""

    @property
    def base(self) -> str:
        """`gauge`, `counter` or `histogram`."""
        return self.kind.partition("/")[0]

    @property
    def resolution(self) -> float:
        """Of a histogram: the width of its finest bucket, in its unit; 1 of all else."""
        base, _, detail = self.kind.partition("/")
        return float(detail) if base == "histogram" and detail else 1.0


class ErrorDelta(NamedTuple):
    """Failures of one command in a span of time."""

    command: CommandKey
    group: ErrorGroup


NO_KINDS: Mapping[str, SeriesKind] = MappingProxyType({})


class Batch(NamedTuple):
    """Everything that one writer counted in one minute, or in a part of it."""

    start: int
    """Unix time in seconds of the minute's start."""
    sequence: int
    """Higher than that of every earlier batch of the writer."""
    commands: tuple[CommandDelta, ...]
    series: Mapping[str, SeriesDelta]
    """By name, such as `memory_bytes` or `rest_calls{route="GET /gateway"}`."""
    errors: tuple[ErrorDelta, ...]
    findings: tuple[Finding, ...] = ()
    """Findings that began, changed or ended, as of the end of the minute."""
    kinds: Mapping[str, SeriesKind] = NO_KINDS
    """Kinds of series that are not in the table of measures, by measure name."""
    members: tuple[MemberSketch, ...] = ()
    """Active members by period: all that the writer counted in it, where that grew."""


class Retention(NamedTuple):
    """How long each tier of history is kept, in seconds."""

    minutes_s: int = 48 * 3600
    hours_s: int = 30 * 86_400
    days_s: int = 730 * 86_400
