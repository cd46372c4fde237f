"""Chapters split into pages, so that every embed is within Discord's limits."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar, overload

import hikari

from plugin.display.marks import MARKS, SeverityMark, status
from plugin.display.text import escaped
from plugin.model import Health

PAGE_LINES = 50
"""About one and a half phone screens."""

PAGE_CHARACTERS = 3_750
"""Discord allows 4,096 for a description and 6,000 for all embeds; leaves room for a note."""

NOTE_CELLS = 150

PAGES = 25
WORTH_BEGINNING_LINES = 12
"""If fewer lines are left on a page, a section of several pages begins on the next one."""

FENCE = "```"

T = TypeVar("T")


class Rows(Sequence[str], Generic[T]):
    """Rows that are drawn when they are first read, so that rows without a page are never drawn."""

    def __init__(self, draw: Callable[[T], str], things: Sequence[T]) -> None:
        self._draw = draw
        self._things = things
        self._drawn: list[str] = []

    def __len__(self) -> int:
        return len(self._things)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            self._draw_to(index.indices(len(self._things))[1])
        else:
            self._draw_to(range(len(self._things))[index] + 1)
        return self._drawn[index]

    def _draw_to(self, end: int) -> None:
        if len(self._drawn) < end:
            self._drawn += map(self._draw, self._things[len(self._drawn) : end])


class Section(NamedTuple):
    """A heading with rows below it."""

    heading: str
    rows: Sequence[str]
    """Each row has one or more lines that stay together."""
    header: str = ""
    """Column names, repeated on every page."""
    code: bool = True
    """Whether the rows are in a code block."""

    def drawn(self, rows: Sequence[str]) -> str:
        """The heading with some of the rows."""
        body = "\n".join([self.header, *rows] if self.header else rows)
        return f"**{self.heading}**\n" + (f"{FENCE}\n{body}\n{FENCE}" if self.code else body)


class Chapter(NamedTuple):
    """Sections that begin on a new page."""

    title: str
    opening: str
    """The sentence below the bot's status."""
    sections: Sequence[Section]
    footer: str
    """The period or window of the numbers."""


class Page(NamedTuple):
    """The content of one embed."""

    chapter: Chapter
    text: str
    rows: int
    """Number of section rows on it."""


class Book(Sequence[hikari.Embed]):
    """The chapters as numbered embeds, at most `PAGES`; the last one says how many rows were cut.

    All have the colour of the bot's status, and each chapter begins with its words, the first with `reasons`, too.
    They are made when one is first read, or step by step before, since all at once may take many milliseconds.
    """

    def __init__(self, chapters: Iterable[Chapter], health: Health, at: float, reasons: int = 1) -> None:
        self._embeds: list[hikari.Embed] = []
        self._steps = self._bind(chapters, health, at, reasons)

    def binding(self) -> Iterator[None]:
        """The remaining steps, each of which makes a chapter or a page."""
        return self._steps

    def _bind(self, chapters: Iterable[Chapter], health: Health, at: float, reasons: int) -> Iterator[None]:
        pages: list[Page] = []
        rows = 0
        for chapter in chapters:
            yield
            opening = status(health, 0 if pages else reasons)
            gap = "\n\n" if "\n" in opening else "\n"
            chapter = chapter._replace(opening=f"{opening}{gap}{chapter.opening}" if chapter.opening else opening)
            rows += sum(len(section.rows) for section in chapter.sections)
            for page in itertools.islice(_pages(chapter), PAGES - len(pages)):
                pages.append(page)
                yield
        hidden = rows - sum(page.rows for page in pages)
        if hidden:
            pages[-1] = pages[-1]._replace(text=f"{pages[-1].text}\n… and {hidden:,} more")
        total = len(pages)
        self._embeds = [
            _embed(page, MARKS[health.severity], at, f"page {number}/{total}") for number, page in enumerate(pages, 1)
        ]

    def _bound(self) -> list[hikari.Embed]:
        for _ in self._steps:
            pass
        return self._embeds

    def __len__(self) -> int:
        return len(self._bound())

    @overload
    def __getitem__(self, index: int) -> hikari.Embed: ...
    @overload
    def __getitem__(self, index: slice) -> list[hikari.Embed]: ...
    def __getitem__(self, index: int | slice) -> hikari.Embed | list[hikari.Embed]:
        return self._bound()[index]


def noted(pages: Sequence[hikari.Embed], note: str) -> Sequence[hikari.Embed]:
    """The pages with a note above the first one."""
    if note and pages:
        pages[0].description = f"*{escaped(note, NOTE_CELLS)}*\n{pages[0].description or ''}"
    return pages


def footnoted(pages: Sequence[hikari.Embed], note: str) -> Sequence[hikari.Embed]:
    """The pages with a note in small print below the first one."""
    if note and pages:
        pages[0].description = f"{pages[0].description or ''}\n-# {note}"
    return pages


def characters(text: str) -> int:
    """The largest length that Discord may count: two for a character beyond the basic plane."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pages(chapter: Chapter) -> Iterator[Page]:
    page = Page(chapter, chapter.opening, 0)
    for section in chapter.sections:
        start = 0
        while start < len(section.rows):
            taken = _taken(page, section, start)
            if taken:
                page = _with(page, section.drawn(section.rows[start : start + taken]), taken)
                start += taken
            else:
                yield page
                page = Page(chapter, "", 0)
    yield page


def _with(page: Page, drawn: str, rows: int) -> Page:
    gap = "\n" if page.text.endswith(FENCE) else "\n\n"  # a code block brings a gap of its own
    return Page(page.chapter, f"{page.text}{gap}{drawn}" if page.text else drawn, page.rows + rows)


def _taken(page: Page, section: Section, start: int) -> int:
    """How many rows from `start` go on the page; 0 if the section should begin on the next one."""
    frame = section.drawn(())
    lines = PAGE_LINES - _lines(page.text) - _lines(frame)
    room = PAGE_CHARACTERS - characters(page.text) - characters(frame) - len("\n\n")
    left = len(section.rows) - start
    fitting = _fitting(section.rows, start, lines, room)
    if fitting == left or not page.rows:
        return max(fitting, 0 if page.text else 1)
    return 0 if lines < WORTH_BEGINNING_LINES or _fits_one_page(section, start, frame) else fitting


def _fits_one_page(section: Section, start: int, frame: str) -> bool:
    left = len(section.rows) - start
    lines, room = PAGE_LINES - _lines(frame), PAGE_CHARACTERS - characters(frame)
    return left <= lines and _fitting(section.rows, start, lines, room) == left


def _fitting(rows: Sequence[str], start: int, lines: int, room: int) -> int:
    """How many of the rows from `start` fit into `lines` lines and `room` characters."""
    for index in range(start, len(rows)):
        row = rows[index]
        lines -= row.count("\n") + 1
        room -= characters(row) + 1
        if lines < 0 or room < 0:
            return index - start
    return len(rows) - start


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def _embed(page: Page, mark: SeverityMark, at: float, number: str) -> hikari.Embed:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    embed = hikari.Embed(
        title=f"{mark.sign} {page.chapter.title}", description=page.text, colour=mark.colour, timestamp=moment
    )
    return embed.set_footer(f"{page.chapter.footer} · {number}" if page.chapter.footer else number)
