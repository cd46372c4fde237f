"""What history is given to keep."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model.answers import NO_ANSWERS, AnswerTimes
from plugin.model.findings import Finding
from plugin.model.foundation import CommandKey, ErrorGroup


class Writer(NamedTuple):
    """Who writes history: one start of one instance of a bot."""

    bot: int
    """Application id."""
    instance: str
    """Stable over restarts."""
    boot: str
    """Random, new at every start of the process."""
    release: str
    """Version of the bot that runs."""
    given: bool = True
    """Whether an operator chose the name of the instance; False where it is only that of the host."""


class CommandDelta(NamedTuple):
    """What happened to one command in a span of time."""

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
    """Of those that did not defer."""
    deferred: AnswerTimes = NO_ANSWERS
    """Of those that did; an answer that came after the end of its invocation counts where it came."""


class SeriesDelta(NamedTuple):
    """The values that one series had in a span of time."""

    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    sum: float
    minimum: float
    maximum: float
    distribution: Histogram | None = None
    """How often values of each size occurred; None for what is no histogram. Shared: copy it before a change."""
    last: float | None = None
    """The value at the end, where only that is sure to be of one moment; None where no measure says it."""


class SeriesKind(NamedTuple):
    """What the values of a series are."""

    unit: str = ""
    """In the notation of OpenTelemetry; this and the rest are empty where no measure was declared for it."""
    kind: str = ""
    """`gauge`, `gauge/shared` where every instance reports the same, `counter`, or `histogram/` and its resolution."""
    attribute: str = ""
    """What tells it from others of its measure, such as `shard`; several are joined by commas."""

    @property
    def base(self) -> str:
        """`gauge`, `counter` or `histogram`."""
        return self.kind.partition("/")[0]


class ErrorDelta(NamedTuple):
    """Failures of one command in a span of time."""

    command: CommandKey
    group: ErrorGroup


NO_KINDS: Mapping[str, SeriesKind] = MappingProxyType({})


class Batch(NamedTuple):
    """What one writer saw in one minute, or in a part of it."""

    start: int
    """Unix time in seconds of the minute's begin."""
    sequence: int
    """Higher than that of every batch that the writer wrote before."""
    commands: tuple[CommandDelta, ...]
    series: Mapping[str, SeriesDelta]
    """By name, such as `memory_bytes` or `rest_calls{route="GET /gateway"}`."""
    errors: tuple[ErrorDelta, ...]
    findings: tuple[Finding, ...] = ()
    """Those that began, changed or ended, as they are at the end of the minute."""
    kinds: Mapping[str, SeriesKind] = NO_KINDS
    """What series are that are not in the table of measures, by the names of their measures."""


class Retention(NamedTuple):
    """How long each tier of history is kept, in seconds."""

    minutes_s: int = 48 * 3600
    hours_s: int = 30 * 86_400
    days_s: int = 730 * 86_400
