"""What happened around a moment, in order: starts and ends, findings, errors, blocks, and what else moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from plugin.insight.absences import absences
from plugin.insight.history_rules import ERROR_RULES
from plugin.insight.movers import movers
from plugin.insight.scales import CRITICAL, UNKNOWN, WARNING, WELL
from plugin.measures import measure_of
from plugin.model import HELD_THE_LOOP, BootSeen, ErrorCourse, Finding, FindingKept, SeriesCourse, SeriesKept
from plugin.model.timeline import MomentPast, MomentWindow, Timeline, TimelineEntry
from plugin.words import failure_in, label, lasting

TOLD_BY_ERRORS = frozenset(
    {"loop_blocked", "task_failed", "scheduled_task_failed", "listener_failing", *ERROR_RULES.values()}
)
"""Rules whose findings are told by the errors of the window, more exactly."""

MOST_ENTRIES = 60

COUNTED = {
    "deadline_misses": "{} interactions answered too late or not at all",
    "rest_rate_limited": "{} rate limited responses from Discord",
    "rest_failures": "{} requests that Discord failed",
    "disconnects": "{} lost connections",
}
"""Counters that are told where they grew, all series of one together."""


def timeline(past: MomentPast) -> Timeline:
    """Everything that happened in a window, oldest first."""
    window = past.window
    several = len(past.boots) > 1
    entries = [
        *(entry for name, boots in past.boots.items() for entry in _life(name if several else "", boots, window)),
        *_findings(past.findings, window, several),
        *_errors(past.errors, window),
        *_counted(past),
    ]
    entries.sort(key=lambda entry: (entry.at, -entry.severity))
    standing = [one.finding for one in past.findings if _throughout(one.finding, window)]
    step_s = max((course.step_s for course in past.now), default=60)
    covered = past.since is not None and past.since < window.end
    return Timeline(window, tuple(entries[:MOST_ENTRIES]), movers(past), step_s, covered, tuple(standing))


def _inside(at: float | None, window: MomentWindow) -> bool:
    return at is not None and window.start <= at < window.end


def _life(instance: str, boots: Iterable[BootSeen], window: MomentWindow) -> Iterator[TimelineEntry]:
    boots = sorted(boots, key=lambda boot: boot.started)
    for before, boot in pairwise([None, *boots]):
        if boot is not None and _inside(boot.started, window):
            deployed = before is not None and before.release != boot.release
            release = f" with release {boot.release}, was {before.release}" if deployed and before else ""
            yield TimelineEntry(boot.started, UNKNOWN, f"started{release}", instance=instance)
    for absence in absences(boots):
        if absence.start < window.end and absence.end > window.start:
            how, severity = ("unclean shutdown", CRITICAL) if absence.is_death else ("stopped", UNKNOWN)
            words = f"; last status: {absence.ended.status}" if absence.is_death and absence.ended.status else ""
            yield TimelineEntry(absence.start, severity, f"{how}{words}", absence.end, instance)


def _findings(kept: Iterable[FindingKept], window: MomentWindow, several: bool) -> Iterator[TimelineEntry]:
    for finding, instance in kept:
        if finding.rule in TOLD_BY_ERRORS or finding.rule == "unclean_shutdown" or _throughout(finding, window):
            continue
        named = instance if several and instance is not None else ""
        if _inside(finding.since, window):
            yield TimelineEntry(finding.since, finding.severity, _began(finding), finding.until, named)
        elif finding.until is not None and _inside(finding.until, window):
            since = f", after {lasting(finding.until - finding.since)}"
            yield TimelineEntry(finding.until, WELL, f"over: {_began(finding)}{since}", instance=named)


def _began(finding: Finding) -> str:
    """The sentence of a finding; that of a threshold becomes another when it ends."""
    return finding.sentence.removeprefix("resolved: ")


def _throughout(finding: Finding, window: MomentWindow) -> bool:
    return finding.since < window.start and (finding.until is None or finding.until >= window.end)


def _errors(courses: Iterable[ErrorCourse], window: MomentWindow) -> Iterator[TimelineEntry]:
    for course in courses:
        group = course.group
        points = [point for point in course.points if _inside(point.at, window)]
        number = sum(point.count for point in points)
        if not number:
            continue
        first, last = points[0].at, points[-1].at + 60
        times = f", {number:,} times" if number > 1 else ""
        names = list(dict.fromkeys(label(point.command) for point in points))
        if group.type == HELD_THE_LOOP:
            place = "" if group.place is None else f" at {group.place.file}:{group.place.line}"
            yield TimelineEntry(first, WARNING, f"event loop blocked by {names[0]}{place}{times}", last)
        else:
            new = "new error" if _inside(group.first_seen, window) else "error"
            what = f"{new}: {failure_in(group.type, group.place)} in {', '.join(names[:2])}{times}"
            yield TimelineEntry(max(first, group.first_seen if new == "new error" else 0), WARNING, what, last)


def _counted(past: MomentPast) -> Iterator[TimelineEntry]:
    grew: dict[str, dict[int, float]] = defaultdict(dict)
    for name, at, added in _increases(past.series, past.now):
        grew[name][at] = grew[name].get(at, 0) + added
    for name, by_step in grew.items():
        yield TimelineEntry(
            min(by_step), WARNING, COUNTED[name].format(f"{sum(by_step.values()):,.0f}"), max(by_step) + 60
        )


def _increases(series: Iterable[SeriesKept], courses: Iterable[SeriesCourse]) -> Iterator[tuple[str, int, float]]:
    for kept, course in zip(series, courses, strict=True):
        measure = measure_of(kept.name)
        if measure is not None and measure.name in COUNTED:
            for point in course.points:
                if point.values.sum:
                    yield measure.name, point.at, point.values.sum
