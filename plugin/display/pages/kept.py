"""The state of history and of what is sent to the outside, for `/health`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.display import measures, numbers, text
from plugin.display.marks import sign
from plugin.model import AlertingState, HistoryState, SendingState, Severity

INDENT = " " * 3
PROBLEM_LINES = 4
NOTE_LINES = 7


def history_rows(state: HistoryState | None, at: float) -> list[str]:
    """Where history is kept, since when and why writes fail, and how much waits."""
    if state is None:
        return [text.spread(f"{sign(Severity.UNKNOWN)} History", "switched off")]
    return ["\n".join(_lines(state, at))]


def _lines(state: HistoryState, at: float) -> Iterator[str]:
    failing = state.failing_since is not None
    severity = Severity.WARNING if failing or state.warnings else Severity.WELL
    yield text.spread(f"{sign(severity)} History", "write failing" if failing else "ok")
    if state.where:
        yield f"{INDENT}{text.isolated(text.clip_start(text.clean(state.where), text.LINE_CELLS - 3))}"
    if state.failing_since is not None:
        yield measures.plain("failing for", numbers.span(at - state.failing_since))
    if state.problem:
        yield from text.wrapped(state.problem, INDENT, PROBLEM_LINES)
    for warning in state.warnings:
        yield from text.wrapped(warning, INDENT, NOTE_LINES)
    if state.waiting > 1 or failing:
        yield measures.plain("minutes buffered", numbers.count(state.waiting))
    if state.merged_batches:
        yield measures.plain("minutes merged", numbers.count(state.merged_batches))
    yield measures.plain("Instance", text.name(state.instance, 15))
    if state.hint:
        yield from text.wrapped(state.hint, INDENT, NOTE_LINES)
    yield measures.plain("Release", text.name(state.release, 15))


def alert_rows(states: Sequence[AlertingState], at: float) -> list[str]:
    """Whether people are told, by target, and why not; empty where alerts go nowhere."""
    return [_alert_row(state, at, named=len(states) > 1) for state in states]


def _alert_row(state: AlertingState, at: float, named: bool) -> str:
    failing = state.failing_since is not None
    how = "failing" if failing else f"{state.firing:,} firing"
    severity = Severity.WARNING if failing else Severity.CRITICAL if state.firing else Severity.WELL
    last = "never" if state.last_sent is None else numbers.ago(max(0.0, at - state.last_sent))
    rows = [text.spread(f"{sign(severity)} Alerts", how)]
    if named and state.target:
        rows.append(f"{INDENT}{text.name(state.target, text.LINE_CELLS - len(INDENT))}")
    rows.append(measures.plain("last sent", last))
    if state.held_back:
        rows.append(measures.plain("held back", f"{state.held_back:,}"))
    return "\n".join([*rows, *text.wrapped(state.problem, INDENT, PROBLEM_LINES)] if failing else rows)


def sending_rows(label: str, state: SendingState | None, at: float) -> list[str]:
    """Whether something is sent, and why not; empty if none is configured."""
    if state is None:
        return []
    failing = state.failing_since is not None
    wrong = state.problem if failing else state.held_back
    severity = Severity.UNKNOWN if state.last_sent is None else Severity.WELL
    severity = Severity.WARNING if failing or wrong else severity
    how = "failing" if failing else "held back" if wrong else "ok"
    last = "never" if state.last_sent is None else numbers.ago(max(0.0, at - state.last_sent))
    rows = [text.spread(f"{sign(severity)} {label}", how), measures.plain("last sent", last)]
    return ["\n".join([*rows, *text.wrapped(wrong, INDENT, PROBLEM_LINES)] if wrong else rows)]
