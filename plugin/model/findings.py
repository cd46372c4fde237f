"""Findings: one record, from the rule that makes it to pages, the log, history and alerts."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import Severity


class SubjectKind(enum.Enum):
    """The kind of thing that a finding is about."""

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
    """The thing that a finding is about."""

    kind: SubjectKind
    name: str = ""
    """For example `/shop buy` for a command, `0` for a shard; empty if there is only one of the kind."""


PROCESS = Subject(SubjectKind.PROCESS)


class Finding(NamedTuple):
    """Something worth saying about a bot, now or in the past."""

    rule: str
    """The rule that made it, for example `memory`, `slow_command`, `slower_since_update`."""
    subject: Subject
    severity: Severity
    """WELL for good news."""
    sentence: str
    """For example `/shop buy: p95 120 ms → 480 ms since 1.4.2`; may name source locations and error types."""
    since: float
    """Unix time in seconds at which it began."""
    until: float | None = None
    """Unix time in seconds at which it ended; None while it is open."""
    value: float | None = None
    """The measured value in `unit`; None if nothing was measured."""
    threshold: float | None = None
    """The threshold that the value crossed, in `unit`; None if the rule has none."""
    unit: str = ""
    """`MB`, `%`, `ms`, `s`; empty for a plain count."""
    evidence: tuple[tuple[str, float], ...] = ()
    """Other numbers behind it with their names, for example `("failed", 5), ("invocations", 40)`."""
    look_at: str = ""
    """Where to look next, for example `/commandstats command:/shop buy`."""
    everywhere: bool = False
    """Whether it is about the bot as a program, so that every instance of a fleet makes the same finding."""

    @property
    def identity(self) -> tuple[str, Subject]:
        """What stays the same while it is open."""
        return self.rule, self.subject


class Standing(NamedTuple):
    """The findings that stand, as of one check."""

    findings: tuple[Finding, ...]
    check: int
    """The number of the check, higher than that of every check before it."""
    sure: frozenset[tuple[str, Subject]] = frozenset()
    """The identities of those that have stood for long enough already, by a rule of their own."""
