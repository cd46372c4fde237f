"""One command over a period, step by step, with the releases in it."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import graphs, numbers, text
from plugin.display.book import Section
from plugin.histogram import carries
from plugin.model import CommandPoint, Spans
from plugin.model.command_reviews import CommandPast

RELEASE_MARK = "^"
MOST_RELEASES = 3
STEPS = {60: "minute", 3600: "hour", 86_400: "day"}


def course_section(past: CommandPast, at: float) -> Section:
    """Invocations and answer times of every step; empty with fewer than two."""
    points, step_s = list(_steps(past)), past.course.step_s
    if len(points) < 2:
        return Section("", ())
    counts = [0 if point is None else sum(point.outcomes) for point in points]
    times = [None if point is None else past.times_of(point).quantile_ns(0.95) for point in points]
    known = [time for time in times if time is not None]
    rows = [f"invocations, max {numbers.short_count(max(counts))}", graphs.sparkline(counts, text.LINE_CELLS)]
    if known:
        few = any(point is not None and not carries(0.95, past.times_of(point).total) for point in points)
        rows += [
            f"p95{' or slowest' if few else ''}, max {numbers.duration(max(known))}",
            graphs.sparkline(times, text.LINE_CELLS),
        ]
    return Section(f"Per {STEPS.get(step_s) or numbers.span(step_s)}", [*rows, *_releases(past, at)])


def _steps(past: CommandPast) -> Iterator[CommandPoint | None]:
    """A point for every step of the period; None for steps without invocations."""
    spans, step_s = past.spans, past.course.step_s
    by_time = {point.at: point for point in past.course.points}
    return (by_time.get(time) for time in range(spans.start - spans.start % step_s, spans.end, step_s))


def _releases(past: CommandPast, at: float) -> list[str]:
    """The releases that began in the period, with their steps."""
    spans = past.spans
    began = [release for release in past.updates if spans.start < release.first_seen < spans.end]
    if not began:
        return []
    cells = min(text.LINE_CELLS, len(list(_steps(past))))
    marks = [" "] * cells
    for release in began:
        marks[_cell(release.first_seen, spans, cells)] = RELEASE_MARK
    named = [
        text.clip(f"{RELEASE_MARK} {text.name(release.name, 14)}, {numbers.ago(at - release.first_seen)}", 30)
        for release in began
    ]
    return ["".join(marks).rstrip(), *text.cut(named, MOST_RELEASES)]


def _cell(moment: float, spans: Spans, cells: int) -> int:
    return min(cells - 1, int((moment - spans.start) / (spans.end - spans.start) * cells))
