"""Chapters bound into pages: every embed within Discord's limits, however much there is to tell."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import hikari

from plugin.display.marks import MARKS
from plugin.model import Severity

PAGE_LINES = 50
"""About one and a half screens of a phone."""

PAGE_CHARACTERS = 3_900
"""Discord allows a description of 4,096 and embeds of 6,000 in all."""

PAGES = 25
WORTH_BEGINNING_LINES = 12
"""With less room than this left on a page, a section of several pages begins on the next one."""

FENCE = "```"


class Section(NamedTuple):
    """A heading with rows below it."""

    heading: str
    rows: Sequence[str]
    """Each of one or more lines that stay together."""
    header: str = ""
    """Names of the columns, repeated on every page."""
    code: bool = True
    """Whether the rows stand in a code block."""

    def drawn(self, rows: Sequence[str]) -> str:
        """Some of the rows under the heading."""
        body = "\n".join([self.header, *rows] if self.header else rows)
        return f"**{self.heading}**\n" + (f"{FENCE}\n{body}\n{FENCE}" if self.code else body)


class Chapter(NamedTuple):
    """What begins on a page of its own."""

    title: str
    opening: str
    """The plain sentence that stands first."""
    sections: Sequence[Section]
    footer: str
    """What the numbers are over."""
    severity: Severity


class Page(NamedTuple):
    """What one embed tells."""

    chapter: Chapter
    text: str
    rows: int
    """How many rows of sections it holds."""


def bind(chapters: Iterable[Chapter], at: float) -> list[hikari.Embed]:
    """The chapters as embeds, numbered, at most `PAGES` of them; how many rows were cut stands on the last."""
    pages = [page for chapter in chapters for page in _pages(chapter)]
    hidden = sum(page.rows for page in pages[PAGES:])
    pages = pages[:PAGES]
    if hidden:
        pages[-1] = pages[-1]._replace(text=f"{pages[-1].text}\n… and {hidden:,} more")
    return [_embed(page, at, f"page {number}/{len(pages)}") for number, page in enumerate(pages, 1)]


def cut(rows: Sequence[str], limit: int) -> list[str]:
    """The first rows, and below them how many more there are."""
    hidden = len(rows) - limit
    return [*rows[:limit], *([f"… and {hidden:,} more"] if hidden > 0 else [])]


def characters(text: str) -> int:
    """Length as Discord may count it at most: a character beyond the basic plane as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pages(chapter: Chapter) -> Iterator[Page]:
    page = Page(chapter, chapter.opening, 0)
    for section in chapter.sections:
        rest = section.rows
        while rest:
            taken = _taken(page, section, rest)
            if taken:
                page = _with(page, section.drawn(rest[:taken]), taken)
                rest = rest[taken:]
            else:
                yield page
                page = Page(chapter, "", 0)
    yield page


def _with(page: Page, drawn: str, rows: int) -> Page:
    gap = "\n" if page.text.endswith(FENCE) else "\n\n"  # a code block brings a gap of its own
    return Page(page.chapter, f"{page.text}{gap}{drawn}" if page.text else drawn, page.rows + rows)


def _taken(page: Page, section: Section, rows: Sequence[str]) -> int:
    """How many of the rows go on the page; none where the section had better begin on the next one."""
    frame = section.drawn(())
    lines = PAGE_LINES - _lines(page.text) - _lines(frame)
    room = PAGE_CHARACTERS - characters(page.text) - characters(frame) - len("\n\n")
    fitting = _fitting(rows, lines, room)
    if fitting == len(rows) or not page.rows:
        return max(fitting, 0 if page.text else 1)
    fits_one_page = _fitting(rows, PAGE_LINES - _lines(frame), PAGE_CHARACTERS - characters(frame)) == len(rows)
    return 0 if fits_one_page or lines < WORTH_BEGINNING_LINES else fitting


def _fitting(rows: Sequence[str], lines: int, room: int) -> int:
    for index, row in enumerate(rows):
        lines -= _lines(row)
        room -= characters(row) + 1
        if lines < 0 or room < 0:
            return index
    return len(rows)


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def _embed(page: Page, at: float, number: str) -> hikari.Embed:
    mark = MARKS[page.chapter.severity]
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    embed = hikari.Embed(
        title=f"{mark.sign} {page.chapter.title}", description=page.text, colour=mark.colour, timestamp=moment
    )
    return embed.set_footer(f"{page.chapter.footer} · {number}" if page.chapter.footer else number)
