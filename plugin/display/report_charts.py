"""The charts of a report as pictures, for Discord and for mail."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import numbers
from plugin.display.chart import Chart, Limit, Line, LineChart
from plugin.display.pages.period import CHARTED
from plugin.display.pictures import event_marks, marked_spans
from plugin.display.svg import Points, drawable
from plugin.model import Severity
from plugin.model.report import Report


def report_charts(report: Report) -> list[Chart]:
    """Invocations with the error rate, then each judged measure; what has fewer than two values is left out."""
    return list(_charts(report)) if report.is_covered and not report.is_quiet else []


def _charts(report: Report) -> Iterator[Chart]:
    review = report.review
    if drawable(review.invoked):
        failed = [(at, None if share is None else 100 * share) for at, share in review.failed]
        yield _chart(report, "Commands", "commands", review.invoked, failed=Line("failed", failed))
    for measure, shown in CHARTED:
        level = review.levels[measure.name]
        points = [(at, shown.scaled(value)) for at, value in level.course]
        limit = level.judged.threshold
        limits = [] if limit is None else [Limit(limit, "limit", Severity.CRITICAL)]
        if drawable(points):
            yield _chart(report, shown.heading, shown.unit, points, limits)


def _chart(
    report: Report,
    title: str,
    unit: str,
    points: Points,
    limits: list[Limit] | None = None,
    failed: Line | None = None,
) -> LineChart:
    spans = report.review.spans
    step = numbers.rough_span(points[1][0] - points[0][0])
    return LineChart(
        title=title,
        lines=[Line(f"last {step}", points)],
        unit=unit,
        start=max(spans.start, spans.since or spans.start),
        end=spans.end,
        limits=limits or (),
        marks=event_marks(report.review.happened),
        spans=marked_spans(report.review.happened, spans.end),
        failed=failed,
    )
