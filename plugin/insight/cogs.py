"""Cogs, judged by the sums of their commands."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from plugin.insight.commands import error_troubles, failures, phrase, slow_troubles, worst
from plugin.insight.outcomes import Slot, lately, sums
from plugin.insight.scales import CRITICAL, UNKNOWN, WARNING, WELL, Scales
from plugin.model import CogHealth, CommandHealth, Judged, distinct_commands
from plugin.words import amount

_COGS_A_STEP = 100

REASONS = 3
"""Most reasons per cog."""


class _Tally:
    """The sums of one cog's commands."""

    __slots__ = ("cancelled", "denied", "errors", "members", "ok", "severity", "window", "window_sum_ns")

    def __init__(self) -> None:
        self.members: list[CommandHealth] = []
        self.ok = self.denied = self.errors = self.cancelled = 0
        self.window = self.window_sum_ns = 0
        self.severity = UNKNOWN

    def add(self, health: CommandHealth) -> None:
        command, response, rate, *_ = health
        ok, denied, errors, cancelled = command.outcomes
        self.members.append(health)
        self.ok += ok
        self.denied += denied
        self.errors += errors
        self.cancelled += cancelled
        self.window += len(command.answers.window_ns)
        self.window_sum_ns += command.answers.window_sum_ns
        self.severity = max(self.severity, response.severity, rate.severity)

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        return self.ok, self.denied, self.errors, self.cancelled


def judging_cogs(
    commands: Iterable[CommandHealth], loaded: Iterable[str], scales: Scales, now: float
) -> Generator[None, None, tuple[CogHealth, ...]]:
    """Every loaded cog and every other that commands were counted under, worst first, then by invocations.

    A cog is as bad as its error rate and its mean answer over all its commands. A single command that is slow or fails
    makes it a WARNING at worst. It yields so that other work can run in between.
    """
    tallies: dict[str | None, _Tally] = {name: _Tally() for name in loaded}
    for health in commands:
        cog = health.command.key.cog
        tally = tallies.get(cog)
        if tally is None:
            tally = tallies[cog] = _Tally()
        tally.add(health)
    cogs: list[CogHealth] = []
    for number, (name, tally) in enumerate(tallies.items()):
        if number % _COGS_A_STEP == 0:
            yield
        cogs.append(_judge_cog(name, tally, scales, now, len(tallies)))
    return tuple(sorted(cogs, key=_rank))


def _rank(cog: CogHealth) -> tuple[int, int, str]:
    return -cog.severity, -sum(cog.outcomes), cog.name or ""


def _judge_cog(name: str | None, tally: _Tally, scales: Scales, now: float, among: int) -> CogHealth:
    mean_ns = tally.window_sum_ns / tally.window if tally.window else None
    severity, reasons = tally.severity, ()
    mean = scales.judge_recent([health.command.answers for health in tally.members], among=among)
    if severity > WELL or mean.severity > WELL or tally.errors:
        slots = lately([health.command.recent for health in tally.members], now, scales.minimum_invocations)
        errors = scales.judge_slots(slots, among)
        severity = max(errors.severity, mean.severity, min(severity, WARNING))
        reasons = _reasons(errors, mean, tally, sums(slots)) if severity > WELL else ()
    return CogHealth(
        name,
        distinct_commands(health.command.key for health in tally.members),
        tally.outcomes,
        mean_ns,
        severity,
        reasons,
    )


def _reasons(errors: Judged, mean: Judged, tally: _Tally, latest: Slot) -> tuple[str, ...]:
    """Its own sums where they are critical, then its commands beyond their thresholds, then the rest."""
    phrases: list[str] = []
    failing = [f"error rate {failures(errors, latest)}"] if errors.severity > WELL else []
    if errors.severity is CRITICAL:
        phrases += failing
        failing = []
    slow = slow_troubles(tally.members)
    if mean.severity is CRITICAL or (mean.severity > WELL and not slow):  # else the slow commands tell more
        phrases.append(f"average answer time {amount(mean.value or 0, 'ms', beside=mean.threshold)}")
    troubles = slow
    if errors.severity < CRITICAL:  # only an error rate that is worse than that of the cog says more
        troubles += error_troubles(tally.members, above=max(errors.severity, WELL))
    shown = worst(troubles)[: REASONS - len(phrases) - len(failing)]
    graver = sum([severity is CRITICAL for severity, *_ in shown])
    told = list(map(phrase, shown))
    return (*phrases, *told[:graver], *failing, *told[graver:])
