"""The report as a page and as HTML, against `golden/`, and with names that want to break it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from plugin import display
from plugin.display import svg, text
from plugin.display.pages.report import report_chapter, report_pages
from plugin.display.report_html import report_html
from plugin.display.terminal import plain
from plugin.model.report import Report
from tests.display import builders, report_pasts
from tests.display.builders import AT
from tests.display.test_golden import GOLDEN, WRITE

BERLIN = ZoneInfo("Europe/Berlin")
REPORTS: dict[str, Callable[[], Report]] = {
    "small": report_pasts.small,
    "uncompared": report_pasts.compared_with_nothing,
    "empty": report_pasts.empty,
    "quiet": report_pasts.quiet,
    "large": report_pasts.large,
}
EVERY = pytest.mark.parametrize("report", list(REPORTS))


def golden(name: str, drawn: str) -> None:
    """Compare with the golden file, or write it."""
    file = GOLDEN / name
    if os.environ.get(WRITE):
        file.write_text(drawn, "utf-8")
    assert drawn == file.read_text("utf-8")


@EVERY
def test_the_page_looks_as_written_down(report: str) -> None:
    """As Discord would show it."""
    health = builders.a_health(builders.small_bot())
    pages = report_pages(REPORTS[report](), BERLIN, health, AT)
    golden(f"{report}_report.txt", "\n\n".join(map(display.terminal, pages)) + "\n")


@pytest.mark.parametrize("report", ["small", "uncompared", "quiet", "empty"])
def test_the_html_looks_as_written_down(report: str) -> None:
    """To the letter."""
    golden(f"{report}_report.html", report_html(REPORTS[report](), BERLIN))


@pytest.mark.parametrize("report", ["empty", "quiet"])
def test_an_empty_week_is_three_lines(report: str) -> None:
    """Title, what there is to say, period."""
    assert len(plain(report_chapter(REPORTS[report](), UTC), AT).splitlines()) == 3


@EVERY
def test_no_line_of_a_code_block_is_too_wide(report: str) -> None:
    """So that a phone does not break it, and the page keeps within Discord's limits."""
    health = builders.a_health(builders.small_bot())
    for page in report_pages(REPORTS[report](), UTC, health, AT):
        assert page.description and len(page.description.encode("utf-16-le")) // 2 <= 4096
        for block in page.description.split("```")[1::2]:
            assert [line for line in block.splitlines() if text.cells(line) > text.LINE_CELLS] == []


def test_a_terminal_shows_names_as_they_are() -> None:
    """Without the signs that Discord needs, in running text and in columns."""
    finding = report_pasts.a_finding("task_failed", "task my_job failed in cogs/my_shop.py:7", AT - 60)
    key = report_pasts.BUY._replace(name="a_**b**_c")
    report = report_pasts.small()
    usage = report.usage._replace(top=(report_pasts.a_use(key, 1, 2),))
    told = plain(report_chapter(report._replace(first=(finding,), usage=usage), UTC), AT)
    assert "task my_job failed in cogs/my_shop.py:7" in told and "/a_**b**_c" in told
    assert "```" not in told and "\\" not in told


class Elements(HTMLParser):
    """Collects the elements and attributes of a page, and whether all are closed in order."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags = set[str]()
        self.attributes = set[str]()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@EVERY
def test_no_name_becomes_markup(report: str) -> None:
    """Only the page's own elements and attributes are in it: nothing runs, nothing is loaded."""
    page = report_html(REPORTS[report](), UTC)
    found = Elements()
    found.feed(page)
    assert found.open == []
    assert found.tags <= {
        *("html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "br", "span", "bdi", "code"),
        *("table", "thead", "tbody", "tr", "th", "td", "svg", "path", "rect"),
    }
    assert not found.attributes & {"src", "href", "onload", "onerror", "background", "srcdoc", "action"}
    assert not re.search(r"url\(|@import|https?:", page.replace("https://example.com", ""))


@EVERY
def test_what_is_drawn_has_words(report: str) -> None:
    """Every chart and every sign has a text for those who do not see it."""
    page = report_html(REPORTS[report](), UTC)
    assert len(re.findall(r'<svg role="img" aria-label="[^"]+"', page)) == page.count("<svg")
    signs = re.findall(r"[🟢🟡🔴⚪▲▼]", page.replace("▲ ▼ significant", ""))
    assert len(re.findall(r'<span role="img" aria-label="[^"]+"', page)) == len(signs)


def test_a_chart_has_gaps_and_stays_within_its_box() -> None:
    """Where nothing is known, there is no line; a limit that is near is drawn."""
    points = [(0.0, 1.0), (60.0, 2.0), (120.0, None), (180.0, 4.0)]
    drawn = svg.drawn(svg.Curve(points, 0, 240, "<Memory>", limit=5, marks=[120, 999]))
    assert "<Memory>" not in drawn and "&lt;Memory&gt;" in drawn
    assert drawn.count("<path") == 1 + 1 + 1 + 2
    numbers = [float(number) for path in re.findall(r'd="([^"]+)"', drawn) for number in re.findall(r"[\d.]+", path)]
    assert min(numbers) >= 0 and max(numbers) <= svg.WIDTH
    assert not svg.drawable([(0.0, 1.0), (60.0, None)])
