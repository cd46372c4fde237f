"""A command's numbers side by side: of a period and the previous one, since start and of all time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from plugin.display import comparison, numbers, text
from plugin.display.book import Section
from plugin.display.comparison import Show
from plugin.model import AnswerTimes, Change, CommandDelta, CommandHealth, CommandSnapshot, Outcome, Period, error_rate
from plugin.model.command_reviews import CommandPast

LABEL_CELLS = 8
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def since_start(command: CommandSnapshot) -> CommandDelta:
    """Counts since the start, in the form of history's."""
    counts = command.key, command.outcomes, command.total_ns, command.durations, command.first_responses
    return CommandDelta(*counts, command.answers.since_boot, command.deferred.since_boot)


def all_time_section(judged: CommandHealth, all_time: CommandDelta | None) -> Section:
    """Since start beside all time, if earlier starts add anything."""
    command = judged.command
    if all_time is None or all_time.outcomes == command.outcomes:
        return Section("", ())
    return _beside({"since start": since_start(command), "all time": all_time}, judged.deferred)


def period_section(command: CommandSnapshot, past: CommandPast) -> Section:
    """Since start, the period and all time side by side."""
    boot, period = since_start(command), past.spans.period
    columns = {"start": boot, "all time": past.all_time}
    if period is not Period.ALL:
        columns = {"start": boot, comparison.SHORT[period]: past.now, "all": past.all_time}
    return _beside(columns, past.deferred)


def changes_section(past: CommandPast) -> Section:
    """The period beside the previous one; empty if there is none."""
    if past.spans.before is None:
        return Section("", ())
    times = zip(("average", *QUANTILES), past.answers, strict=True)
    shown: list[tuple[str, Change, Show]] = [
        ("invoked", past.invocations, comparison.count),
        ("errors", past.errors, comparison.share),
        ("denied", past.denied, comparison.share),
        *((label, change, comparison.duration) for label, change in times),
    ]
    rows = [comparison.line(label, change, show, past.spans) for label, change, show in shown]
    heading = f"Compared with the previous {comparison.WORDS[past.spans.period]}"
    return Section(heading, rows, comparison.header(past.spans))


def _beside(columns: Mapping[str, CommandDelta], deferred: bool) -> Section:
    """Two or three spans by column head, with the times of answers after a defer or of the others."""

    def times(of: CommandDelta) -> AnswerTimes:
        return of.deferred if deferred else of.answers

    def quantile_of(quantile: float) -> Callable[[CommandDelta], str]:
        return lambda of: comparison.duration(times(of).times.carried_ns(quantile))

    shown: Sequence[tuple[str, Callable[[CommandDelta], str]]] = (
        ("invoked", lambda of: numbers.count_in(7, sum(of.outcomes)).strip()),
        ("errors", lambda of: comparison.share(error_rate(of.outcomes))),
        ("duration", lambda of: comparison.duration(of.total_ns / _ran(of) if _ran(of) else None)),
        ("average", lambda of: comparison.duration(times(of).mean_ns)),
        *((name, quantile_of(quantile)) for name, quantile in QUANTILES.items()),
    )
    rows = [_row(label, [show(of) for of in columns.values()]) for label, show in shown]
    return Section("Comparison", rows, _row("", list(columns)))


def _row(label: str, values: Sequence[str]) -> str:
    width = (text.LINE_CELLS - LABEL_CELLS) // len(values)
    return f"{label:<{LABEL_CELLS}}{''.join(text.right(value, width) for value in values)}"


def _ran(of: CommandDelta) -> int:
    return of.outcomes[Outcome.OK] + of.outcomes[Outcome.ERROR]
