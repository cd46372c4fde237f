"""A report as a message: short for a phone in Discord, and as plain text with a page for mail."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import tzinfo
from html import escape

from plugin.display import report_words
from plugin.display.book import FENCE, Chapter, characters
from plugin.display.chart import Chart, alt_text
from plugin.display.marks import MARKS
from plugin.display.pages.report import report_chapter
from plugin.display.report_html import report_html
from plugin.display.terminal import plain
from plugin.model import AttachedPicture, Notice, ReportNotices, Severity
from plugin.model.report import Report

MOST = 3
"""Entries of each list."""
MOST_CHARACTERS = 3_900
"""Discord allows 4,096 for a description, and 6,000 for all of an embed."""
MORE = "… the rest is in `python -m plugin report`."
PICTURE = "report.png"
KINDS = {Severity.WARNING: "warning", Severity.CRITICAL: "failure"}
"""Of a report, for targets that tell them apart."""


def report_notices(
    report: Report, zone: tzinfo, mark: str, charts: Sequence[Chart], png: bytes | None
) -> Generator[None, None, ReportNotices]:
    """What each kind of target is told; yields so that other work can run in between.

    `mark` is how the message is found again, `png` the picture of the charts.
    """
    chapter, severity = report_chapter(_brief(report), zone), severity_of(report)
    title = f"{MARKS[severity].sign} {report_words.title(report, zone)}"
    colour, footer = int(MARKS[severity].colour), f"{mark} · {chapter.footer}"
    pictures = () if png is None else (AttachedPicture(PICTURE, png),)
    yield
    message = Notice(mark, title, _markdown(chapter), colour, footer, pictures=pictures)
    text = plain(chapter._replace(title=""), report.review.spans.end)
    yield
    image = "" if png is None else _image(alt_text(*charts))
    yield
    page = report_html(report, zone, image)
    kind = KINDS.get(severity, "info")
    return ReportNotices(message, message._replace(text=text, html=page, kind=kind))


def severity_of(report: Report) -> Severity:
    """Critical while something critical lasts, or if the availability is; what is over is a warning at most."""
    lasting = [one.severity for one in report.incidents if one.end is None]
    lasting += [report.availability.judged.severity] if report.availability is not None else []
    over = [one.severity for one in (*report.incidents, *report.first)]
    return max([Severity.WELL, *lasting, *(min(one, Severity.WARNING) for one in over)])


def _brief(report: Report) -> Report:
    """The report with the first entries of each list."""
    usage, failed, incidents, releases = report.usage, report.failures, report.incidents, report.releases
    new = failed.new[:MOST]
    frequent = failed.frequent[: MOST - len(new)]
    errors = len(failed.new) + len(failed.frequent) + failed.left_out
    cut = len(incidents) - MOST if len(incidents) > MOST + 1 else 0
    return report._replace(
        first=report.first[:MOST],
        usage=usage._replace(top=usage.top[:MOST], grown=usage.grown[: MOST - 1]),
        slower=report.slower[:MOST],
        failures=failed._replace(
            rising=failed.rising[:MOST], new=new, frequent=frequent, left_out=errors - len(new) - len(frequent)
        ),
        incidents=incidents[: len(incidents) - cut],
        incidents_left_out=report.incidents_left_out + cut,
        releases=releases[-MOST:],
        releases_left_out=report.releases_left_out + max(0, len(releases) - MOST),
    )


def _markdown(chapter: Chapter) -> str:
    """The sections as far as they fit."""
    said = chapter.opening
    for section in chapter.sections:
        if section.rows:
            longer = f"{said}{_gap(said)}{section.drawn(section.rows)}"
            if characters(longer) + len(MORE) > MOST_CHARACTERS:
                return f"{said}\n{MORE}"
            said = longer
    return said


def _gap(said: str) -> str:
    return "\n" if said.endswith(FENCE) else "\n\n" if said else ""


def _image(described: str) -> str:
    described = escape(described)
    return f'<img src="cid:{PICTURE}" alt="{described}" width="600" style="width:100%;height:auto;border-radius:8px">\n'
