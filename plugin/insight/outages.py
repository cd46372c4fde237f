"""Outages for users: disconnected shards and unclean shutdowns."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.model import Finding, FindingKept, Spans
from plugin.model.past import Outage

OUTAGES = {"shard_disconnected": "shard {} not connected", "unclean_shutdown": "down after an unclean shutdown"}
"""The rules whose findings are outages, with their descriptions."""


def outages(findings: Iterable[FindingKept], over: Spans) -> tuple[Outage, ...]:
    """The outages of a period, latest first; ongoing ones have no end. Instances are named for a fleet."""
    found = [_outage(*kept, over) for kept in findings if _within(kept.finding, over)]
    return tuple(sorted(found, key=lambda outage: -outage.start))


def _within(finding: Finding, over: Spans) -> bool:
    begun, lasted = finding.since < over.end, finding.until is None or finding.until > over.start
    return finding.rule in OUTAGES and begun and lasted


def _outage(finding: Finding, instance: str | None, over: Spans) -> Outage:
    end = None if finding.until is None or finding.until > over.end else finding.until
    what = OUTAGES[finding.rule].format(finding.subject.name)
    return Outage(max(finding.since, over.start), end, what, "" if over.instances is None else instance or "")
