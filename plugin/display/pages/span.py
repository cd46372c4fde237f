"""The page of /performance over a period: each number beside the span before it, and its course."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from plugin.display import comparison, graphs, measures, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN
from plugin.display.pages.fleet import fleet_section
from plugin.display.pages.past import growth_section
from plugin.measures import TOLD, Shown
from plugin.model import Change, ChangeVerdict, Health, Judged, Period
from plugin.model.past import Running, SeriesLevel, SpanPast, SpanReview

Show = Callable[[float | None], str]

MINUTE_S = 60
LABEL_CELLS = 11
COUNT_CELLS = 7
COLUMNS = f"{'':<{LABEL_CELLS + 2}}{{:>8}}{{:>9}}"
WORDS = {
    Period.HOUR: "the last hour",
    Period.DAY: "the last 24 h",
    Period.WEEK: "the last 7 d",
    Period.MONTH: "the last 30 d",
}
NOTHING_KEPT = "No history for this period yet."
SAME = "No significant change from the previous period."
ALONE = "Not enough history to compare with the previous period."
CHARTED = [shown.title for _, shown in TOLD if shown.limits and shown.charted]
LEVELS = ", ".join(title if title.isupper() else title.lower() for title in CHARTED)
"""What is shown by its level: `memory, CPU, latency`."""


def span_pages(past: SpanPast, health: Health, at: float) -> Book:
    """What a bot did over a period, and what became of it since the span before."""
    review = past.review
    rows = list(_rows(past))
    sections = [
        Section("Summary", [row.line for row in rows], COLUMNS.format(comparison.SHORT[review.spans.period], "before")),
        growth_section(past.growth),
        fleet_section(past.fleet),
        Section("Over time", list(_courses(review))),
    ]
    title = f"Performance, {_period_words(review)}"
    return Book([Chapter(title, _opening(past, rows), sections, _footer(review))], health, at)


def _period_words(review: SpanReview) -> str:
    """`the last 24 h`, or since when there is history."""
    spans = review.spans
    return WORDS.get(spans.period) or f"all time ({numbers.rough_span(spans.end - spans.start)})"


def _footer(review: SpanReview) -> str:
    instances = review.spans.instances
    if instances is None:
        return f"this instance · {LEVELS}: median"
    return f"{numbers.plural(instances, 'instance')} · {LEVELS}: average per instance"


class _Row:
    """One number, beside the one before."""

    def __init__(self, label: str, judged: Judged | None, change: Change, show: Show) -> None:
        self.label = label
        self.change = change
        self.show = show
        mark = NO_SIGN if judged is None else measures.sign_of(judged)
        self.line = f"{mark} {label:<{LABEL_CELLS - 1}}{comparison.pair(change, show)}"


def _rows(past: SpanPast) -> Iterator[_Row]:
    review = past.review
    if past.running is not None:
        judged = past.running.judged
        share = None if judged.value is None else judged.value / 100
        yield _Row("Running", judged, Change(None, share, None, ChangeVerdict.UNKNOWN), _percent)
    yield _Row("Commands", None, review.invocations, _count)
    yield _Row("Error rate", review.errors, review.error_rate, _percent)
    yield _Row("Average", review.response, review.mean_ns, comparison.duration)
    yield _Row("p95", None, review.p95_ns, comparison.duration)
    if review.deferred.value is not None:
        late = Change(None, review.deferred.value, None, ChangeVerdict.UNKNOWN)
        yield _Row("Deferred", review.deferred, late, numbers.milliseconds)
    for measure, shown in TOLD:
        level = review.levels[measure.name]
        yield _Row(shown.title, level.judged if shown.limits else None, level.change, _show(shown))
    yield _Row("Messages", None, review.messages, _count)


def _opening(past: SpanPast, rows: Sequence[_Row]) -> str:
    return "\n".join(filter(None, [_compared(past.review, rows), _away(past.running)]))


def _away(running: Running | None) -> str:
    if running is None or running.away_s < MINUTE_S:
        return ""
    deaths = f": {numbers.plural(running.deaths, 'unclean shutdown')}" if running.deaths else ""
    return text.unbroken(f"Down for {numbers.span(running.away_s)}{deaths}.")


def _compared(review: SpanReview, rows: Sequence[_Row]) -> str:
    if review.spans.since is None or review.spans.since >= review.spans.end:
        return NOTHING_KEPT
    if review.spans.before is None:
        return ALONE if review.spans.period is not Period.ALL else ""
    told = [
        f"• {how}: {text.unbroken(comparison.sentence(row.label, row.change, row.show))}"
        for verdict, how in ((ChangeVerdict.WORSE, "worse"), (ChangeVerdict.BETTER, "better"))
        for row in rows
        if row.change.verdict is verdict
    ]
    return "\n".join(["Compared with the previous period:", *told]) if told else SAME


def _courses(review: SpanReview) -> Iterator[str]:
    for measure, shown in TOLD:
        if shown.limits and shown.charted:
            yield from _course(shown.title, review.levels[measure.name], _show(shown))
    invoked = [value for _, value in review.invoked]
    if any(invoked) and len(invoked) > 1:
        step = numbers.rough_span(review.invoked[1][0] - review.invoked[0][0])
        most = max(value or 0 for value in invoked)
        yield _drawn("Commands", f"up to {_count(most)} in {step}", invoked)
    failed = [value for _, value in review.failed]
    if any(failed) and len(failed) > 1:
        yield _drawn("Error rate", f"up to {_percent(max(value or 0 for value in failed))}", failed)


def _course(label: str, level: SeriesLevel, show: Show) -> Iterator[str]:
    values = [value for _, value in level.course]
    if sum(value is not None for value in values) >= 2:
        yield _drawn(label, f"{show(level.minimum)} to {show(level.maximum)}", values)


def _drawn(label: str, extremes: str, values: Sequence[float | None]) -> str:
    room = text.LINE_CELLS - len(label) - 1
    return f"{label} {text.right(extremes, room)}\n{graphs.sparkline(values, text.LINE_CELLS)}"


def _count(value: float | None) -> str:
    return numbers.UNKNOWN if value is None else numbers.count_in(COUNT_CELLS, round(value)).lstrip()


def _percent(value: float | None) -> str:
    return numbers.percent(None if value is None else 100 * value)


def _show(shown: Shown) -> Show:
    """Writes values of a measure in the unit in which people read it."""
    return lambda value: numbers.in_unit(shown.unit, shown.scaled(value), _count)
