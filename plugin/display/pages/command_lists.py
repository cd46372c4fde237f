"""The commands in each list of /commandstats, top first: since start, or over a period."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from plugin.display import comparison, failures, measures, text
from plugin.display.comparison import alone
from plugin.display.pages.ever import EVER_NOTE, AllTime, AllTimeLines
from plugin.histogram import carries, nearest_rank
from plugin.model import Change, CommandHealth, Health, Outcome, Severity, Spans
from plugin.model.command_reviews import CommandReview, CommandsReview

P95 = 0.95
QUANTILES = (0.5, P95, 0.99)
MOST_GROUPS = 2
MORE_TYPES, MORE_REASONS = "   … and {:,} more types", "   … and {:,} more reasons"
SINCE_START = "since start"

T = TypeVar("T")


class CommandRow(NamedTuple):
    """A command in a list."""

    command: CommandHealth | CommandReview
    changes: Sequence[Change]
    """The numbers that the list shows."""
    further: Sequence[str] = ()
    """Lines below it."""
    few: int = 0
    """The number of answers if it is too small for a p95; the last number is then the longest, not the p99."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The four lists, each made on demand, and their totals."""

    spans: Spans | None
    """The period; None for since start."""
    footer: str
    times_footer: str
    """The footer for answer times."""
    outcomes: Sequence[int]
    """Of all commands together, indexed by `Outcome`."""
    commands: int
    """Invoked commands."""
    slow: int
    """Commands that are slower than their target."""
    failing: int
    """Commands that fail more often than their target."""
    used: Callable[[], list[CommandRow]]
    """With their invocations."""
    slowest: Callable[[], list[CommandRow]]
    """With mean, median, p95 and p99 of the judged answers in nanoseconds."""
    failed: Callable[[], list[CommandRow]]
    """With their error rate."""
    denied: Callable[[], list[CommandRow]]
    """With their share of denied invocations."""


def lists_since_start(invoked: Sequence[CommandHealth], health: Health, top: int, all_time: AllTime) -> Lists:
    """Lists of the counts in memory, with lines of all time below."""
    ever, note = AllTimeLines(all_time), EVER_NOTE if all_time else ""

    def ranked(value: Callable[[CommandHealth], float], row: Callable[[CommandHealth], CommandRow]) -> list[CommandRow]:
        return [row(judged) for judged in foremost(invoked, top, value)]

    return Lists(
        spans=None,
        footer=f"{SINCE_START}{note}",
        times_footer=f"{measures.window_words(health)} · ok and error{note}",
        outcomes=[sum(column) for column in zip(*(judged.outcomes for judged in invoked), strict=True)],
        commands=len(invoked),
        slow=sum(judged.response.severity > Severity.WELL for judged in invoked),
        failing=sum(judged.error_rate.severity > Severity.WELL for judged in invoked),
        used=lambda: ranked(
            _invocations, lambda judged: CommandRow(judged, [alone(_invocations(judged))], ever.used(judged))
        ),
        slowest=lambda: ranked(lambda judged: judged.answers.mean_ns or 0, lambda judged: _timed(judged, ever)),
        failed=lambda: ranked(lambda judged: judged.outcomes[Outcome.ERROR], lambda judged: _failed(judged, ever)),
        denied=lambda: ranked(lambda judged: judged.outcomes[Outcome.DENIED], lambda judged: _denied(judged, ever)),
    )


def foremost(commands: Sequence[T], top: int, value: Callable[[T], float]) -> list[T]:
    """The `top` things with the highest values above 0, highest first; equal ones in their order."""
    values = list(map(value, commands))
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return [commands[index] for index in order[:top] if values[index]]


def _invocations(judged: CommandHealth) -> int:
    return sum(judged.outcomes)


def _timed(judged: CommandHealth, ever: AllTimeLines) -> CommandRow:
    answers = judged.answers
    window = sorted(answers.window_ns)  # once for all quantiles
    number = len(window)
    times = [window[nearest_rank(at, number) - 1] if carries(at, number) else None for at in QUANTILES]
    few = 0 if carries(P95, number) else number
    if few:
        times[-1] = window[-1]
    return CommandRow(judged, [*map(alone, (answers.mean_ns, *times))], ever.timed(judged), few)


def _failed(judged: CommandHealth, ever: AllTimeLines) -> CommandRow:
    errors = judged.command.errors
    groups = heapq.nlargest(MOST_GROUPS + 1, errors, key=lambda group: group.count)
    kinds = ["\n".join(failures.error_lines(group)) for group in groups]
    shown = text.cut(kinds, MOST_GROUPS, MORE_TYPES, len(errors))
    return CommandRow(judged, [alone(judged.command.error_rate)], [*ever.failed(judged), *shown])


def _denied(judged: CommandHealth, ever: AllTimeLines) -> CommandRow:
    denials = judged.command.denials
    reasons = [failures.denial_line(group) for group in denials[: MOST_GROUPS + 1]]
    shown = text.cut(reasons, MOST_GROUPS, MORE_REASONS, len(denials))
    share = judged.outcomes[Outcome.DENIED] / _invocations(judged)
    return CommandRow(judged, [alone(share)], [*ever.refused(judged), *shown])


def lists_of_period(review: CommandsReview, at: float) -> Lists:
    """Lists of a review by history; `at` is now, in Unix seconds."""
    footer = comparison.footer(review.spans)

    def failed(command: CommandReview) -> CommandRow:
        groups = command.errors[: MOST_GROUPS + 1]
        kinds = ["\n".join(failures.history_lines(group, review.spans, at)) for group in groups]
        return CommandRow(command, command.changes, text.cut(kinds, MOST_GROUPS, MORE_TYPES, len(command.errors)))

    def plain(commands: Sequence[CommandReview]) -> list[CommandRow]:
        return [CommandRow(command, command.changes) for command in commands]

    return Lists(
        spans=review.spans,
        footer=footer,
        times_footer=footer,
        outcomes=review.outcomes,
        commands=review.commands,
        slow=review.slow,
        failing=review.failing,
        used=lambda: plain(review.most_used),
        slowest=lambda: plain(review.slowest),
        failed=lambda: [failed(command) for command in review.most_errors],
        denied=lambda: plain(review.most_denied),
    )
