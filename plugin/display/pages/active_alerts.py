"""The alerts that are active, worst first."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.display.book import Section
from plugin.display.marks import sign
from plugin.model import Alert, Severity, Snapshot

MOST_ALERTS = 5
ALERTS_NOTE = "Values as of the last check:"


def alerts_section(snapshot: Snapshot) -> Section:
    """Each with its value, its limit and its age."""
    worst_first = sorted(snapshot.alerts, key=_gravity)
    rows = [_alert(alert) for alert in worst_first[: MOST_ALERTS + 1]]
    shown = text.cut(rows, MOST_ALERTS, number=len(worst_first))
    return Section(f"Active alerts ({len(worst_first):,})", shown, ALERTS_NOTE, code=False)


def _gravity(alert: Alert) -> tuple[bool, float]:
    """The process before its commands, then what is furthest beyond its threshold."""
    return alert.subject is not None, -alert.value / (alert.threshold or 1)


def _alert(alert: Alert) -> str:
    rule = text.escaped(alert.rule.replace("_", " ").capitalize(), 20)
    subject = f" {text.inline(alert.subject)}" if alert.subject else ""
    shown, limit = (_amount(value, alert.unit) for value in (alert.value, alert.threshold))
    began = numbers.discord_time(alert.since)
    amounts = text.unbroken(f"{shown}, limit {limit}")
    return f"{sign(Severity.CRITICAL)} {rule}{subject}: {amounts}, began {began}"


def _amount(value: float, unit: str) -> str:
    return numbers.in_unit(unit, value, lambda _: f"{value:,.1f} {text.escaped(unit, 10)}")
