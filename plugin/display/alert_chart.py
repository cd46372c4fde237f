"""The chart of an alert: what was measured in the hours around its begin, and the bound that was crossed."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display.chart import Chart, EventMark, Limit, Line, LineChart, MarkedSpan
from plugin.display.pictures import event_marks, incident_words
from plugin.model import Alert, AlertCourse, Severity
from plugin.model.happenings import Happenings

NEAR_END = 0.05
"""A mark this close to the begin of an incident, as a share of the chart, is left to the shading."""


def alert_chart(alert: Alert, course: AlertCourse, happened: Happenings, end: float) -> Sequence[Chart]:
    """The course with its bound, its begin marked, the time of the incident shaded; `end` is that of the chart."""
    incident = alert.incident
    start = min((at for at, _ in course.points), default=end)
    begin, over = max(start, incident.since), end if incident.until is None else incident.until
    marks = [EventMark(begin, "begin"), *event_marks(happened)]
    if incident.until is not None and over - begin > NEAR_END * (end - start):
        marks.append(EventMark(over, "end"))
    severity = max(incident.severity, Severity.WARNING)
    limits = [] if course.threshold is None else [Limit(course.threshold, "limit", Severity.CRITICAL)]
    return [
        LineChart(
            title=course.title,
            lines=[Line("last", course.points)],
            unit=course.unit,
            start=start,
            end=end,
            limits=limits,
            marks=marks,
            spans=[MarkedSpan(begin, over, incident_words(severity), severity)],
        )
    ]
