"""The page of a report: what a bot did over a period, and what to look at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from plugin.display import comparison, failures, names, online, report_words, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.display.pages.period import COLUMNS
from plugin.model import Finding, Health, Severity
from plugin.model.command_reviews import CommandReview
from plugin.model.past import ErrorReview
from plugin.model.report import ReleaseChange, Report, ReportedIncident
from plugin.words import unresolved

SENTENCE_CELLS = 160
COMMAND_CELLS = 15
INDENT = " " * 3


def report_pages(report: Report, zone: tzinfo, health: Health, at: float) -> Book:
    """The report below the present status; times of day are of a zone, which the footer names."""
    return Book([report_chapter(report, zone)], health, at)


def report_chapter(report: Report, zone: tzinfo) -> Chapter:
    """The same without the bot's present status."""
    opening = "\n".join(report_words.notes(report, zone))
    quiet = not report.is_covered or report.is_quiet
    if quiet and report.availability is not None:
        opening = f"{opening} {_escaped(online.availability(report.availability))}"
    sections = [] if quiet else list(_sections(report, zone))
    return Chapter(report_words.title(report, zone), opening, sections, report_words.footer(report, zone))


def _sections(report: Report, zone: tzinfo) -> Iterator[Section]:
    spans, usage, failed = report.review.spans, report.usage, report.failures
    header = COLUMNS.format(comparison.SHORT[spans.period], "before" if spans.before is not None else "")
    yield Section("What to do first", [_step(one, report, zone) for one in report.first], code=False)
    yield Section("Summary", [row.line for row in report_words.summary_rows(report)], header.rstrip())
    used = [_used(one, report) for one in usage.top]
    yield Section(f"Most used (of {usage.commands:,})", used, comparison.header(spans))
    grown = [_used(one, report) for one in usage.grown if one not in usage.top]
    yield Section("Also used more", grown, comparison.header(spans))
    yield Section("Slower", list(_slower(report)), code=False)
    yield Section("Failing more", list(_rising(report)), code=False)
    yield Section("New errors", [_error(error, zone) for error in failed.new])
    frequent = [_error(error, zone) for error in failed.frequent]
    more = [f"… and {failed.left_out:,} more"] if failed.left_out else []
    yield Section("Most frequent errors" if frequent else "Other errors", [*frequent, *more])
    yield _incidents(report, zone)
    yield Section("Availability", list(_availability(report)), code=False)
    yield Section("Resources", [row.line for row in report_words.resource_rows(report)], header.rstrip())
    yield _releases(report, zone)


def _escaped(said: str) -> str:
    return text.unbroken(text.escaped(said, SENTENCE_CELLS))


def _step(finding: Finding, report: Report, zone: tzinfo) -> str:
    look = f" → {text.inline(finding.look_at, SENTENCE_CELLS)}" if finding.look_at else ""
    when = report_words.finding_time(finding, report, zone)
    return f"{sign(finding.severity)} **{when}** {_escaped(unresolved(finding.sentence))}{look}"


def _used(command: CommandReview, report: Report) -> str:
    label = names.short_label(command.key, COMMAND_CELLS)
    return comparison.line(label, command.changes[0], comparison.count, report.review.spans)


def _slower(report: Report) -> Iterator[str]:
    for slower in report.slower:
        after = " after deferring" if slower.deferred else ""
        said = comparison.sentence(f"{slower.what}{after}", slower.change, comparison.duration)
        yield f"{sign(Severity.WARNING)} {names.inline_label(slower.key)}: {text.unbroken(said)}"


def _rising(report: Report) -> Iterator[str]:
    for failing in report.failures.rising:
        said = comparison.sentence("error rate", failing.change, comparison.share)
        yield f"{sign(Severity.WARNING)} {names.inline_label(failing.key)}: {text.unbroken(said)}"


def _error(error: ErrorReview, zone: tzinfo) -> str:
    severity, _ = report_words.STATES[error.state]
    head, *place = failures.group_lines(error.type, error.place, error.occurrences, INDENT)
    mark = NO_SIGN if severity is Severity.UNKNOWN else sign(severity)
    said = text.clip(f"{INDENT}{report_words.error_state(error, zone)}", text.LINE_CELLS)
    commands = [f"{INDENT}{text.name(', '.join(error.commands), text.LINE_CELLS - 3)}"] if error.commands else []
    return "\n".join([f"{mark} {head.removeprefix(INDENT)}", said, *place, *commands])


def _incidents(report: Report, zone: tzinfo) -> Section:
    rows = [_incident(one, zone) for one in report.incidents]
    more = [f"… and {report.incidents_left_out:,} more"] if report.incidents_left_out else []
    return Section(f"Incidents ({len(rows) + report.incidents_left_out:,})", [*rows, *more], code=False)


def _incident(incident: ReportedIncident, zone: tzinfo) -> str:
    who = f"{text.inline(incident.instance)}: " if incident.instance else ""
    when = text.unbroken(report_words.incident_time(incident, zone))
    return f"{sign(incident.severity)} **{when}** {who}{_escaped(incident.what)}"


def _availability(report: Report) -> Iterator[str]:
    known = report.availability
    if known is not None:
        yield f"{sign(known.judged.severity)} {_escaped(online.availability(known))}"
        yield from (f"• {text.unbroken(part)}" for part in online.lost_time(known))


def _releases(report: Report, zone: tzinfo) -> Section:
    more = [f"… and {report.releases_left_out:,} earlier"] if report.releases_left_out else []
    rows = [row for release in report.releases for row in _release(release, zone)]
    return Section("Releases", [*more, *rows], code=False)


def _release(release: ReleaseChange, zone: tzinfo) -> Sequence[str]:
    new, old = (text.inline(name) for name in (release.release, release.before))
    found = [f"{sign(one.severity)} {_escaped(unresolved(one.sentence))}" for one in release.findings]
    return [f"• **{report_words.moment(release.at, zone)}** {new}, after {old}", *found]
