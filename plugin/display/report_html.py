"""A report as one HTML file, for a phone and for mail: no script, nothing loaded, every name escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from plugin.display import comparison, html, names, numbers, online, report_words
from plugin.display.pages.measured import short_count, show
from plugin.display.pages.period import CHARTED, PeriodRow
from plugin.display.svg import Curve, Points, Shade, drawable, drawn
from plugin.model import Change, Finding, Severity
from plugin.model.command_reviews import CommandReview
from plugin.model.past import ErrorReview
from plugin.model.report import ReleaseChange, Report, ReportedIncident
from plugin.words import failure_in, unresolved

MOST_COMMANDS_NAMED = 3


def report_html(report: Report, zone: tzinfo, charts: str | None = None) -> str:
    """The report as a page; times are of a zone, which the page names.

    `charts` is markup in place of the charts, for mail programs, few of which show SVG.
    """
    title = report_words.title(report, zone)
    notes = "".join(f"<p>{html.plain(note)}</p>\n" for note in report_words.notes(report, zone))
    quiet = not report.is_covered or report.is_quiet
    sections = _availability(report) if quiet else "".join(_sections(report, zone, charts))
    footer = html.faint(html.plain(report_words.footer(report, zone)))
    head = f'<h1 style="font-size:24px;margin:0 0 4px">{html.plain(title)}</h1>\n'
    return html.document(title, f"{head}<p>{footer}</p>\n{notes}{sections}", in_mail=charts is not None)


def _sections(report: Report, zone: tzinfo, charts: str | None) -> Iterator[str]:
    usage, failed = report.usage, report.failures
    yield _section("What to do first", html.items(_step(one, report, zone) for one in report.first))
    yield _section("Summary", _numbers("Number", report_words.summary_rows(report), report))
    yield _section(f"Most used (of {usage.commands:,})", _used(usage.top, report))
    yield _section("Also used more", _used([one for one in usage.grown if one not in usage.top], report))
    yield _section("Slower", html.table(_heads("Command", report), list(_slower(report))))
    yield _section("Failing more", html.table(_heads("Command", report), list(_rising(report))))
    yield _section("New errors", html.items(_error(error, zone) for error in failed.new))
    more = [f"… and {failed.left_out:,} more"] if failed.left_out else []
    yield _section("Most frequent errors", html.items([*(_error(error, zone) for error in failed.frequent), *more]))
    yield _incidents(report, zone)
    yield _availability(report)
    yield _section("Resources", _numbers("Measure", report_words.resource_rows(report), report))
    yield _section("Over time", "".join(_charts(report, zone)) if charts is None else charts)
    yield _releases(report, zone)


def _section(heading: str, body: str) -> str:
    return f"{html.heading(heading)}\n{body}" if body else ""


def _heads(first: str, report: Report) -> list[str]:
    spans = report.review.spans
    return [first, comparison.SHORT[spans.period], *(["before"] if spans.before is not None else [])]


def _cells(change: Change, shown: comparison.Show, report: Report) -> list[str]:
    now = f"{html.plain(shown(change.after))} {html.arrow(comparison.arrow(change))}".strip()
    if report.review.spans.before is None:
        return [now]
    return [now, html.plain("–" if change.before is None else shown(change.before))]


def _numbers(first: str, rows: Iterator[PeriodRow], report: Report) -> str:
    return html.table(_heads(first, report), [[_label(row), *_cells(row.change, row.show, report)] for row in rows])


def _label(row: PeriodRow) -> str:
    judged = row.judged
    known = judged is not None and judged.severity is not Severity.UNKNOWN
    return f"{html.mark(judged.severity)} {row.label}" if judged is not None and known else row.label


def _command(key: CommandReview) -> str:
    return html.code(names.command_label(key.key))


def _used(commands: Sequence[CommandReview], report: Report) -> str:
    rows = [[_command(one), *_cells(one.changes[0], comparison.count, report)] for one in commands]
    return html.table(_heads("Command", report), rows)


def _slower(report: Report) -> Iterator[list[str]]:
    for slower in report.slower:
        what = html.faint(f"{slower.what}{' after deferring' if slower.deferred else ''}")
        label = f"{html.code(names.command_label(slower.key))} {what}"
        yield [label, *_cells(slower.change, comparison.duration, report)]


def _rising(report: Report) -> Iterator[list[str]]:
    for failing in report.failures.rising:
        label = html.code(names.command_label(failing.key))
        yield [label, *_cells(failing.change, comparison.share, report)]


def _step(finding: Finding, report: Report, zone: tzinfo) -> str:
    look = f" → {html.code(finding.look_at)}" if finding.look_at else ""
    when = html.faint(f"{html.plain(report_words.finding_time(finding, report, zone))}{look}")
    return f"{html.mark(finding.severity)} {html.name(unresolved(finding.sentence), 300)}<br>{when}"


def _error(error: ErrorReview, zone: tzinfo) -> str:
    severity, _ = report_words.STATES[error.state]
    mark = "" if severity is Severity.UNKNOWN else f"{html.mark(severity)} "
    commands = ", ".join(html.name(one) for one in error.commands[:MOST_COMMANDS_NAMED])
    where = f" in {commands}" if commands else ""
    state = html.faint(f"{html.plain(report_words.error_state(error, zone))}{where}")
    return f"{mark}{html.code(failure_in(error.type, error.place))} ×{error.occurrences:,}<br>{state}"


def _incidents(report: Report, zone: tzinfo) -> str:
    rows = [_incident(one, zone) for one in report.incidents]
    more = [f"… and {report.incidents_left_out:,} more"] if report.incidents_left_out else []
    return _section(f"Incidents ({len(rows) + report.incidents_left_out:,})", html.items([*rows, *more]))


def _incident(incident: ReportedIncident, zone: tzinfo) -> str:
    who = f"{html.code(incident.instance)}: " if incident.instance else ""
    when = html.faint(html.plain(report_words.incident_time(incident, zone)))
    return f"{html.mark(incident.severity)} {who}{html.name(incident.what, 300)}<br>{when}"


def _availability(report: Report) -> str:
    known = report.availability
    if known is None:
        return ""
    said = f"{html.mark(known.judged.severity)} {html.plain(online.availability(known))}"
    lost = "<br>".join(html.faint(html.plain(part)) for part in online.lost_time(known))
    return _section("Availability", html.items([f"{said}<br>{lost}" if lost else said]))


def _charts(report: Report, zone: tzinfo) -> Iterator[str]:
    review = report.review
    yield _chart("Commands", review.invoked, lambda value: short_count(round(value or 0)), None, report, zone)
    yield _chart("Error rate", review.failed, comparison.share, None, report, zone)
    for measure, shown in CHARTED:
        level = review.levels[measure.name]
        limit = level.judged.threshold
        unscaled = None if limit is None else limit / shown.factor
        yield _chart(shown.title, level.course, show(shown), unscaled, report, zone)
    legend = report_words.chart_legend(review.happened)
    if legend:
        yield f"<p>{html.faint(html.plain(legend))}</p>\n"


def _chart(
    title: str, points: Points, shown: comparison.Show, limit: float | None, report: Report, zone: tzinfo
) -> str:
    if not drawable(points):
        return ""
    values = [value for _, value in points if value is not None]
    start, end = max(points[0][0], report.review.spans.start), report.review.spans.end
    low, high = shown(min(values)), shown(max(values))
    reach = high if low == high else f"{low} to {high}"
    step = numbers.rough_span(points[1][0] - points[0][0])
    limited = "" if limit is None else f", limit {shown(limit)}"
    dates = f"{report_words.moment(start, zone)} to {report_words.moment(end, zone)}"
    happened = report.review.happened
    marks = [one.at for one in happened.occurrences]
    shades = [Shade(one.start, one.end or end, one.severity is Severity.CRITICAL) for one in happened.incidents]
    curve = Curve(points, start, end, f"{title}, {dates}: {reach}{limited}", limit, marks, shades)
    caption = f"{title} {html.faint(html.plain(f'{reach}, in steps of {step}{limited}'))}"
    return f'<p style="margin:12px 0 2px">{caption}</p>\n{drawn(curve)}\n{html.faint(html.plain(dates))}\n'


def _releases(report: Report, zone: tzinfo) -> str:
    more = [f"… and {report.releases_left_out:,} earlier"] if report.releases_left_out else []
    return _section("Releases", html.items([*more, *(_release(one, zone) for one in report.releases)]))


def _release(release: ReleaseChange, zone: tzinfo) -> str:
    when = html.faint(html.plain(report_words.moment(release.at, zone)))
    found = "".join(
        f"<br>{html.mark(one.severity)} {html.name(unresolved(one.sentence), 300)}" for one in release.findings
    )
    return f"{html.code(release.release)}, after {html.code(release.before)} {when}{found}"
