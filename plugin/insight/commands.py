"""Commands, judged one by one, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from plugin.insight.scales import NS_PER_MS, WELL, Scales
from plugin.insight.words import amount, label
from plugin.model import CommandHealth, CommandSnapshot, Judged, Severity


class Trouble(NamedTuple):
    """One value of a command that is not well; the greater one is the worse."""

    severity: Severity
    excess: float
    """The value as a multiple of its threshold."""
    slow: bool
    """Whether it is about the mean duration, not the error rate."""
    health: CommandHealth

    def phrase(self) -> str:
        """`/shop buy averages 1.2 s`, or `/shop buy fails 12.5 % (5 of 40)`."""
        name = label(self.health.command.key)
        if self.slow:
            response = self.health.response
            return f"{name} averages {amount(response.value or 0, 'ms', beside=response.threshold)}"
        return f"{name} fails {failures(self.health.error_rate, self.health.command.outcomes)}"


def judge_commands(commands: Iterable[CommandSnapshot], scales: Scales) -> tuple[CommandHealth, ...]:
    """Each command with the mean of its window and its error rate since boot held against the scales."""
    judge_response, judge_errors = scales.response_ms.judge, scales.judge_errors
    # The verdicts that most commands share are made once.
    unused, no_errors, all_well = judge_response(None), judge_errors(0, 0), judge_errors(1, 0)
    judged: list[CommandHealth] = []
    for command in commands:
        window = len(command.window_ns)
        ok, _, errors, _ = command.outcomes
        response = judge_response(command.window_sum_ns / window / NS_PER_MS) if window else unused
        rate = judge_errors(ok, errors) if errors else all_well if ok else no_errors
        judged.append(CommandHealth(command, response, rate))
    return tuple(judged)


def slow_troubles(commands: Iterable[CommandHealth], above: Severity = WELL) -> list[Trouble]:
    """Mean durations that are worse than a severity."""
    return [
        Trouble(health.response.severity, _excess(health.response), True, health)
        for health in commands
        if health.response.severity > above
    ]


def error_troubles(commands: Iterable[CommandHealth], above: Severity = WELL) -> list[Trouble]:
    """Error rates that are worse than a severity."""
    return [
        Trouble(health.error_rate.severity, _excess(health.error_rate), False, health)
        for health in commands
        if health.error_rate.severity > above
    ]


def worst(troubles: Iterable[Trouble]) -> list[Trouble]:
    """The same troubles, worst first; those as bad as each other in the order of the snapshot."""
    return sorted(troubles, key=itemgetter(0, 1), reverse=True)


def failures(rate: Judged, outcomes: tuple[int, int, int, int]) -> str:
    """`12.5 % (5 of 40)`."""
    ok, _, errors, _ = outcomes
    return f"{amount(rate.value or 0, '%', beside=rate.threshold)} ({errors} of {ok + errors})"


def _excess(judged: Judged) -> float:
    return (judged.value or 0) / (judged.threshold or 1)
