"""Text measured in display cells: cleaned, clipped, wrapped and padded, so that columns hold on a phone."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

LINE_CELLS = 30
"""Widest line of a code block that a phone shows without breaking it."""

ELLIPSIS = "…"
UNNAMED = "(unnamed)"
MARKS_PER_LETTER = 2
"""Combining marks kept on one letter: enough for any living script, too few to paint over the lines around it."""

LONGEST_CHARACTERS = 4096
"""What lies beyond is not looked at: no line shows it, and to clean it takes time."""

BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing."""

NO_BREAK = "\x1f"
"""Stands for a space that may not be broken at; no cleaned text has this sign."""

BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|µs|ms|s|min|h|d|MB|GB)(?!\w))")

INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_~|<>@#[]:"})
LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2066", "\u2069"


def clean(text: str) -> str:
    """Untrusted text made harmless for a code block: one line, nothing invisible, no backticks, never empty."""
    text = text[:LONGEST_CHARACTERS]
    if not (text.isascii() and text.isprintable()):
        text = "".join(_visible(unicodedata.normalize("NFC", text)))
    return " ".join(text.replace("`", "'").split()) or UNNAMED


def _visible(text: str) -> Iterator[str]:
    marks = MARKS_PER_LETTER
    for sign in text:
        category = unicodedata.category(sign)
        if sign.isspace():
            yield " "
        elif category in ("Mn", "Me"):
            if marks < MARKS_PER_LETTER and not _is_variation_selector(sign):
                marks += 1
                yield sign
        elif category not in INVISIBLE and sign not in BLANK_LETTERS:
            marks = 0
            yield sign


def _is_variation_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def cells(text: str) -> int:
    """How many display cells the text takes: two for a wide character, none for a mark or a format character."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


@functools.lru_cache(maxsize=4096)
def _cells_of(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def clip(text: str, width: int) -> str:
    """The text, its end replaced by … where it is wider than `width` cells."""
    if cells(text) <= width:
        return text
    return _head(text, width - 1).rstrip() + ELLIPSIS


def clip_start(text: str, width: int) -> str:
    """The text, its beginning replaced by … where it is wider than `width` cells: of a path the end tells most."""
    if cells(text) <= width:
        return text
    start = len(text)
    room = width - 1
    while (room := room - _cells_of(text[start - 1])) >= 0:
        start -= 1
    while _cells_of(text[start]) == 0:  # a mark without its letter
        start += 1
    return ELLIPSIS + text[start:]


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    for index, sign in enumerate(text):
        width -= _cells_of(sign)
        if width < 0:
            return text[:index]
    return text


def isolated(text: str) -> str:
    """The text such that right-to-left letters in it cannot turn the line around it."""
    if text.isascii() or not any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in text):
        return text
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"


def name(text: str, width: int = LINE_CELLS) -> str:
    """An untrusted name, harmless and at most `width` cells wide, for a line of a code block."""
    return isolated(clip(clean(text), width))


def inline(text: str, width: int = LINE_CELLS) -> str:
    """An untrusted name for running text, shown literally as inline code."""
    return f"`{name(text, width)}`"


def escaped(text: str, width: int) -> str:
    """An untrusted phrase for running text: no markdown, no mention, no link comes to life in it."""
    return name(text, width).translate(MARKDOWN)


def right(text: str, width: int) -> str:
    """The text at the right edge of `width` cells."""
    text = clip(text, width)
    return " " * (width - cells(text)) + text


def spread(left: str, value: str, width: int = LINE_CELLS) -> str:
    """`left` at the left edge, `value` at the right edge of the line."""
    value = clip(value, width // 2)
    room = width - cells(value) - 1
    left = clip(left, room)
    return f"{left}{' ' * (room - cells(left))} {value}"


def wrapped(text: str, indent: str = "", lines: int = 3, width: int = LINE_CELLS) -> list[str]:
    """Untrusted text broken at spaces into at most so many indented lines; what is too long is clipped."""
    room = width - cells(indent)
    rest = BEFORE_UNIT.sub(NO_BREAK, clean(text))
    found: list[str] = []
    while rest and len(found) < lines - 1 and cells(rest) > room:
        head = _head(rest, room + 1)
        end = head.rfind(" ") if " " in head else len(_head(rest, room))
        found.append(rest[:end])
        rest = rest[end:].lstrip()
    return [indent + isolated(clip(line, room).replace(NO_BREAK, " ")) for line in (*found, rest) if line]
