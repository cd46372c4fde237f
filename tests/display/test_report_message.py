"""A report as a message for Discord and for mail: short, within the limits, whatever the names in it are."""

from __future__ import annotations

import re

import pytest

from plugin.display.book import characters
from plugin.display.report_charts import report_charts
from plugin.display.report_message import MORE, report_notices, severity_of
from plugin.model import ReportNotices, Severity
from plugin.model.report import Report
from tests.display import report_pasts
from tests.display.builders import HOSTILE
from tests.display.test_limits import MENTION
from tests.display.test_report import BERLIN, EVERY, REPORTS, Elements, golden

PNG = b"\x89PNG"
MARK = "report 3f2a1b9c"


def made(report: Report, png: bytes | None = PNG) -> ReportNotices:
    """Both messages."""
    steps = report_notices(report, BERLIN, MARK, report_charts(report), png)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@EVERY
def test_the_message_looks_as_written_down(report: str) -> None:
    """For Discord, and as plain text."""
    message, mail = made(REPORTS[report]())
    golden(f"{report}_report_message.txt", f"{message.title}\n{message.text}\n{message.footer}\n\n{mail.text}\n")
    assert message.mark == MARK and message.footer.startswith(f"{MARK} · ")


@EVERY
def test_the_message_keeps_within_discords_limits(report: str) -> None:
    """Title 256, description 4,096, footer 2,048, all of them 6,000; and nobody is mentioned."""
    message, _ = made(REPORTS[report]())
    assert characters(message.title) <= 256 and characters(message.text) <= 4096 and characters(message.footer) <= 2048
    assert characters(message.title + message.text + message.footer) <= 6000
    prose = re.sub("`[^`]*`", "", "".join(message.text.split("```")[::2]))
    assert not MENTION.search(prose) and len(message.text.splitlines()) <= 80


def test_what_does_not_fit_is_left_out_and_says_so() -> None:
    """Whole sections, so that no code block stays open."""
    longest = report_pasts.a_finding("task_failed", "*" * 400, 0.0, look_at="/performance " + "`" * 300)
    report = REPORTS["large"]()
    releases = [one._replace(findings=(longest,) * 5) for one in report.releases] * 3
    message, _ = made(report._replace(releases=tuple(releases), first=(longest,) * 3))
    assert message.text.endswith(MORE) and message.text.count("```") % 2 == 0 and characters(message.text) <= 4096


@pytest.mark.parametrize("report", ["quiet", "empty"])
def test_an_empty_week_is_three_lines(report: str) -> None:
    """Title, what there is to say, period; and no picture."""
    message, mail = made(REPORTS[report](), None)
    assert message.text.count("\n") == 0 and len(mail.text.splitlines()) == 2
    assert report_charts(REPORTS[report]()) == []


@EVERY
def test_the_page_of_a_mail_shows_the_picture(report: str) -> None:
    """Where there is one, with a text for those who do not see it; it loads nothing."""
    _, mail = made(REPORTS[report]())
    shown = report in ("small", "uncompared", "large")
    assert mail.pictures == (("report.png", PNG),) and "<svg" not in mail.html
    assert mail.html.count('<img src="cid:report.png" alt="') == shown
    found = Elements()
    found.VOID = found.VOID | {"img"}
    found.feed(mail.html)
    assert found.open == [] and "script" not in found.tags
    assert "<img" not in made(REPORTS[report](), None)[1].html


def test_the_picture_says_what_is_on_it() -> None:
    """Invocations first, then what is judged."""
    charts = report_charts(REPORTS["small"]())
    assert [chart.title for chart in charts] == ["Commands", "Memory", "CPU, of 1 core", "Latency"]


def test_the_colour_is_that_of_what_lasts() -> None:
    """What is over is a warning at most."""
    small, quiet = REPORTS["small"](), REPORTS["quiet"]()
    assert (severity_of(small), severity_of(quiet)) == (Severity.WARNING, Severity.WELL)
    lasting = small.incidents[0]._replace(end=None)
    assert severity_of(small._replace(incidents=(lasting,))) is Severity.CRITICAL


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_message(name: str) -> None:
    """Neither a mention nor a code block that is closed too early."""
    report = REPORTS["small"]()
    finding = report_pasts.a_finding("task_failed", name, 0.0, look_at=name)
    message, _ = made(report._replace(first=(finding,)), None)
    assert message.text.count("```") % 2 == 0
