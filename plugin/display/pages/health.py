"""The pages of /health: is the bot well, what is wrong with which cog, and how is the monitor itself."""

from __future__ import annotations

from collections.abc import Mapping

import hikari

from plugin.display import measures, numbers, text
from plugin.display.book import Chapter, Section, bind, cut
from plugin.display.marks import NO_SIGN, sign, verdict
from plugin.display.names import cog_name
from plugin.model import CogHealth, Health, MonitorState, Severity, Snapshot

MOST_REASONS = 10
MOST_COG_REASONS = 3
MOST_PARTS = 8
FEW_COGS = 10
COLUMNS = "   commands  cog"
FOOTER = "since start"
REASON_INDENT = " " * 5


def health_pages(snapshot: Snapshot, health: Health) -> list[hikari.Embed]:
    """The overall status with its reasons, the cogs with a problem, the monitor's own state, and the other cogs."""
    troubled = [cog for cog in health.cogs if cog.severity > Severity.WELL]
    others = [cog for cog in health.cogs if cog.severity <= Severity.WELL]
    sections = [
        _cogs(f"{numbers.plural(len(troubled), 'cog')} with a problem", troubled),
        _cogs(f"{numbers.plural(len(others), 'cog')} without a problem", others),
    ]
    # Many cogs may take up all pages; the monitor's own state must be seen nevertheless.
    sections.insert(len(troubled) <= FEW_COGS, Section("The monitor itself", _monitor(snapshot.monitor)))
    return bind([Chapter("Health", verdict(health, MOST_REASONS), sections, FOOTER, health.severity)], snapshot.at)


def _cogs(heading: str, cogs: list[CogHealth]) -> Section:
    return Section(heading, [_cog(cog) for cog in cogs], COLUMNS)


def _cog(cog: CogHealth) -> str:
    first = f"{sign(cog.severity)} {numbers.count_in(8, cog.commands)}  {cog_name(cog.name, text.LINE_CELLS - 13)}"
    reasons = [line for reason in cog.reasons[:MOST_COG_REASONS] for line in text.wrapped(reason, REASON_INDENT)]
    hidden = len(cog.reasons) - MOST_COG_REASONS
    return "\n".join([first, *reasons, *([f"{REASON_INDENT}… and {hidden:,} more"] if hidden > 0 else [])])


def _monitor(state: MonitorState) -> list[str]:
    return [
        *_counted("Faults contained", state.faults),
        *_counted("Dropped", state.dropped),
        *_switched_off(state.switched_off),
    ]


def _counted(label: str, counts: Mapping[str, int]) -> list[str]:
    total = sum(counts.values())
    severity = Severity.WARNING if total else Severity.WELL
    parts = sorted(((count, part) for part, count in counts.items() if count), reverse=True)
    rows = [f"{numbers.count_in(9, count)}  {text.name(part, text.LINE_CELLS - 11)}" for count, part in parts]
    head = text.spread(f"{sign(severity)} {label}", numbers.count(total))
    return [head, *cut(rows, MOST_PARTS)]


def _switched_off(parts: Mapping[str, str]) -> list[str]:
    if not parts:
        return [text.spread(f"{sign(Severity.WELL)} Switched off", "nothing")]
    rows = [_off(part, reason) for part, reason in sorted(parts.items())]
    return [measures.plain("Switched off", numbers.count(len(parts))), *cut(rows, MOST_PARTS)]


def _off(part: str, reason: str) -> str:
    return "\n".join(
        [f"{sign(Severity.UNKNOWN)} {text.name(part, text.LINE_CELLS - 3)}", *text.wrapped(reason, f"{NO_SIGN} ")]
    )
