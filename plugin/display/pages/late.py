"""The chapters of /commandstats about Discord's deadline, and about interactions without a command."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import names, numbers, text
from plugin.display.book import Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.pages.command_lists import foremost
from plugin.display.pages.stages import interaction_row, overdue, overdue_line
from plugin.model import CommandHealth, Health, Snapshot


def late_chapters(snapshot: Snapshot, health: Health, top: int, footer: str) -> Iterator[Chapter]:
    """At most `top` commands and handlers; no chapter if all responses were in time, or nothing was handled."""
    late = foremost(health.commands, top, _overdue)
    if late:
        rows = [_row(judged) for judged in late]
        times = numbers.plural(_overdue(late[0]), "time")
        opening = f"{names.inline_label(late[0].key)} answers too late most often: {times}."
        opening = f"{opening} Discord drops interactions that get no response within 3 s."
        yield Chapter("Answered too late", opening, [Section(f"Top {len(rows)}", rows)], footer)
    if snapshot.interactions:
        handlers = Rows(interaction_row, snapshot.interactions[:top])
        missed = sum(handler.stages.misses.number for handler in snapshot.interactions)
        opening = "Components, modals and autocomplete, by handler."
        opening = f"{opening} {missed:,} missed the 3 s deadline." if missed else opening
        yield Chapter("Other interactions", opening, [Section(f"Top {len(handlers)}", handlers)], footer)


def _overdue(judged: CommandHealth) -> int:
    return overdue(judged.command.stages)


def _row(judged: CommandHealth) -> str:
    titled = f"{sign(judged.severity)} {names.short_label(judged.key, text.LINE_CELLS - 3)}"
    return f"{titled}\n{overdue_line(judged.command.stages)}"
