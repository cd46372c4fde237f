"""What charts of a period mark: releases, restarts, unclean shutdowns, disconnections, and the times of incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from plugin.insight.absences import absences
from plugin.insight.history_rules import ERROR_RULES, UPDATE_RULES
from plugin.insight.incidents import UNCLEAN_SHUTDOWN, past_incidents
from plugin.insight.own_releases import OWN_CHANGE
from plugin.insight.scales import CRITICAL
from plugin.insight.timeline_findings import ended_with_process
from plugin.model import BootSeen, FindingKept, Scope, Spans, StartSeen
from plugin.model.happenings import Happenings, IncidentSpan, Occurrence

RESTART, DIED, DISCONNECTED = "restart", "unclean shutdown", "disconnected"
LONG_S = 300.0
"""Shorter disconnections are not marked."""
MOST_OCCURRENCES = 8
MOST_INCIDENTS = 40
SILENCE_S = 600.0
"""An instance without a heartbeat for so long does not run any more, and nothing of it goes on."""
TRENDS = frozenset({*UPDATE_RULES, *ERROR_RULES.values(), OWN_CHANGE, "memory_growth"})
"""Rules whose findings go on for days and are told elsewhere: shaded, they would hide incidents."""


def happenings(
    scope: Scope,
    over: Spans,
    starts: Sequence[StartSeen],
    boots: Sequence[BootSeen],
    findings: Sequence[FindingKept],
) -> Happenings:
    """What happened in a period; `boots` are those of the scope's instance, empty for a fleet.

    `findings` are those that stood at any time of it.
    """
    mine = {} if scope.instance is None else {scope.instance: boots}
    known = [ended_with_process(kept, mine) for kept in findings if kept.finding.rule not in TRENDS]
    found = [
        *_releases([start for start in starts if scope.instance in (None, start.instance)]),
        *_restarts(boots),
        *_deaths(boots, known),
        *_disconnections(known, over),
    ]
    marked = sorted(one for one in found if over.start <= one.at < over.end)
    return Happenings(tuple(marked[-MOST_OCCURRENCES:]), _incidents(known, starts, over))


def _releases(starts: Sequence[StartSeen]) -> Iterator[Occurrence]:
    for before, start in pairwise(starts):
        if start.release != before.release:
            yield Occurrence(start.at, start.release)


def _restarts(boots: Sequence[BootSeen]) -> Iterator[Occurrence]:
    """Those after a clean shutdown; after another one, that is marked."""
    for before, boot in pairwise(boots):
        died = before.left is None and before.last_seen < boot.started
        if boot.release == before.release and not died:
            yield Occurrence(boot.started, RESTART)


def _deaths(boots: Sequence[BootSeen], findings: Sequence[FindingKept]) -> Iterator[Occurrence]:
    for absence in absences(boots):
        if absence.is_death:
            yield Occurrence(absence.start, DIED)
    if not boots:
        yield from (Occurrence(one.since, DIED) for one, _ in findings if one.rule == UNCLEAN_SHUTDOWN)


def _disconnections(findings: Sequence[FindingKept], over: Spans) -> Iterator[Occurrence]:
    for finding, _ in findings:
        if finding.rule == "shard_disconnected" and (finding.until or over.end) - finding.since >= LONG_S:
            yield Occurrence(max(finding.since, over.start), DISCONNECTED)


def _incidents(findings: Sequence[FindingKept], starts: Sequence[StartSeen], over: Spans) -> tuple[IncidentSpan, ...]:
    seen: dict[str, float] = {}
    for start in starts:
        seen[start.instance] = max(start.last_seen, seen.get(start.instance, 0.0))
    ended = [_ended(kept, seen, over.end) for kept in findings]
    found = [
        IncidentSpan(
            max(incident.since, over.start),
            None if incident.until is None or incident.until > over.end else incident.until,
            CRITICAL if incident.findings[0].rule == UNCLEAN_SHUTDOWN else incident.severity,
        )
        for incident in past_incidents(ended)
        if incident.since < over.end and (incident.until is None or incident.until > over.start)
    ]
    worst = sorted(found, key=lambda one: (-one.severity, (one.start - (one.end or over.end))))[:MOST_INCIDENTS]
    return tuple(sorted(worst))


def _ended(kept: FindingKept, seen: Mapping[str, float], end: float) -> FindingKept:
    """The same, where what an instance left open ends with its last sign of life."""
    finding, instance = kept
    last = seen.get(instance or "", end)
    if finding.until is not None or end - last <= SILENCE_S:
        return kept
    return kept._replace(finding=finding._replace(until=max(last, finding.since)))
