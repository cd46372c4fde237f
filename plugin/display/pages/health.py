"""The pages of /health: the state of the bot, its cogs and the monitor itself."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.display import measures, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.display.names import CogNames
from plugin.display.pages.cost import cost_lines
from plugin.display.pages.death import death_section
from plugin.display.pages.fleet import fleet_section
from plugin.display.pages.kept import alert_rows, history_rows, sending_rows
from plugin.display.pages.loop import blocks_section
from plugin.display.pages.own_findings import own_findings_section
from plugin.display.pages.past import errors_section, growth_section, release_section
from plugin.display.tasks import background_section
from plugin.model import CogHealth, Health, MonitorState, Severity, Snapshot
from plugin.model.past import PastHealth

MOST_REASONS = 10
MOST_COG_REASONS = 3
MOST_PARTS = 8
PART_CELLS = 11
FEW_COGS = 10
COLUMNS = "   commands  cog"
FOOTER = "since start"
REASON_INDENT = " " * 5


def health_pages(snapshot: Snapshot, health: Health, past: PastHealth | None = None) -> Book:
    """The status with its reasons, cogs with warnings, what held the event loop, the monitor itself, other cogs.

    With a `past`, changes by the last update and the states of errors come first.
    """
    troubled = [cog for cog in health.cogs if cog.severity > Severity.WELL]
    others = [cog for cog in health.cogs if cog.severity <= Severity.WELL]
    named = CogNames(cog.name for cog in health.cogs)
    sections = [_cogs("with warnings", troubled, named), _cogs("without warnings", others, named)]
    # Many cogs with warnings may fill all pages, so background work and the monitor come before them.
    beside = [
        blocks_section(snapshot),
        background_section(snapshot, health),
        Section("Monitor", [*_monitor(snapshot.monitor, snapshot.at), *cost_lines(snapshot.cost)]),
    ]
    place = len(troubled) <= FEW_COGS
    sections[place:place] = beside
    sections[:0] = [
        death_section(snapshot, causes=True),
        *([] if past is None else _past(past, snapshot.at)),
        own_findings_section(snapshot.findings),
    ]
    return Book([Chapter("Health", _opening(health, troubled), sections, FOOTER)], health, snapshot.at, MOST_REASONS)


def _past(past: PastHealth, at: float) -> list[Section]:
    return [
        release_section(past.release),
        errors_section(past.errors, past.errors_since, at),
        growth_section(past.growth),
        fleet_section(past.fleet),
    ]


def _opening(health: Health, troubled: list[CogHealth]) -> str:
    """What the page shows in yellow although the bot is healthy."""
    if health.severity > Severity.WELL or not troubled:
        return ""
    number = sum(cog.name is not None for cog in troubled)
    return f"Warnings in {numbers.plural(number, 'cog') if number else 'some of its commands'}."


def _cogs(how: str, cogs: list[CogHealth], named: CogNames) -> Section:
    number = sum(cog.name is not None for cog in cogs)
    heading = f"{numbers.plural(number, 'cog')} {how}" if number else f"Commands {how}"
    return Section(heading, Rows(lambda cog: _cog(cog, named), cogs), COLUMNS)


def _cog(cog: CogHealth, named: CogNames) -> str:
    first = f"{sign(cog.severity)} {numbers.count_in(8, cog.commands)}  {named(cog.name, text.LINE_CELLS - 13)}"
    reasons = ["\n".join(text.wrapped(reason, REASON_INDENT)) for reason in cog.reasons]
    return "\n".join([first, *text.cut(reasons, MOST_COG_REASONS, REASON_INDENT + "… and {:,} more")])


def _monitor(state: MonitorState, at: float) -> list[str]:
    return [
        *history_rows(state.history, at),
        *sending_rows("Heartbeat", state.heartbeat, at),
        *sending_rows("Status message", state.status_message, at),
        *alert_rows(state.alerting, at),
        *(row for one in state.reports for row in sending_rows("Reports", one, at)),
        *_counted("Monitor errors", state.faults),
        *_counted("Dropped records", state.dropped),
        *_switched_off(state.switched_off),
    ]


def _counted(label: str, counts: Mapping[str, int]) -> list[str]:
    total = sum(counts.values())
    severity = Severity.WARNING if total else Severity.WELL
    parts = sorted(((count, part) for part, count in counts.items() if count), reverse=True)
    rows = [_part(count, part) for count, part in parts]
    head = text.spread(f"{sign(severity)} {label}", numbers.count(total))
    return [head, *text.cut(rows, MOST_PARTS)]


def _part(count: int, part: str) -> str:
    first, *more = text.wrapped(part, " " * PART_CELLS)
    return "\n".join([f"{numbers.count_in(PART_CELLS - 2, count)}{first[PART_CELLS - 2 :]}", *more])


def _switched_off(parts: Mapping[str, str]) -> list[str]:
    if not parts:
        return [text.spread(f"{sign(Severity.WELL)} Switched off", "none")]
    rows = [_off(part, reason) for part, reason in sorted(parts.items())]
    return [measures.plain("Switched off", numbers.count(len(parts))), *text.cut(rows, MOST_PARTS)]


def _off(part: str, reason: str) -> str:
    head = f"{sign(Severity.UNKNOWN)} {text.name(part, text.LINE_CELLS - 3)}"
    return "\n".join([head, *(text.wrapped(reason, f"{NO_SIGN} ") if reason else ())])
