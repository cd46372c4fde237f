"""What happened around a moment, in order: starts and ends, findings, errors, blocks, and what else moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from plugin.insight.absences import absences, gone
from plugin.insight.movers import movers
from plugin.insight.scales import CRITICAL, UNKNOWN, WARNING
from plugin.insight.story import story
from plugin.insight.timeline_findings import ended_with_process, finding_entries, inside, throughout
from plugin.measures import measure_of
from plugin.model import HELD_THE_LOOP, BootSeen, ErrorCourse, SeriesCourse, SeriesKept
from plugin.model.timeline import MomentPast, MomentWindow, Timeline, TimelineEntry
from plugin.words import failure_in, label

MOST_ENTRIES = 60

TOLD_S = 86_400
"""How long the end of one of several instances is told that never started again, as others may have replaced it."""

COUNTED = {
    "deadline_misses": "{} interaction{} answered too late or not at all",
    "rest_rate_limited": "{} rate limited response{} from Discord",
    "rest_failures": "{} request{} that Discord failed",
    "disconnects": "{} lost connection{}",
}
"""Counters that are told where they grew, all series of one together; the second gap is for the plural."""


def timeline(past: MomentPast) -> Timeline:
    """Everything that happened in a window, oldest first."""
    window = past.window
    step_s = max((course.step_s for course in past.now), default=60)
    several = len(past.boots) > 1
    past = past._replace(findings=tuple(ended_with_process(one, past.boots) for one in past.findings))
    entries = [
        *(entry for name in past.boots for entry in _life(name, past)),
        *finding_entries(past.findings, window, several),
        *_errors(past.errors, window, step_s),
        *_counted(past, step_s),
    ]
    told = sorted(entries, key=lambda entry: -entry.severity)[:MOST_ENTRIES]
    told.sort(key=lambda entry: (entry.first, -entry.severity))
    standing = [one.finding for one in past.findings if throughout(one.finding, window)]
    covered = past.since is not None and past.since < window.end
    left_out = len(entries) - len(told)
    return Timeline(window, tuple(told), movers(past), step_s, covered, tuple(standing), left_out, story(past, told))


def foremost(series: Iterable[SeriesKept]) -> list[SeriesKept]:
    """The same, with those first that are told wherever they grew, and then the monitor's own."""

    def rank(kept: SeriesKept) -> int:
        measure = measure_of(kept.name)
        return 2 if measure is None else measure.name not in COUNTED

    return sorted(series, key=rank)


def _life(instance: str, past: MomentPast) -> Iterator[TimelineEntry]:
    window = past.window
    boots = sorted(past.boots[instance], key=lambda boot: boot.started)
    named = instance if len(past.boots) > 1 else ""
    for before, boot in pairwise([None, *boots]):
        if boot is not None and inside(boot.started, window):
            deployed = before is not None and before.release != boot.release
            release = f" with release {boot.release}, was {before.release}" if deployed and before else ""
            yield TimelineEntry(boot.started, UNKNOWN, f"started{release}", instance=named)
    for absence in absences(boots):
        if absence.start < window.end and absence.end > window.start:
            yield _ended(absence.ended, absence.end, named)
    last = None if instance == past.running else gone(boots, past.at, past.beat_s)
    if last is not None and last.last_seen < window.end and (not named or window.start - last.last_seen < TOLD_S):
        yield _ended(last, None, named)


def _ended(boot: BootSeen, until: float | None, instance: str) -> TimelineEntry:
    """The end of a process, and until when there was none."""
    how, severity = ("stopped", UNKNOWN) if boot.left is not None else ("unclean shutdown", CRITICAL)
    since = ", not started since" if until is None else ""
    words = f"; last status: {boot.status}" if boot.left is None and boot.status else ""
    return TimelineEntry(boot.last_seen, severity, f"{how}{since}{words}", until, instance)


def _errors(courses: Iterable[ErrorCourse], window: MomentWindow, step_s: int) -> Iterator[TimelineEntry]:
    for course in courses:
        group = course.group
        points = [point for point in course.points if inside(point.at, window)]
        number = sum(point.count for point in points)
        if not number:
            continue
        first, last = points[0].at, points[-1].at + step_s
        times = f", {number:,} times" if number > 1 else ""
        names = list(dict.fromkeys(label(point.command) for point in points))
        if group.type == HELD_THE_LOOP:
            place = "" if group.place is None else f" at {group.place.file}:{group.place.line}"
            yield TimelineEntry(first, WARNING, f"event loop blocked by {names[0]}{place}{times}", last)
        else:
            new = "new error" if inside(group.first_seen, window) else "error"
            what = f"{new}: {failure_in(group.type, group.place)} in {', '.join(names[:2])}{times}"
            yield TimelineEntry(max(first, group.first_seen if new == "new error" else 0), WARNING, what, last)


def _counted(past: MomentPast, step_s: int) -> Iterator[TimelineEntry]:
    grew: dict[str, dict[int, float]] = defaultdict(dict)
    for name, at, added in _increases(past.series, past.now):
        grew[name][at] = grew[name].get(at, 0) + added
    for name, by_step in grew.items():
        number = f"{sum(by_step.values()):,.0f}"
        said = COUNTED[name].format(number, "" if number == "1" else "s")
        yield TimelineEntry(min(by_step), WARNING, said, max(by_step) + step_s)


def _increases(series: Iterable[SeriesKept], courses: Iterable[SeriesCourse]) -> Iterator[tuple[str, int, float]]:
    for kept, course in zip(series, courses, strict=True):
        measure = measure_of(kept.name)
        if measure is not None and measure.name in COUNTED:
            for point in course.points:
                if point.values.sum:
                    yield measure.name, point.at, point.values.sum
