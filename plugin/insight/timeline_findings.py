"""The findings of a window as entries of the timeline: those of one incident together, the likely cause first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from plugin.insight.absences import absences
from plugin.insight.history_rules import ERROR_RULES
from plugin.insight.incidents import UNCLEAN_SHUTDOWN, past_incidents
from plugin.insight.scales import WELL
from plugin.model import BootSeen, Finding, FindingKept, SubjectKind
from plugin.model.timeline import MomentWindow, TimelineEntry
from plugin.words import lasting, unresolved

TOLD_ELSEWHERE = frozenset(
    {
        "loop_blocked",
        "task_failed",
        "scheduled_task_failed",
        "listener_failing",
        *ERROR_RULES.values(),
        UNCLEAN_SHUTDOWN,
    }
)
"""Rules whose findings are told by errors and processes of the window, more exactly."""
MOST_PARTS = 6


def finding_entries(kept: Iterable[FindingKept], window: MomentWindow, several: bool) -> Iterator[TimelineEntry]:
    """What began or ended in a window; `several` is whether instances are named."""
    told = [one for one in kept if one.finding.rule not in TOLD_ELSEWHERE and not throughout(one.finding, window)]
    for incident in past_incidents(told):
        whose = incident.instance if several else ""
        began = [_began(one, whose) for one in incident.findings if inside(one.since, window)]
        ended = [
            _ended(one, one.until, whose)
            for one in incident.findings
            if one.since < window.start and one.until is not None and inside(one.until, window)
        ]
        yield from _together(began)
        yield from _together(ended)
    for finding, instance in told:
        if finding.severity <= WELL and inside(finding.since, window):
            yield _began(finding, (instance or "") if several else "")


def ended_with_process(kept: FindingKept, boots: Mapping[str, Sequence[BootSeen]]) -> FindingKept:
    """A shard that is not connected is so until its process ends; the next one finds only later that it has it."""
    finding, instance = kept
    if finding.subject.kind is not SubjectKind.SHARD or instance is None:
        return kept
    ends = [one.start for one in absences(boots.get(instance, ())) if one.start >= finding.since]
    if not ends or (finding.until is not None and finding.until <= ends[0]):
        return kept
    return kept._replace(finding=finding._replace(until=ends[0]))


def inside(at: float, window: MomentWindow) -> bool:
    """Whether a time is in a window."""
    return window.start <= at < window.end


def throughout(finding: Finding, window: MomentWindow) -> bool:
    """Whether a finding stood from before a window to after it."""
    return finding.since < window.start and (finding.until is None or finding.until >= window.end)


def _together(entries: list[TimelineEntry]) -> Iterator[TimelineEntry]:
    if entries:
        head, *others = entries
        yield head._replace(parts=tuple(others[:MOST_PARTS]), parts_left_out=max(0, len(others) - MOST_PARTS))


def _began(finding: Finding, instance: str) -> TimelineEntry:
    return TimelineEntry(finding.since, finding.severity, unresolved(finding.sentence), finding.until, instance)


def _ended(finding: Finding, until: float, instance: str) -> TimelineEntry:
    said = f"over: {unresolved(finding.sentence)}, after {lasting(until - finding.since)}"
    return TimelineEntry(until, WELL, said, instance=instance)
