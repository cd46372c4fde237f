"""Text measured in display cells: cleaned, clipped, wrapped and padded, so that columns hold on a phone."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

LINE_CELLS = 30
"""Widest line of a code block that a phone shows without breaking it."""

ELLIPSIS = "…"
UNNAMED = "(unnamed)"
MARKS_PER_LETTER = 2
"""Combining marks kept on one letter: enough for any living script, too few to paint over the lines around it."""

LONGEST_CHARACTERS = 4096
"""What lies beyond is not looked at: no line shows it, and to clean it takes time."""

NAME_CHARACTERS = 100
"""Longest text that is taken for a name, which will be met again."""

BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing."""

NO_BREAK = "\N{NO-BREAK SPACE}"
SHORT_BRACKET = re.compile(r"\([^()]{1,20}\)")
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|µs|ms|s|min|h|d|MB|GB)(?!\w))")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""The blocks of all letters and digits that are written from the right."""

MARK = "\x1e"
"""Stands before a combining mark while a text is cleaned; no cleaned text has this sign."""

INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_~|<>@#[]:"})
LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2066", "\u2069"


class _Fates(dict[int, int | str | None]):
    """What becomes of each sign, for `str.translate`, found out when it is first met: None for what is invisible."""

    MOST = 4096

    def __missing__(self, code: int) -> int | str | None:
        fate = _fate(chr(code))
        if len(self) < self.MOST:
            self[code] = fate
        return fate


def _fate(sign: str) -> str | None:
    category = unicodedata.category(sign)
    if sign.isspace():
        return " "
    if category in INVISIBLE or sign in BLANK_LETTERS or _is_variation_selector(sign):
        return None
    return MARK + sign if category in ("Mn", "Me") else sign


def _is_variation_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


_FATES = _Fates()


def clean(text: str) -> str:
    """Untrusted text made harmless for a code block: one line, nothing invisible, no backticks, never empty."""
    return _clean_name(text) if len(text) <= NAME_CHARACTERS else _cleaned(text[:LONGEST_CHARACTERS])


def _cleaned(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        text = _few_marks(unicodedata.normalize("NFC", text).translate(_FATES))
    elif text and "`" not in text and "  " not in text and text[0] != " " != text[-1]:
        return text
    return " ".join(text.replace("`", "'").split()) or UNNAMED


_clean_name = functools.lru_cache(maxsize=2048)(_cleaned)  # the same names are on page after page


def _few_marks(text: str) -> str:
    if MARK not in text:
        return text
    kept, *rest = text.split(MARK)
    marks = 0 if kept.strip() else MARKS_PER_LETTER
    for part in rest:
        letters = part[1:]
        kept += part if marks < MARKS_PER_LETTER else letters
        marks = 0 if letters.strip() else marks + 1
    return kept


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
    while start < len(text) and _cells_of(text[start]) == 0:  # a mark without its letter
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
    if text.isascii() or not RIGHT_TO_LEFT.search(text):
        return text
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"


def name(text: str, width: int = LINE_CELLS) -> str:
    """An untrusted name, harmless and at most `width` cells wide, for a line of a code block."""
    return isolated(clip(clean(text), width))


def name_end(text: str, width: int = LINE_CELLS) -> str:
    """The same as `name`, but of one that is too wide the beginning is left out: what differs stands at the end."""
    return isolated(clip_start(clean(text), width))


def inline(text: str, width: int = LINE_CELLS) -> str:
    """An untrusted name for running text, shown literally as inline code."""
    return f"`{name(text, width)}`"


def escaped(text: str, width: int) -> str:
    """An untrusted phrase for running text: no markdown, no mention, no link comes to life in it."""
    return name(text, width).translate(MARKDOWN)


def unbroken(text: str) -> str:
    """Running text that is not broken between a number and its unit, nor inside a short bracket."""
    text = BEFORE_UNIT.sub(NO_BREAK, text)
    return SHORT_BRACKET.sub(lambda found: found[0].replace(" ", NO_BREAK), text) if "(" in text else text


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
    """Untrusted text broken at spaces into at most so many indented lines; what is too long is clipped.

    A number stays with its unit, and what is in brackets stays together where it fits a line.
    """
    room = width - cells(indent)
    rest = clean(text)
    found: list[str] = []
    while len(found) < lines - 1 and cells(rest) > room:
        end = _end_of_line(rest, room)
        found.append(f"{indent}{isolated(rest[:end])}")
        rest = rest[end:].lstrip()
    return [*found, f"{indent}{isolated(clip(rest, room))}"]


def _end_of_line(text: str, room: int) -> int:
    head = _head(text, room + 1)
    end = head.rfind(" ")
    while end > 0:
        if BEFORE_UNIT.match(text, end):
            end = text.rfind(" ", 0, end)
        elif (opened := _bracket_around(text, end, room)) >= 0:
            end = text.rfind(" ", 0, opened)
        else:
            return end
    return head.rfind(" ") if " " in head else len(_head(text, room))


def _bracket_around(text: str, index: int, room: int) -> int:
    """Where the bracket opens that stands around the index; -1 where none does, or one that does not fit a line."""
    opened = text.rfind("(", 0, index)
    if opened < 0 or text.find(")", opened, index) >= 0:
        return -1
    closed = text.find(")", index)
    return opened if closed >= 0 and cells(text[opened : closed + 1]) <= room else -1


def cut(rows: Sequence[str], limit: int, rest: str = "… and {:,} more", number: int | None = None) -> list[str]:
    """The first rows, and below them how many more there are; a single one is shown, since it takes no more room.

    Of a `number` of rows, no more than the first `limit` + 1 need be given.
    """
    hidden = (len(rows) if number is None else number) - limit
    return list(rows) if hidden <= 1 else [*rows[:limit], rest.format(hidden)]
