"""Commands, judged one by one, and their problems."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from operator import itemgetter

from plugin.insight.outcomes import Slot, lately, sums
from plugin.insight.scales import WELL, Scales
from plugin.model import CommandHealth, CommandSnapshot, Judged, Severity
from plugin.words import amount, label

Trouble = tuple[Severity, float, bool, CommandHealth]
"""One value of a command that is not well.

Its severity; the value as a multiple of its threshold; whether it is about answers, not the error rate; and the
command. A plain tuple, since a bot where everything is broken has thousands.
"""


_COMMANDS_A_STEP = 100


def phrase(trouble: Trouble) -> str:
    """`/shop buy answers in 1.2 s`, or `/shop buy fails 12.5 % (5 of the last 40)`."""
    _, _, slow, (command, response, rate, deferred, latest) = trouble
    if slow:
        ending = " after deferring" if deferred else ""
        return f"{label(command.key)} answers in {amount(response.value or 0, 'ms', beside=response.threshold)}{ending}"
    return f"{label(command.key)} fails {failures(rate, latest)}"


def judging_commands(
    commands: Sequence[CommandSnapshot], scales: Scales, now: float
) -> Generator[None, None, tuple[CommandHealth, ...]]:
    """Each command with the mean of its last answers and its latest error rate held against the scales."""
    judge_worse, judge_errors = scales.judge_recent_worse, scales.judge_errors
    # Verdicts that most commands share are created once.
    unused, no_errors, all_well = (scales.judge_answers(None, 0), False), judge_errors(0, 0), judge_errors(1, 0)
    among = sum([bool(command.recent) for command in commands]) or 1
    judged: list[CommandHealth] = []
    for number, command in enumerate(commands, 1):
        if number % _COMMANDS_A_STEP == 0:
            yield
        answers, deferred = command.answers, command.deferred
        ok, _, errors, _ = command.outcomes
        response, late = judge_worse(answers, deferred, among) if answers.number or deferred.number else unused
        slots = lately([command.recent], now, scales.minimum_invocations) if errors else ()
        rate = scales.judge_slots(slots, among) if errors else all_well if ok else no_errors
        latest = sums(slots) if slots else (0, 0)
        judged.append(CommandHealth(command, response, rate, late, latest))
    return tuple(judged)


def slow_troubles(commands: Iterable[CommandHealth], above: Severity = WELL) -> list[Trouble]:
    """Mean times to the answer that are worse than a severity."""
    return [
        (response.severity, _excess(response), True, health)
        for health in commands
        if (response := health.response).severity > above
    ]


def error_troubles(commands: Iterable[CommandHealth], above: Severity = WELL) -> list[Trouble]:
    """Error rates that are worse than a severity."""
    return [
        (rate.severity, _excess(rate), False, health)
        for health in commands
        if (rate := health.error_rate).severity > above
    ]


def worst(troubles: Iterable[Trouble]) -> list[Trouble]:
    """The troubles, worst first; equal ones in the order of the snapshot."""
    return sorted(troubles, key=itemgetter(0, 1), reverse=True)


def failures(rate: Judged, latest: Slot) -> str:
    """`12.5 % (5 of the last 40)`."""
    ok, errors = latest
    return f"{amount(rate.value or 0, '%', beside=rate.threshold)} ({errors} of the last {ok + errors})"


def _excess(judged: Judged) -> float:
    return (judged.value or 0) / (judged.threshold or 1)
