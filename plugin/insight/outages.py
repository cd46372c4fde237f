"""Outages for users: disconnected shards, and times without a process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from plugin.insight.availability import Downtime
from plugin.model import Finding, FindingKept, Spans
from plugin.model.past import Outage

SHORTEST_STOP_S = 60.0
"""A restart that takes less is no outage."""


def outages(findings: Iterable[FindingKept], downtimes: Sequence[Downtime], over: Spans) -> tuple[Outage, ...]:
    """The outages of a period, longest first; ongoing ones have no end. Instances are named for a fleet."""
    found = [
        one._replace(
            start=max(one.start, over.start),
            end=None if one.end is None or one.end > over.end else one.end,
            instance="" if over.instances is None else one.instance,
        )
        for one in (*_disconnections(findings, downtimes), *_downtimes(downtimes))
        if one.start < over.end and (one.end is None or one.end > over.start)
    ]
    return tuple(sorted(found, key=lambda outage: (-outage.seconds(over.end), -outage.start)))


def _disconnections(findings: Iterable[FindingKept], downtimes: Sequence[Downtime]) -> Iterator[Outage]:
    """Those of shards, which end with their process: the next one finds only later that it has them."""
    for finding, instance in findings:
        if finding.rule == "shard_disconnected":
            downs = [one.start for one in downtimes if one.instance == instance and one.start >= finding.since]
            ends = [*downs, *([] if finding.until is None else [finding.until])]
            what = f"shard {finding.subject.name} not connected"
            yield Outage(finding.since, min(ends, default=None), what, instance or "")


def _downtimes(downtimes: Sequence[Downtime]) -> Iterator[Outage]:
    for down in downtimes:
        if down.unclean:
            yield Outage(down.start, down.end, "down after an unclean shutdown", down.instance)
        elif down.end is None or down.end - down.start >= SHORTEST_STOP_S:
            yield Outage(down.start, down.end, "stopped", down.instance)


def ended(findings: Iterable[FindingKept], ends: Mapping[str, float | None], start: float) -> list[FindingKept]:
    """The findings that stood at `start` or later, where those of an instance end with its last process.

    `ends` are the last signs of life by instance, None for one that runs.
    """
    known = (kept._replace(finding=_ended(kept, ends)) for kept in findings)
    return [kept for kept in known if kept.finding.until is None or kept.finding.until >= start]


def _ended(kept: FindingKept, ends: Mapping[str, float | None]) -> Finding:
    finding, instance = kept
    if finding.until is not None or instance is None:
        return finding
    end = ends.get(instance, finding.since)
    return finding if end is None else finding._replace(until=max(end, finding.since))
