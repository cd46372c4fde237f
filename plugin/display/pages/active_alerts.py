"""Active alerts, worst first."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.display.book import Section
from plugin.display.marks import sign
from plugin.model import Finding, Snapshot

MOST_ALERTS = 5
ALERTS_NOTE = "Values as of the last check:"


def alerts_section(snapshot: Snapshot) -> Section:
    """The crossed thresholds, worst first."""
    worst_first = sorted([finding for finding in snapshot.findings if finding.threshold is not None], key=_gravity)
    rows = [_alert(finding) for finding in worst_first[: MOST_ALERTS + 1]]
    shown = text.cut(rows, MOST_ALERTS, number=len(worst_first))
    return Section(f"Active alerts ({len(worst_first):,})", shown, ALERTS_NOTE, code=False)


def _gravity(finding: Finding) -> tuple[bool, float]:
    """Alerts of the process before those of commands, then the furthest beyond its threshold first."""
    return bool(finding.subject.name), -(finding.value or 0) / (finding.threshold or 1)


def _alert(finding: Finding) -> str:
    rule = text.escaped(finding.rule.replace("_", " ").capitalize(), 20)
    subject = f" {text.inline(finding.subject.name)}" if finding.subject.name else ""
    shown, limit = (_amount(value or 0, finding.unit) for value in (finding.value, finding.threshold))
    began = numbers.discord_time(finding.since)
    amounts = text.unbroken(f"{shown}, limit {limit}")
    return f"{sign(finding.severity)} {rule}{subject}: {amounts}, began {began}"


def _amount(value: float, unit: str) -> str:
    return numbers.in_unit(unit, value, lambda _: f"{value:,.1f} {text.escaped(unit, 10)}")
