"""Words made of signs that the font has, of a width that fits."""

from __future__ import annotations

import unicodedata
from typing import Protocol

from plugin.display import text
from plugin.display.chart.records import Rect, Words

SIZE = 38
"""Of all text but the title, in pixels: 11 where a picture 1,200 wide is shown 360 wide."""

TITLE_SIZE = 42
LINE_HEIGHT = 1.2
"""Height of the box around a text, in sizes."""

BASELINE = 0.92
"""Of the box's top, in sizes."""

LONGEST_CHARACTERS = 120
MISSING = "□"
"""Fonts without this one, too, draw a box."""

CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya i yi ye g u".split(),  # noqa: SIM905 # readable below the letters
        strict=True,
    )
)
GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a b g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)  # noqa: SIM905 # as above
)
LETTERS = {"µ": "u", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
SIGNS = {"→": "->", "×": "x", "≥": ">=", "≤": "<=", "–": "-", "—": "-", "−": "-", "…": "...", "«": '"', "»": '"'}
LATIN = CYRILLIC | GREEK | LETTERS | SIGNS
NAMED_BY_SOUND = ("HIRAGANA LETTER ", "KATAKANA LETTER ", "HANGUL SYLLABLE ")


class Typeface(Protocol):
    """What the layout must know of a font."""

    def width(self, words: str, size: int) -> float:
        """Width of the words in pixels."""
        ...

    def has(self, sign: str) -> bool:
        """Whether the font can draw the sign."""
        ...


def drawable(untrusted: str, face: Typeface) -> str:
    """The text on one line in signs of the font: what it lacks in Latin letters, what has none as a box."""
    found = text.clean(text.clean(untrusted)[:LONGEST_CHARACTERS])
    if all(map(face.has, found)):
        return found
    return "".join(_drawable(sign, face) for sign in found)


def _drawable(sign: str, face: Typeface) -> str:
    if sign == " " or face.has(sign):
        return sign
    for instead in (_plain(sign), _latin(sign)):
        if all(map(face.has, instead)) and instead:
            return instead
    if unicodedata.category(sign).startswith("M"):
        return ""
    return MISSING


def _plain(sign: str) -> str:
    """The sign without what is set above or below it."""
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))


def _latin(sign: str) -> str:
    lower = _plain(sign.lower()) if sign.lower() not in LATIN else sign.lower()
    if lower in LATIN:
        return LATIN[lower] if sign == sign.lower() else LATIN[lower].capitalize()
    name = unicodedata.name(sign, "")
    if name.startswith(NAMED_BY_SOUND):
        return name.rsplit(" ", 1)[1].lower()
    return ""


def fitted(untrusted: str, room: float, face: Typeface, size: int = SIZE) -> str:
    """The text, drawable and at most so many pixels wide: of a longer one the end is replaced; maybe empty."""
    whole = drawable(untrusted, face)
    if face.width(whole, size) <= room:
        return whole
    ending = "…" if face.has("…") else "..."
    fits, too_long = 0, len(whole)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if face.width(whole[:middle].rstrip() + ending, size) <= room:
            fits = middle
        else:
            too_long = middle
    return whole[:fits].rstrip() + ending if fits else ""


def box(words: str, left: float, top: float, face: Typeface, size: int = SIZE) -> Rect:
    """The box of the words with its left upper corner there."""
    return Rect(left, top, left + face.width(words, size), top + LINE_HEIGHT * size)


def placed(words: str, left: float, top: float, face: Typeface, colour: str, size: int = SIZE) -> Words:
    """The words with the left upper corner of their box there."""
    return Words(box(words, left, top, face, size), words, size, colour)
