"""The page of one of the bot's other systems: the sentence that matters, its numbers, and its hours of the week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plugin.display import comparison, graphs, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.display.pages.own_findings import own_findings_section
from plugin.model import Finding, Health, HeatMap, SystemPast, SystemReview, SystemRow, SystemSection

SENTENCE_CELLS = 200
LABEL_CELLS = 11
COLUMNS = f"{'':<{LABEL_CELLS + 2}}{{:>8}}{{:>9}}"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = f"{'':<4}{'0':<6}{'6':<6}{'12':<6}18"
SINCE_START = "since start"


def system_pages(
    past: SystemPast, review: SystemReview, health: Health, at: float, findings: Iterable[Finding] = ()
) -> Book:
    """What stands about a system among `findings`, then what its review says, in the order in which it says it."""
    header = _header(past)
    sections = [
        own_findings_section(findings, past.system),
        *(_section(section, header) for section in review.sections),
        *(_heat_map(heat_map) for heat_map in review.heat_maps),
    ]
    opening = "\n".join(_opening(past, review))
    chapter = Chapter(f"{_title(past.system)}, {_over(past)}", opening, sections, _footer(past))
    return Book([chapter], health, at)


def _opening(past: SystemPast, review: SystemReview) -> Iterator[str]:
    for sentence in review.sentences:
        yield text.unbroken(text.escaped(sentence, SENTENCE_CELLS))
    if past.left_out:
        yield f"{past.left_out:,} more series are not read: use fewer attribute values."


def _title(system: str) -> str:
    return text.escaped(system.replace("_", " ").capitalize(), text.LINE_CELLS)


def _over(past: SystemPast) -> str:
    return SINCE_START if past.since_start else comparison.over(past.spans)


def _header(past: SystemPast) -> str:
    if past.since_start:
        return COLUMNS.format("start", "").rstrip()
    before = "" if past.spans.before is None else "before"
    return COLUMNS.format(comparison.SHORT[past.spans.period], before).rstrip()


def _footer(past: SystemPast) -> str:
    if past.since_start:
        return f"counts: {SINCE_START}"
    whose = "" if past.spans.instances is not None else " · this instance"
    return f"{comparison.footer(past.spans)}{whose}"


def _section(section: SystemSection, header: str) -> Section:
    rows = [_row(row) for row in section.rows]
    if section.note:
        rows.append("\n".join(text.wrapped(section.note, NO_SIGN)))
    return Section(text.escaped(section.title, text.LINE_CELLS * 2), rows, header)


def _row(row: SystemRow) -> str:
    label = text.name(row.label, LABEL_CELLS - 1)
    mark = NO_SIGN if row.severity is None else sign(row.severity)
    pad = " " * (LABEL_CELLS - 1 - text.cells(label))
    return f"{mark} {label}{pad}{comparison.pair(row.change, numbers.of_unit(row.unit))}".rstrip()


def _heat_map(heat_map: HeatMap) -> Section:
    known = [value for day in heat_map.values for value in day if value is not None]
    most = max(known, default=0.0)
    rows = [
        f"{name:<4}{''.join(graphs.shade(value, most) for value in day)}".rstrip()
        for name, day in zip(DAYS, heat_map.values, strict=True)
    ]
    return Section(text.escaped(f"{heat_map.title} (UTC)", text.LINE_CELLS * 2), ["\n".join(rows)], HOURS)
