"""The charts of a page: pure, from points and limits to what is to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import hikari

from plugin.costs import MEGABYTE
from plugin.display import comparison, numbers
from plugin.display.book import footnoted
from plugin.display.chart import Chart, EventMark, HistogramChart, Limit, Line, LineChart, MarkedSpan, course_chart
from plugin.display.chart.records import Points
from plugin.histogram import Histogram, carries
from plugin.measures import TOLD
from plugin.model import (
    CommandDelta,
    CommandHealth,
    Health,
    Judged,
    Observation,
    Severity,
    Snapshot,
    SystemPast,
    SystemReview,
    error_rate,
)
from plugin.model.command_reviews import CommandPast
from plugin.model.happenings import NOTHING_HAPPENED, Happenings
from plugin.model.past import SpanReview

FILE_NAME = "chart.png"
NS_PER_MS = 1_000_000
MEMORY = "memory_bytes"
FEWEST_POINTS = 2
MOST_CHARTS = 4
"""Of one system."""
CHART_UNITS = {"s": "s", "By": "bytes", "%": "%"}
"""How charts call units of OpenTelemetry that are no nouns."""
NEAR = 2
"""What memory there is gets drawn when it is within so many times what is used or allowed; further off it is noise."""


def illustrated(pages: Sequence[hikari.Embed], png: bytes | None, instead: str = "") -> Sequence[hikari.Embed]:
    """The pages with a picture on the first of them, or with what is said in its place."""
    if png is not None:
        pages[0].set_image(hikari.Bytes(png, FILE_NAME))
        return pages
    return footnoted(pages, instead)


def performance_pictures(snapshot: Snapshot, health: Health, review: SpanReview | None = None) -> Sequence[Chart]:
    """What `/performance` shows: the courses that history has, or those of the samples in memory."""
    courses = () if review is None else _courses(review, health, _memory_there_is_mb(snapshot))
    return courses or _of_samples(snapshot, health)


def _of_samples(snapshot: Snapshot, health: Health) -> Sequence[Chart]:
    samples = snapshot.samples
    if len(samples) < FEWEST_POINTS:
        return ()
    return performance_charts(
        {measure.name: [(sample.at, measure.value(Observation(sample))) for sample in samples] for measure, _ in TOLD},
        health,
        memory_there_is_mb=_memory_there_is_mb(snapshot),
        start=samples[0].at,
        end=samples[-1].at,
    )


def _courses(review: SpanReview, health: Health, memory_there_is_mb: float | None) -> Sequence[Chart]:
    """With what happened marked."""
    courses, spans = {name: level.course for name, level in review.levels.items()}, review.spans
    times = [at for at, _ in courses[MEMORY][:FEWEST_POINTS]]
    return performance_charts(
        courses,
        health,
        newest=f"last {numbers.rough_span(times[1] - times[0])}" if len(times) == FEWEST_POINTS else "now",
        memory_there_is_mb=memory_there_is_mb,
        marks=event_marks(review.happened),
        spans=marked_spans(review.happened, spans.end),
        start=max(spans.start, spans.since or spans.start),
        end=spans.end,
    )


def performance_charts(
    courses: Mapping[str, Points],
    health: Health,
    *,
    newest: str = "now",
    memory_there_is_mb: float | None = None,
    marks: Sequence[EventMark] = (),
    spans: Sequence[MarkedSpan] = (),
    start: float,
    end: float,
) -> Sequence[Chart]:
    """Each judged measure below the other, with its threshold; what has fewer than two values is left out.

    `courses` are by the names of the measures and in their units. `newest` says what the last point of each line is
    over; `memory_there_is_mb` is the container's limit, or what the machine has.
    """
    found: list[Chart] = []
    for measure, shown in TOLD:
        points = [(at, shown.scaled(value)) for at, value in courses.get(measure.name, ())]
        judged = health.measured.get(measure.name)
        if judged is None or not shown.charted or sum(value is not None for _, value in points) < FEWEST_POINTS:
            continue
        limits = _threshold(judged)
        if measure.name == MEMORY:
            limits = [*limits, *_brink(memory_there_is_mb, points, judged)]
        found.append(
            LineChart(
                title=shown.heading,
                lines=[Line(newest, points)],
                unit=shown.unit,
                start=start,
                end=end,
                limits=limits,
                marks=marks,
                spans=spans,
            )
        )
    return found


def command_pictures(command_health: CommandHealth, past: CommandPast | CommandDelta | None = None) -> Sequence[Chart]:
    """What `/commandstats command:` shows: the distribution, and over a period the course with the releases in it."""
    if not isinstance(past, CommandPast):
        limits = _threshold_ns(command_health.response)
        return command_charts("Answer time, since start", command_health.answers.times, limits)
    course = _command_course(past) if len(past.course.points) >= FEWEST_POINTS else None
    title = f"Answer time, {comparison.over(past.spans)}"
    return command_charts(title, past.times.times, _threshold_ns(past.response), course)


def _command_course(past: CommandPast) -> LineChart:
    spans, points = past.spans, past.course.points
    return course_chart(
        "Answer time over time",
        p50_ns=[(point.at, past.times_of(point).quantile_ns(0.5)) for point in points],
        p95_ns=[(point.at, past.times_of(point).quantile_ns(0.95)) for point in points],
        high="p95" if all(carries(0.95, past.times_of(point).total) for point in points) else "p95 or slowest",
        failed_percent=[(point.at, _times(error_rate(point.outcomes), 100)) for point in points],
        marks=event_marks(past.happened),
        spans=marked_spans(past.happened, spans.end),
        start=spans.start,
        end=spans.end,
    )


def command_charts(
    title: str, answers: Histogram, limits: Sequence[Limit] = (), course: LineChart | None = None
) -> Sequence[Chart]:
    """How long a command takes to answer and, where it is known, the course of that; nothing without any answer."""
    if not answers.total:
        return ()
    distribution = HistogramChart(title=title, histogram=answers, limits=limits)
    return [distribution] if course is None else [distribution, course]


def event_marks(happened: Happenings) -> list[EventMark]:
    """Releases, restarts and the like, as charts mark them."""
    return [EventMark(one.at, one.what) for one in happened.occurrences]


def marked_spans(happened: Happenings, end: float) -> list[MarkedSpan]:
    """The times of incidents, as charts shade them; those that go on end with the chart."""
    return [
        MarkedSpan(one.start, end if one.end is None else one.end, incident_words(one.severity), one.severity)
        for one in happened.incidents
    ]


def incident_words(severity: Severity) -> str:
    """What the legend of a chart calls an incident."""
    return "critical incident" if severity is Severity.CRITICAL else "warning"


def _threshold(judged: Judged) -> list[Limit]:
    return [] if judged.threshold is None else [Limit(judged.threshold, "limit", Severity.CRITICAL)]


def _threshold_ns(milliseconds: Judged) -> list[Limit]:
    # Not Discord's deadline: that is for the first response, and a command that has deferred it may take its time.
    return [replace(limit, value=limit.value * NS_PER_MS) for limit in _threshold(milliseconds)]


def _brink(there_is_mb: float | None, memory_mb: Points, judged: Judged) -> list[Limit]:
    highest = max([value for _, value in memory_mb if value is not None], default=0)
    near = NEAR * max(highest, judged.threshold or 0)
    return [] if there_is_mb is None or there_is_mb > near else [Limit(there_is_mb, "total memory", Severity.CRITICAL)]


def _memory_there_is_mb(snapshot: Snapshot) -> float | None:
    if not snapshot.samples:
        return None
    last = snapshot.samples[-1].resources
    return last.rss_bytes / last.memory_share / MEGABYTE if last.rss_bytes and last.memory_share else None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def system_pictures(past: SystemPast, review: SystemReview, happened: Happenings = NOTHING_HAPPENED) -> Sequence[Chart]:
    """What `/performance system:` shows: the first charts of the review, those with too few points left out."""
    start, end = max(past.spans.start, past.spans.since or past.spans.start), past.spans.end
    charts = [
        LineChart(
            title=chart.title,
            lines=[Line(line.label, line.points) for line in chart.lines],
            unit=CHART_UNITS.get(chart.unit, chart.unit.strip("{}").replace("_", " ") if chart.unit != "1" else ""),
            start=start,
            end=end,
            marks=event_marks(happened),
            spans=marked_spans(happened, end),
        )
        for chart in review.charts
        if any(sum(value is not None for _, value in line.points) >= FEWEST_POINTS for line in chart.lines)
    ]
    return charts[:MOST_CHARTS]
