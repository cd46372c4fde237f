"""What a rule says, once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plugin.own_rules.names import ANY

PER_S = {"minute": 60, "hour": 3600, "day": 86_400}
SHORT_PER = {"minute": "min", "hour": "h", "day": "d"}
QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
MEAN = "mean"
OFF = "off"
"""The severity of findings of which nobody is told."""


class OwnThreshold(NamedTuple):
    """One bound of one measure, or one silence of it."""

    measure: str
    """Such as `economy.transactions`."""
    bound: float = 0.0
    """In the unit of the measure, of a counter for each `per`."""
    below: bool = False
    """Whether values below the bound cross it, not those above."""
    where: tuple[tuple[str, str], ...] = ()
    """Attributes of the series that count; all others are left out. Empty: all series together."""
    per: str = "hour"
    """Of counters, shares and histograms: the time that is judged at once."""
    value: str = MEAN
    """Of histograms: `mean`, `median`, `p95` or `p99`."""
    least: int | None = None
    """Fewer measurements prove nothing; None for the default of the kind of measure."""
    severity: str = "critical"
    command: str = ""
    """Of measures of commands: the one that is judged, or a pattern, each of whose commands is judged on its own."""
    cog: str = ""
    """Of measures of commands: the cog whose commands are judged together. Without both, all commands are."""
    instance: str = ""
    """The only instance that judges it; empty: each does."""
    for_s: float = 0.0
    """How long the bound must be crossed, in seconds; of a silence, how long it must last."""
    keep_s: float = 0.0
    """How long it must be over before it ends, in seconds."""
    absent: bool = False
    """Whether it is a silence: nothing was counted, or no value was known."""
    name: str = ""
    """What the operator calls it."""

    @property
    def series(self) -> str:
        """The measure with its attributes, or after its command: `economy.sales{kind=daily}`, `/shop buy errors`."""
        of = f"{self.command} " if self.command else f"cog {self.cog} " if self.cog else ""
        told = ",".join(f"{name}={value}" for name, value in self.where)
        return f"{of}{self.measure}{{{told}}}" if told else f"{of}{self.measure}"

    @property
    def judged(self) -> str:
        """What tells it from all others of its measure: `economy.transactions > 500`, `economy.price p95 < 20/d`."""
        if self.absent:
            return f"{self.series} absent"
        what = "" if self.value == MEAN else f" {self.value}"
        per = "" if self.per == "hour" else f"/{SHORT_PER[self.per]}"
        return f"{self.series}{what} {'<' if self.below else '>'} {self.bound:g}{per}"

    def takes(self, attributes: Mapping[str, str]) -> bool:
        """Whether a series with these attributes counts."""
        return all(attributes.get(name) == value for name, value in self.where)


class FindingRule(NamedTuple):
    """How people are told of findings of one kind."""

    finding: str
    """The rule that makes them, such as `new_error`."""
    severity: str = "critical"
    """`critical`, `warning` or `off`."""
    about: str = ""
    """The only subject: a command, a cog, a task or a shard, as `kind` says; the first two may be patterns."""
    kind: str = ANY
    """`command`, `cog`, `task` or `shard`; empty: whatever it is about."""
    instance: str = ""
    """The only instance that takes it; empty: each does."""
    for_s: float = 0.0
    """How long it must stand before people are told, in seconds."""
    name: str = ""
    """What the operator calls it."""

    @property
    def judged(self) -> str:
        """What it decides: `new_error`, `error_rate{command=/shop *}`."""
        return f"{self.finding}{{{self.kind}={self.about}}}" if self.kind else self.finding
