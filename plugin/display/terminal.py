"""A page as plain text, for where there is no Discord to draw it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import hikari

from plugin.display import numbers
from plugin.display.book import FENCE, Chapter, Section
from plugin.display.marks import MARKS
from plugin.display.text import NO_BREAK
from plugin.model import Severity

EDGE = "│ "
TIME = re.compile(r"<t:(-?\d+):([Rft])>")
FORMATS = {"f": "%d %b %Y %H:%M", "t": "%H:%M"}
MARKUP = re.compile(r"\\([^\w\s]|_)|(?:\*\*|`)")
"""An escaped sign, of which the sign stays, or markup, of which nothing stays."""


def terminal(embed: hikari.Embed) -> str:
    """The embed as a terminal shows it: an edge, the title with the name of its colour, text, fields, footer."""
    footer = f"— {embed.footer.text}" if embed.footer else ""
    blocks = [f"{_running(embed.title or '', embed)} [{_colour(embed)}]", *_body(embed), footer]
    lines = [line for block in blocks if block for line in block.split("\n")]
    return "\n".join(f"{EDGE}{line}".rstrip() for line in lines)


def _body(embed: hikari.Embed) -> list[str]:
    fields = [f"{_running(field.name, embed)}\n{_drawn(field.value, embed)}" for field in embed.fields]
    return [_drawn(embed.description or "", embed), *fields]


def _drawn(text: str, embed: hikari.Embed) -> str:
    """Running text without its markup, code blocks as they are."""
    parts = text.split(FENCE)
    return "".join(part.strip("\n") if index % 2 else _running(part, embed) for index, part in enumerate(parts))


def _running(text: str, embed: hikari.Embed) -> str:
    return _unmarked(text, embed.timestamp.timestamp() if embed.timestamp else 0.0)


def _unmarked(text: str, now: float) -> str:
    text = TIME.sub(lambda time: _time(int(time[1]), time[2], now), text)
    return MARKUP.sub(lambda sign: sign[1] or "", text.replace(NO_BREAK, " "))


def _time(at: int, form: str, now: float) -> str:
    return numbers.ago(now - at) if form == "R" else f"{datetime.fromtimestamp(at, UTC):{FORMATS[form]}}"


def _colour(embed: hikari.Embed) -> str:
    for severity, mark in MARKS.items():
        if embed.colour == mark.colour:
            return "healthy" if severity is Severity.WELL else severity.name.lower()
    return str(embed.colour)


def plain(chapter: Chapter, now: float) -> str:
    """A chapter as plain text, without an edge; times such as `5 min ago` are as of now, in Unix seconds."""
    sections = [_section(section, now) for section in chapter.sections if section.rows]
    before = [_unmarked(block, now) for block in (chapter.title, chapter.opening) if block]
    return ("\n\n" if sections else "\n").join([*before, *sections, _unmarked(f"— {chapter.footer}", now)])


def _section(section: Section, now: float) -> str:
    heading, _, rows = section._replace(code=False).drawn(section.rows).partition("\n")
    lines = rows if section.code else _unmarked(rows, now)
    return "\n".join([_unmarked(heading, now), *(line.rstrip() for line in lines.split("\n"))])
