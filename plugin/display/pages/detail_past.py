"""The pages of one command over a period: its course, what changed, what went wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.display import comparison, failures, graphs, measures, names, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.pages.detail import (
    denials_section,
    distribution_section,
    first_responses_section,
    opening,
    outcomes_section,
    side_by_side,
    since_start,
    times_in_short,
)
from plugin.histogram import carries
from plugin.model import Change, CommandPoint, CommandSnapshot, Health, Period, Spans
from plugin.model.past import CommandPast

RELEASE_MARK = "^"
MOST_RELEASES = 3
OVER = {Period.ALL: "all time"}
STEPS = {60: "minute", 3600: "hour", 86_400: "day"}


def past_detail_pages(command: CommandSnapshot, past: CommandPast, health: Health, at: float) -> Book:
    """Everything that history tells of one command; `at` is the moment of asking, Unix time in seconds."""
    spans = past.spans
    over = OVER.get(spans.period, f"last {comparison.SHORT[spans.period]}")
    sections = [
        Section(
            f"Summary, {over}",
            [
                *times_in_short(past.now.answers, past.now.deferred, past.response, past.deferred, _ran_for_ns(past)),
                measures.judged("Error rate", past.error_rate, numbers.percent),
            ],
        ),
        _changes(past),
        _columns(command, past),
        _course(past, at),
        _findings(past),
        outcomes_section(past.now.outcomes),
        first_responses_section(past.now.first_responses, over),
        distribution_section(past.times.times, over),
        Section(f"Errors, {over}", [_error(past, index, at) for index in range(len(past.groups))]),
    ]
    severity = max(past.response.severity, past.error_rate.severity)
    head = f"{opening(command, severity, past.all_time)}\n{comparison.legend(spans)}"
    if not any(past.now.outcomes):
        sections, head = (
            [_columns(command, past)],
            f"{opening(command, severity, past.all_time)}\nNot invoked in this period.",
        )
    title = text.escaped(names.command_label(command.key), text.LINE_CELLS)
    chapter = Chapter(title, head, [*sections, denials_section(command)], comparison.footer(spans))
    return Book([chapter], health, at)


def _changes(past: CommandPast) -> Section:
    if past.spans.before is None:
        return Section("", ())
    shown: list[tuple[str, Change, Callable[[float | None], str]]] = [
        ("invoked", past.invocations, comparison.count),
        ("errors", past.errors, comparison.share),
        ("refused", past.denied, comparison.share),
        *(
            (label, change, comparison.duration)
            for label, change in zip(("average", "p50", "p95", "p99"), past.answers, strict=True)
        ),
    ]
    rows = [comparison.line(label, change, show, past.spans) for label, change, show in shown]
    return Section(
        f"Compared with the previous {comparison.WORDS[past.spans.period]}", rows, comparison.header(past.spans)
    )


def _columns(command: CommandSnapshot, past: CommandPast) -> Section:
    columns = {"start": since_start(command), "all time": past.all_time}
    if past.spans.period is not Period.ALL:
        columns = {"start": columns["start"], comparison.SHORT[past.spans.period]: past.now, "all": past.all_time}
    return side_by_side(columns, past.deferred)


def _ran_for_ns(past: CommandPast) -> float | None:
    ok, _, error, _ = past.now.outcomes
    return past.now.total_ns / (ok + error) if ok + error else None


def _course(past: CommandPast, at: float) -> Section:
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
    """A point for every step of the period; None for one without invocations."""
    spans, step_s = past.spans, past.course.step_s
    by_time = {point.at: point for point in past.course.points}
    return (by_time.get(time) for time in range(spans.start - spans.start % step_s, spans.end, step_s))


def _releases(past: CommandPast, at: float) -> list[str]:
    """Where in the course releases began, and which they are."""
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


def _findings(past: CommandPast) -> Section:
    rows = ["\n".join(text.wrapped(finding.sentence, lines=4)) for finding in past.findings]
    return Section("Since the last release", rows)


def _error(past: CommandPast, index: int, at: float) -> str:
    group = past.groups[index]
    first, *lines = failures.history_lines(group, past.spans, at, indent="")
    where = [f"  in {text.name(group.place.function, text.LINE_CELLS - 5)}"] if group.place else []
    place, rest = lines[: len(where)], lines[len(where) :]
    return "\n".join([first, *place, *where, *rest])
