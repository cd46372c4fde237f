"""Text in glyphs of the font, fitted to a width."""

from __future__ import annotations

import unicodedata
from typing import Protocol

from plugin.display import text
from plugin.display.chart.records import Rect, Words

SIZE = 38
"""Of all text but the title, in pixels: 11 if a picture 1,200 wide is shown 360 wide."""

TITLE_SIZE = 42
LINE_HEIGHT = 1.2
"""Height of the box around a text, in sizes."""

BASELINE = 0.92
"""Distance of the baseline from the box's top, in sizes."""

LONGEST_CHARACTERS = 120
MISSING = "□"
"""Fonts without this glyph draw a box, too."""

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
    """The metrics of a font that the layout needs."""

    def width(self, words: str, size: int) -> float:
        """Width of the words in pixels."""
        ...

    def has(self, sign: str) -> bool:
        """Whether the font can draw the sign."""
        ...


def drawable(untrusted: str, face: Typeface) -> str:
    """The text on one line in glyphs of the font: missing ones in Latin letters, or else as a box."""
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
    """The letter without its diacritics."""
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
    """The drawable text, at most `room` pixels wide: a longer one is cut at the end, maybe to nothing."""
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
    """The box of the words with this top left corner."""
    return Rect(left, top, left + face.width(words, size), top + LINE_HEIGHT * size)


def placed(words: str, left: float, top: float, face: Typeface, colour: str, size: int = SIZE) -> Words:
    """The words in a box with this top left corner."""
    return Words(box(words, left, top, face, size), words, size, colour)
