"""What a finding measured, over the time around it: from history, or from the samples in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from plugin.corridor.alerts.own_points import own_points
from plugin.corridor.happenings import happened
from plugin.corridor.look_back import HistorySource, look_back
from plugin.corridor.periods import HOUR_S, MINUTE_S, course_step_s
from plugin.history.store import Store
from plugin.measures import JUDGED, Measure, measure_of
from plugin.model import (
    AlertCourse,
    Finding,
    Incident,
    Observation,
    Period,
    Points,
    Sample,
    Scope,
    Spans,
    SubjectKind,
    error_rate,
)
from plugin.model.happenings import NOTHING_HAPPENED, Happenings
from plugin.words import label

LEAD_S = 2 * HOUR_S
"""What is shown of the time before an incident."""
LEAD_SHARE = 0.25
"""The same as a share of how long it has lasted."""
PATIENCE_S = 3.0
FEWEST_POINTS = 2
MILLION = 1e6
OF_ALERTS = {limits.alert: measure for measure, _, limits in JUDGED if limits.alert}
OF_SUBJECTS = {SubjectKind.SHARD: "connected_share", SubjectKind.LOOP: "loop_lag_s"}


class AlertPast(NamedTuple):
    """The course of a finding of an incident, with what else happened then."""

    course: AlertCourse
    happened: Happenings


class AlertCourses:
    """Finds and reads them."""

    def __init__(self, history: Callable[[], HistorySource | None], samples: Callable[[], Sequence[Sample]]) -> None:
        """`history` returns None where none is kept; `samples` those in memory, oldest first."""
        self._history = history
        self._samples = samples

    async def of(self, incident: Incident, findings: Sequence[Finding], now: float) -> AlertPast | None:
        """The course of the first of some findings that has one, up to now; None where none has."""
        begin = min(now, incident.since)
        start = begin - max(LEAD_S, LEAD_SHARE * (now - begin))
        history = self._history()
        if history is not None:

            async def question(store: Store, scope: Scope) -> AlertPast | None:
                return await _read(store, scope, findings, start, now)

            past, _ = await look_back(history, False, question, PATIENCE_S)
            if past is not None:
                return past
        course = next(filter(None, (self._sampled(finding, start) for finding in findings)), None)
        return None if course is None else AlertPast(course, NOTHING_HAPPENED)

    def _sampled(self, finding: Finding, start: float) -> AlertCourse | None:
        measure = _measure_of(finding)
        if measure is None:
            return None
        found = [(one.at, measure.value(Observation(one))) for one in self._samples() if one.at >= start]
        return _of_measure(finding, measure, found)


async def _read(store: Store, scope: Scope, findings: Sequence[Finding], start: float, now: float) -> AlertPast | None:
    first, end = int(start) // MINUTE_S * MINUTE_S, int(now) // MINUTE_S * MINUTE_S + MINUTE_S
    over = Spans(Period.DAY, first, end, None, None, None)
    for finding in findings:
        course = await _course(store, scope, over, finding)
        if course is not None:
            return AlertPast(course, await happened(store, scope, over, now))
    return None


async def _course(store: Store, scope: Scope, over: Spans, finding: Finding) -> AlertCourse | None:
    measure = _measure_of(finding)
    if measure is not None:
        (course,) = await store.reading.series(scope, over.start, over.end, [measure.name], course_step_s(over))
        known = [point for point in course.points if point.values.count]
        return _of_measure(finding, measure, [(point.at, point.values.sum / point.values.count) for point in known])
    if finding.subject.kind is SubjectKind.COMMAND:
        return await _of_command(store, scope, over, finding)
    if finding.subject.kind is SubjectKind.MEASURE:
        return _told(await own_points(store, scope, over, finding))
    return None


def _measure_of(finding: Finding) -> Measure | None:
    measure = OF_ALERTS.get(finding.rule)
    name = "memory_bytes" if finding.rule == "memory_growth" else OF_SUBJECTS.get(finding.subject.kind)
    return measure_of(name) if measure is None and name else measure


def _of_measure(finding: Finding, measure: Measure, values: Points) -> AlertCourse | None:
    if measure.shown is None:
        return None
    points = [(at, measure.shown.scaled(value)) for at, value in values]
    # That of another number, such as how long a block lasted, is no bound of this one.
    threshold = finding.threshold if finding.rule in OF_ALERTS else None
    return _told(AlertCourse(measure.shown.title, measure.shown.unit, points, threshold))


async def _of_command(store: Store, scope: Scope, over: Spans, finding: Finding) -> AlertCourse | None:
    called = await store.reading.totals(scope, over.start, over.end)
    key = next((one.key for one in called if label(one.key) == finding.subject.name), None)
    if key is None or finding.unit not in ("ms", "%"):
        return None
    (course,) = await store.reading.courses(scope, over.start, over.end, [key], course_step_s(over))
    if finding.unit == "%":
        rates = [(point.at, error_rate(point.outcomes)) for point in course.points]
        failed = [(at, None if rate is None else 100 * rate) for at, rate in rates]
        return _told(AlertCourse(f"{finding.subject.name}: error rate", "%", failed, finding.threshold))
    answers = [point.deferred if "deferred" in finding.rule else point.answers for point in course.points]
    means = [None if one.mean_ns is None else one.mean_ns / MILLION for one in answers]
    points = [(point.at, mean) for point, mean in zip(course.points, means, strict=True)]
    return _told(AlertCourse(f"{finding.subject.name}: average answer time", "ms", points, finding.threshold))


def _told(course: AlertCourse | None) -> AlertCourse | None:
    """The course, if it has enough points for a line."""
    known = 0 if course is None else sum(value is not None for _, value in course.points)
    return course if known >= FEWEST_POINTS else None
