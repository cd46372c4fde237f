"""Lines of all time, below those of since start; only if earlier starts add something."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.display import numbers, text
from plugin.model import CommandHealth, CommandKey, CommandTotals, Outcome

AllTime = Mapping[CommandKey, CommandTotals]
"""Counts of every command since the start of history."""

EVER_NOTE = " · all: all time"


def _outcomes(totals: CommandTotals) -> tuple[int, int, int, int]:
    return totals.outcomes


class AllTimeLines:
    """All-time lines for the commands of a list."""

    def __init__(self, all_time: AllTime) -> None:
        self._all_time = all_time
        self._invocations = sum(sum(totals.outcomes) for totals in all_time.values())

    def used(self, judged: CommandHealth) -> list[str]:
        """Invocations of a command, and their share."""
        return [
            f"all {numbers.count_in(7, number)}{numbers.share(number, self._invocations):>8}"
            for number in [sum(totals.outcomes) for totals in self._of(judged)]
        ]

    def timed(self, judged: CommandHealth) -> list[str]:
        """The mean answer time of a command."""
        found = [totals.deferred if judged.deferred else totals.answers for totals in self._of(judged)]
        return [
            f"all time average{text.right(numbers.duration(answers.mean_ns), 9)}" for answers in found if answers.number
        ]

    def failed(self, judged: CommandHealth) -> list[str]:
        """Errors of a command, and its error rate."""
        return [
            text.spread(f"   {error:,} all time", numbers.share(error, ok + error))
            for ok, _, error, _ in map(_outcomes, self._of(judged))
        ]

    def refused(self, judged: CommandHealth) -> list[str]:
        """Denied invocations of a command, and their share."""
        return [
            text.spread(
                f"   {outcomes[Outcome.DENIED]:,} all time", numbers.share(outcomes[Outcome.DENIED], sum(outcomes))
            )
            for outcomes in map(_outcomes, self._of(judged))
        ]

    def _of(self, judged: CommandHealth) -> list[CommandTotals]:
        """The totals of all time; empty if no earlier start invoked the command."""
        totals = self._all_time.get(judged.command.key)
        return [] if totals is None or sum(totals.outcomes) <= sum(judged.command.outcomes) else [totals]
