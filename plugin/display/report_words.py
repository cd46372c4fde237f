"""The phrases and numbers of a report, which its page and its HTML share; names in them are not escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from plugin.display import comparison, numbers, text
from plugin.display.pages.measured import show
from plugin.display.pages.period import PeriodRow
from plugin.measures import REPORTED
from plugin.model import Change, ChangeVerdict, Finding, Severity
from plugin.model.happenings import Happenings
from plugin.model.past import ErrorReview, ErrorState
from plugin.model.report import Report, ReportedIncident

DATE, CLOCK = "%d %b %H:%M", "%H:%M"
MINUTE_S, HOUR_S = 60, 3600
WITHOUT_ROW = ("connected_share",)
"""Measures that the availability tells more exactly."""
STATES = {
    ErrorState.NEW: (Severity.WARNING, "new"),
    ErrorState.REGRESSED: (Severity.WARNING, "regressed"),
    ErrorState.FIRST_SEEN: (Severity.UNKNOWN, "first seen"),
    ErrorState.ONGOING: (Severity.UNKNOWN, "ongoing"),
    ErrorState.DISCORDS: (Severity.UNKNOWN, "Discord error"),
    ErrorState.GONE: (Severity.WELL, "resolved"),
}
NOT_KEPT = "History was not kept in this period."
QUIET = "No invocations, no errors, no incidents."
SAME = "No significant change from the previous {}."


def moment(at: float, zone: tzinfo) -> str:
    """A time as `29 Nov 14:02`."""
    return f"{datetime.fromtimestamp(at, zone):{DATE}}"


def title(report: Report, zone: tzinfo) -> str:
    """`Report, 7 days to 30 Nov 2026`."""
    spans = report.review.spans
    last = datetime.fromtimestamp(spans.end - 1, zone)
    return f"Report, {comparison.WORDS[spans.period]} to {last:%d %b %Y}"


def footer(report: Report, zone: tzinfo) -> str:
    """The period to the minute with its time zone, what it is compared with, and whose it is."""
    spans = report.review.spans
    start, end = (datetime.fromtimestamp(at, zone) for at in (spans.start, spans.end))
    changed = "" if start.tzname() == end.tzname() else f" {start:%Z}"
    before = "" if spans.before is None else f", compared with the previous {comparison.WORDS[spans.period]}"
    whose = f" · {numbers.plural(spans.instances, 'instance')}" if spans.instances else ""
    if report.instance is not None:
        whose = f" · instance {text.name(report.instance)}"
    return f"{start:{DATE}}{changed} to {end:{DATE}} {end:%Z}{before}{whose}"


def notes(report: Report, zone: tzinfo) -> Iterator[str]:
    """What the numbers cover, and what is significant."""
    spans = report.review.spans
    if not report.is_covered:
        yield NOT_KEPT
        return
    if report.is_quiet:
        yield QUIET
    if report.covered_from is not None:
        yield f"History covers this period only from {moment(report.covered_from, zone)}."
    elif spans.before is None:
        yield f"History does not cover the previous {comparison.WORDS[spans.period]}: nothing is compared."
    if report.rounded_s:
        unit = "hours" if report.rounded_s <= HOUR_S else "days (UTC)"
        yield f"Rounded to whole {unit}: no finer history of this time is kept."
    if spans.before is not None and not report.is_quiet:
        yield comparison.legend(spans)


def summary_rows(report: Report) -> Iterator[PeriodRow]:
    """Invocations, errors and answer times."""
    review, failed = report.review, report.failures
    errors = Change(failed.errors_before, failed.errors, None, ChangeVerdict.UNKNOWN)
    yield PeriodRow("Commands", None, review.invocations, comparison.count)
    yield PeriodRow("Errors", None, errors, comparison.count)
    yield PeriodRow("Error rate", review.errors, review.error_rate, comparison.share)
    yield PeriodRow("Average", review.response, review.mean_ns, comparison.duration)
    yield PeriodRow("p95", None, review.p95_ns, comparison.duration)
    if review.deferred.value is not None:
        yield PeriodRow("Deferred", review.deferred, review.deferred_ns, comparison.duration)


def resource_rows(report: Report) -> Iterator[PeriodRow]:
    """Levels of the measures that were sampled in the period."""
    for measure, shown in REPORTED:
        level = report.review.levels.get(measure.name)
        if level is not None and level.change.after is not None and measure.name not in WITHOUT_ROW:
            judged = level.judged if shown.limits else None
            yield PeriodRow(shown.title, judged, level.change, show(shown))


def chart_legend(happened: Happenings) -> str:
    """What the marks of charts mean; empty without any."""
    lines = "Dashed vertical lines: releases, restarts, unclean shutdowns and disconnections."
    shades = "Shaded: incidents, red where they are critical."
    return " ".join([*([lines] if happened.occurrences else []), *([shades] if happened.incidents else [])])


def incident_time(incident: ReportedIncident, zone: tzinfo) -> str:
    """`29 Nov 14:02 to 14:10 (8 min)`; of one that lasts, `since 29 Nov 14:02 (4 h)`."""
    if incident.end is None:
        return f"since {moment(incident.begin, zone)} ({numbers.span(incident.seconds)})"
    if incident.seconds < 1:
        return moment(incident.begin, zone)
    return f"{_from_to(incident.begin, incident.end, zone)} ({numbers.span(incident.seconds)})"


def _from_to(begin: float, end: float, zone: tzinfo) -> str:
    start, over = (datetime.fromtimestamp(at, zone) for at in (begin, end))
    return f"{start:{DATE}} to {over:{CLOCK if start.date() == over.date() else DATE}}"


def finding_time(finding: Finding, report: Report, zone: tzinfo) -> str:
    """When a finding stood: `since 29 Nov 14:02`, or from when to when."""
    until = finding.until
    if until is None or until > report.review.spans.end:
        return f"since {moment(finding.since, zone)}"
    return moment(until, zone) if until - finding.since < MINUTE_S else _from_to(finding.since, until, zone)


def error_state(error: ErrorReview, zone: tzinfo) -> str:
    """`new, 29 Nov 14:02`, `first seen 29 Nov 14:02`, or one word."""
    word, first = STATES[error.state][1], moment(error.first_seen, zone)
    return {ErrorState.NEW: f"{word}, {first}", ErrorState.FIRST_SEEN: f"{word} {first}"}.get(error.state, word)
