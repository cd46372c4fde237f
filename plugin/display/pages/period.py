"""The chapter of /performance over a period: numbers beside those of the previous period, and over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugin.display import comparison, graphs, measures, numbers, online, text
from plugin.display.book import Chapter, Section
from plugin.display.comparison import Show, alone
from plugin.display.marks import NO_SIGN
from plugin.display.pages.fleet import fleet_section
from plugin.display.pages.measured import short_count, show
from plugin.display.pages.past import growth_section
from plugin.measures import TOLD
from plugin.model import Change, ChangeVerdict, Judged, Period
from plugin.model.past import Outage, Running, SeriesLevel, SpanPast, SpanReview

MINUTE_S, DAY_S = 60, 86_400
MOST_OUTAGES = 6
LABEL_CELLS = 11
COLUMNS = f"{'':<{LABEL_CELLS + 2}}{{:>8}}{{:>9}}"
NOTHING_KEPT = "No history for this period yet."
CHARTED = [(measure, shown) for measure, shown in TOLD if shown.limits and shown.charted]
LEVELS = ", ".join(shown.title if shown.title.isupper() else shown.title.lower() for _, shown in CHARTED)
"""Measures that are shown by their level: `memory, CPU, latency`."""


class PeriodRow(NamedTuple):
    """One number, judged or not, and how it is written."""

    label: str
    judged: Judged | None
    change: Change
    show: Show

    @property
    def line(self) -> str:
        """The number beside the previous one."""
        mark = NO_SIGN if self.judged is None else measures.sign_of(self.judged)
        return f"{mark} {self.label:<{LABEL_CELLS - 1}}{comparison.pair(self.change, self.show)}"


def period_chapter(past: SpanPast) -> Chapter:
    """A bot over a period, compared with the previous one."""
    review = past.review
    rows = list(_rows(past))
    header = COLUMNS.format(comparison.SHORT[review.spans.period], "before")
    sections = [
        Section("Summary", [row.line for row in rows], header),
        _availability(past),
        _outages(past),
        growth_section(past.growth),
        fleet_section(past.fleet),
        Section("Over time", list(_courses(review))),
    ]
    return Chapter(f"Performance, {_over(review)}", _opening(past, rows), sections, _footer(review))


def _availability(past: SpanPast) -> Section:
    known = past.availability
    if known is None:
        return Section("Availability", ())
    said = f"{measures.sign_of(known.judged)} {online.availability(known)}"
    lost = [f"• {part}" for part in online.lost_time(known)]
    return Section("Availability", [text.unbroken(row) for row in (said, *lost)], code=False)


def _outages(past: SpanPast) -> Section:
    end, number = past.review.spans.end, len(past.outages)
    rows = [_outage(outage, end) for outage in past.outages[: MOST_OUTAGES + 1]]
    order = ", longest first" if number > 1 else ""
    return Section(f"Outages ({number:,}){order}", text.cut(rows, MOST_OUTAGES, number=number), code=False)


def _outage(outage: Outage, period_end: float) -> str:
    who = f"{text.inline(outage.instance)}: " if outage.instance else ""
    long = outage.end is not None and outage.end - outage.start >= DAY_S
    end = "now" if outage.end is None else (numbers.date_time if long else numbers.clock_time)(outage.end)
    lasted = numbers.span(outage.seconds(period_end))
    what = text.escaped(outage.what, 60)
    return text.unbroken(f"• {who}{what} for {lasted}, {numbers.date_time(outage.start)} to {end}")


def _over(review: SpanReview) -> str:
    spans = review.spans
    long = f" ({numbers.rough_span(spans.end - spans.start)})" if spans.period is Period.ALL else ""
    return f"{comparison.over(spans)}{long}"


def _footer(review: SpanReview) -> str:
    instances = review.spans.instances
    if instances is None:
        return f"this instance · {LEVELS}: median"
    return f"{numbers.plural(instances, 'instance')} · {LEVELS}: average per instance"


def _rows(past: SpanPast) -> Iterator[PeriodRow]:
    review = past.review
    if past.running is not None:
        judged = past.running.judged
        yield PeriodRow(
            "Running", judged, alone(None if judged.value is None else judged.value / 100), comparison.share
        )
    yield PeriodRow("Commands", None, review.invocations, comparison.count)
    yield PeriodRow("Error rate", review.errors, review.error_rate, comparison.share)
    yield PeriodRow("Average", review.response, review.mean_ns, comparison.duration)
    yield PeriodRow("p95", None, review.p95_ns, comparison.duration)
    if review.deferred.value is not None:
        yield PeriodRow("Deferred", review.deferred, review.deferred_ns, comparison.duration)
    for measure, shown in TOLD:
        level = review.levels[measure.name]
        yield PeriodRow(shown.title, level.judged if shown.limits else None, level.change, show(shown))
    yield PeriodRow("Messages", None, review.messages, _count)


def _count(value: float | None) -> str:
    return short_count(None if value is None else round(value))


def _opening(past: SpanPast, rows: Sequence[PeriodRow]) -> str:
    return "\n".join(filter(None, [_compared(past.review, rows), _away(past.running)]))


def _away(running: Running | None) -> str:
    if running is None or running.away_s < MINUTE_S:
        return ""
    deaths = f": {numbers.plural(running.deaths, 'unclean shutdown')}" if running.deaths else ""
    return text.unbroken(f"Down for {numbers.span(running.away_s)}{deaths}.")


def _compared(review: SpanReview, rows: Sequence[PeriodRow]) -> str:
    spans = review.spans
    if spans.since is None or spans.since >= spans.end:
        return NOTHING_KEPT
    if spans.before is None:
        return comparison.legend(spans)
    told = [
        f"• {how}: {text.unbroken(comparison.sentence(row.label, row.change, row.show))}"
        for verdict, how in ((ChangeVerdict.WORSE, "worse"), (ChangeVerdict.BETTER, "better"))
        for row in rows
        if row.change.verdict is verdict
    ]
    previous = f"the previous {comparison.WORDS[spans.period]}"
    return "\n".join([f"Compared with {previous}:", *told]) if told else f"No significant change from {previous}."


def _courses(review: SpanReview) -> Iterator[str]:
    for measure, shown in CHARTED:
        yield from _course(shown.title, review.levels[measure.name], show(shown))
    invoked = [value for _, value in review.invoked]
    if any(invoked) and len(invoked) > 1:
        step = numbers.rough_span(review.invoked[1][0] - review.invoked[0][0])
        most = max(value or 0 for value in invoked)
        yield _drawn("Commands", f"up to {_count(most)} in {step}", invoked)
    failed = [value for _, value in review.failed]
    if any(failed) and len(failed) > 1:
        yield _drawn("Error rate", f"up to {comparison.share(max(value or 0 for value in failed))}", failed)


def _course(label: str, level: SeriesLevel, show: Show) -> Iterator[str]:
    values = [value for _, value in level.course]
    if sum(value is not None for value in values) >= 2:
        yield _drawn(label, f"{show(level.minimum)} to {show(level.maximum)}", values)


def _drawn(label: str, extremes: str, values: Sequence[float | None]) -> str:
    room = text.LINE_CELLS - len(label) - 1
    return f"{label} {text.right(extremes, room)}\n{graphs.sparkline(values, text.LINE_CELLS)}"
