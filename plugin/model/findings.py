"""Whatever is worth saying: one record from the rule that found it to pages, the log, history and alerts."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import Severity


class SubjectKind(enum.Enum):
    """What a finding is about."""

    PROCESS = "process"
    COMMAND = "command"
    COG = "cog"
    SHARD = "shard"
    ROUTE = "route"
    TASK = "task"
    LISTENER = "listener"
    LOOP = "event loop"
    ERROR = "error"
    INSTANCE = "instance"
    MEASURE = "measure"
    MONITOR = "monitor"
    CHANNEL = "channel"


class Subject(NamedTuple):
    """What a finding is about, and which one of its kind."""

    kind: SubjectKind
    name: str = ""
    """Such as `/shop buy` of a command, `0` of a shard; empty where there is only one."""


PROCESS = Subject(SubjectKind.PROCESS)


class Finding(NamedTuple):
    """Something that is, or was, worth saying about a bot."""

    rule: str
    """The rule that found it, such as `memory`, `slow_command`, `slower_since_update`."""
    subject: Subject
    severity: Severity
    """WELL for good news."""
    sentence: str
    """Such as `/shop buy: p95 120 ms → 480 ms since 1.4.2`; it may name places in code and error types."""
    since: float
    """Unix time in seconds at which it began."""
    until: float | None = None
    """Unix time in seconds at which it ended; None while it stands."""
    value: float | None = None
    """What was measured, in `unit`; None where it is no measurement."""
    threshold: float | None = None
    """The bound that the value crossed, in `unit`; None where the rule has none."""
    unit: str = ""
    """`MB`, `%`, `ms`, `s`; empty for a plain count."""
    evidence: tuple[tuple[str, float], ...] = ()
    """Other numbers behind it, by what they count, such as `("failed", 5), ("invocations", 40)`."""
    look_at: str = ""
    """Where to look next, such as `/commandstats command:/shop buy`."""
    everywhere: bool = False
    """Whether it is about the bot as a program, so that every instance of a fleet would find the same."""

    @property
    def identity(self) -> tuple[str, Subject]:
        """What stays the same while it stands."""
        return self.rule, self.subject
