"""The section of /health about the work beside the commands."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display import failures, measures, numbers, text
from plugin.display.book import Rows, Section
from plugin.display.marks import sign
from plugin.model import (
    BackgroundSnapshot,
    ErrorGroup,
    Health,
    ListenerHealth,
    Severity,
    Snapshot,
    TaskGroupSnapshot,
    TaskHealth,
    TaskKind,
)
from plugin.words import function, lasting

MOST_TROUBLED = 5
MOST_LISTENERS = 3
MOST_WELL = 5
INDENT = " " * 3
NAME_CELLS = 17


def background_section(snapshot: Snapshot, health: Health) -> Section:
    """How many tasks run, what is wrong with which of them and with listeners, and the others by name."""
    if snapshot.background is None:
        return Section("Background work", ())
    troubled = [judged for judged in health.tasks if judged.severity > Severity.WELL]
    well = [judged.group for judged in health.tasks if _is_worth_a_line(judged)]
    in_trouble = Rows(lambda judged: _troubled(judged, snapshot.at), troubled)
    listeners = Rows(lambda judged: _listener(judged, snapshot.at), health.listeners)
    rows = [
        *_totals(snapshot.background, health),
        *text.cut(in_trouble, MOST_TROUBLED, "… and {:,} more with warnings"),
        *text.cut(listeners, MOST_LISTENERS, "… and {:,} more listeners"),
        *text.cut(Rows(_well, well), MOST_WELL),
    ]
    return Section("Background work", rows)


def _totals(background: BackgroundSnapshot, health: Health) -> list[str]:
    scheduled = [judged for judged in health.tasks if judged.group.kind is TaskKind.SCHEDULED]
    run = sum(judged.group.running > 0 for judged in scheduled)
    shown = f"{run:,} of {len(scheduled):,}" if scheduled else "none"
    return [
        measures.plain("Scheduled running", shown),
        measures.plain("Tasks running", numbers.count(background.running)),
        measures.plain("Listeners with errors", numbers.count(len(background.listeners))),
    ]


def _is_worth_a_line(judged: TaskHealth) -> bool:
    """Whether it is well and of the bot's own: what libraries run is of no interest while it is well."""
    group = judged.group
    shown = group.kind is TaskKind.SCHEDULED or (group.place is not None and group.running > 0)
    return judged.severity <= Severity.WELL and shown


def _well(group: TaskGroupSnapshot) -> str:
    return _head(Severity.WELL, group)


def _head(severity: Severity, group: TaskGroupSnapshot) -> str:
    if group.kind is TaskKind.ASYNCIO:
        state = f"{numbers.short_count(group.running)} running"
    elif group.stopped is not None:
        state = "stopped"
    elif group.running:
        state = f"{numbers.short_count(group.finished)} runs"
    else:
        state = "not running"
    return _spread(severity, function(group.name), state)


def _spread(severity: Severity, name: str, state: str) -> str:
    return text.spread(f"{sign(severity)} {text.name(name, NAME_CELLS)}", state)


def _troubled(judged: TaskHealth, at: float) -> str:
    group, growth = judged.group, judged.growth
    lines = [_head(judged.severity, group)]
    if group.stopped is not None:
        ago = "" if group.stopped_at is None else f", {numbers.ago(at - group.stopped_at)}"
        lines += text.wrapped(f"{group.stopped}{ago}; will not run again", INDENT)
    elif group.died:
        what = "runs failed" if group.kind is TaskKind.SCHEDULED else "failed"
        ago = "" if group.error is None else f", last {numbers.ago(at - group.error.last_seen)}"
        lines += text.wrapped(f"{numbers.count(group.died)} {what}{ago}", INDENT)
    if growth is not None:
        grown = f"piling up: {growth.before:,} to {growth.now:,} in {lasting(at - growth.since)}"
        lines += text.wrapped(grown, INDENT)
    return "\n".join([*lines, *_error(group.error)])


def _error(error: ErrorGroup | None) -> Sequence[str]:
    return () if error is None else failures.error_lines(error, INDENT)


def _listener(judged: ListenerHealth, at: float) -> str:
    listener = judged.listener
    head = _spread(judged.severity, function(listener.name), f"raised ×{numbers.short_count(listener.failures)}")
    last = f"last {numbers.ago(at - listener.error.last_seen)}"
    event = text.name(f"on {listener.event}", text.LINE_CELLS - len(INDENT))
    return "\n".join([head, f"{INDENT}{event}", f"{INDENT}{last}", *failures.error_lines(listener.error, INDENT)])
