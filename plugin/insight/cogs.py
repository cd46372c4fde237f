"""Cogs, judged by the sums of their commands."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.insight.commands import error_troubles, failures, slow_troubles, worst
from plugin.insight.scales import UNKNOWN, WELL, Scales
from plugin.model import CogHealth, CommandHealth, Judged

REASONS = 3


class _Tally:
    """The sums of one cog."""

    __slots__ = ("cancelled", "denied", "errors", "members", "ok", "severity", "window", "window_sum_ns")

    def __init__(self) -> None:
        self.members: list[CommandHealth] = []
        self.ok = self.denied = self.errors = self.cancelled = 0
        self.window = self.window_sum_ns = 0
        self.severity = UNKNOWN

    def add(self, health: CommandHealth) -> None:
        command, response, rate = health
        ok, denied, errors, cancelled = command.outcomes
        self.members.append(health)
        self.ok += ok
        self.denied += denied
        self.errors += errors
        self.cancelled += cancelled
        self.window += len(command.window_ns)
        self.window_sum_ns += command.window_sum_ns
        severity = response.severity if response.severity > rate.severity else rate.severity
        if severity > self.severity:
            self.severity = severity

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        return self.ok, self.denied, self.errors, self.cancelled


def judge_cogs(commands: Iterable[CommandHealth], loaded: Iterable[str], scales: Scales) -> tuple[CogHealth, ...]:
    """Every loaded cog and every other that commands were counted under, worst first, then by invocations.

    A cog is as bad as its error rate or the worst of its commands, whichever is worse.
    """
    tallies: dict[str | None, _Tally] = {name: _Tally() for name in loaded}
    for health in commands:
        cog = health.command.key.cog
        tally = tallies.get(cog)
        if tally is None:
            tally = tallies[cog] = _Tally()
        tally.add(health)
    cogs = [_judge_cog(name, tally, scales) for name, tally in tallies.items()]
    return tuple(sorted(cogs, key=lambda cog: (-cog.severity, -sum(cog.outcomes), cog.name or "")))


def _judge_cog(name: str | None, tally: _Tally, scales: Scales) -> CogHealth:
    severity, reasons = tally.severity, ()
    if severity > WELL or tally.errors:
        errors = scales.judge_errors(tally.ok, tally.errors)
        severity = max(errors.severity, severity)
        reasons = _reasons(errors, tally) if severity > WELL else ()
    mean_ns = tally.window_sum_ns / tally.window if tally.window else None
    return CogHealth(name, len(tally.members), tally.outcomes, mean_ns, severity, reasons)


def _reasons(errors: Judged, tally: _Tally) -> tuple[str, ...]:
    # The error rate of a command is named only where it is worse than what the error rate of the cog says already.
    own = errors.severity
    troubles = worst(slow_troubles(tally.members) + error_troubles(tally.members, above=max(own, WELL)))
    phrases = [trouble.phrase() for trouble in troubles[:REASONS]]
    if own > WELL:
        graver = sum(trouble.severity > own for trouble in troubles[:REASONS])
        phrases.insert(graver, f"error rate {failures(errors, tally.outcomes)}")
    return tuple(phrases[:REASONS])
