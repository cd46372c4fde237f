"""Draw pictures with Pillow, which only this file imports, and only with the first picture."""

from __future__ import annotations

import functools
import importlib.util
import io
import pathlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from plugin.display.chart import palette
from plugin.display.chart.missing import MissingExtraError
from plugin.display.chart.records import Area, Dot, FilledRect, Picture, Rect, Shape, Stroke, Words
from plugin.display.chart.words import BASELINE

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

FINER = 2
"""Shapes are drawn this many times larger and scaled down for smooth edges; text is smooth by itself."""

HALO = 5
FEW = 400
"""Corners are rounded only in lines with at most this many coordinates; in denser ones it is invisible."""

PIECE = 400
COMPRESSION = 4
MOST_KEPT = 2048
"""Size of the caches of glyphs and text widths."""

FONT_PACKAGE, FONT_FILE = "ttf_opensans", "ttf/OpenSans-SemiBold.ttf"
NO_SIGN = "\uffff"
"""Is in no font, so it looks like every missing glyph."""


class Font:
    """The font of all pictures: Open Sans if its package is installed, else Pillow's own."""

    def __init__(self) -> None:
        try:
            from PIL import ImageFont

            self._font = _installed(ImageFont.Layout.BASIC) or _built_in(ImageFont.Layout.BASIC)
        except ImportError as error:
            raise MissingExtraError from error
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}
        self._missing = self._look(NO_SIGN)
        self._has: dict[str, bool] = {" ": True}
        self._widths: dict[tuple[str, int], float] = {}

    def of(self, size: int) -> ImageFont.FreeTypeFont:
        """The font in that size."""
        if size not in self._sizes:
            self._sizes[size] = self._font.font_variant(size=size)
        return self._sizes[size]

    def width(self, words: str, size: int) -> float:
        """Width of the words in pixels."""
        if (words, size) not in self._widths:
            if len(self._widths) > MOST_KEPT:
                self._widths.clear()
            self._widths[words, size] = self.of(size).getlength(words)
        return self._widths[words, size]

    def has(self, sign: str) -> bool:
        """Whether the font can draw the sign."""
        if sign not in self._has:
            if len(self._has) > MOST_KEPT:
                self._has.clear()
            self._has[sign] = self._look(sign) != self._missing
        return self._has[sign]

    def _look(self, sign: str) -> list[object]:
        mask = self._font.getmask(sign)
        width, height = mask.size
        return [width, height, *(mask.getpixel((x, y)) for x in range(width) for y in range(height))]


def _installed(layout: ImageFont.Layout) -> ImageFont.FreeTypeFont | None:
    from PIL import ImageFont

    package = importlib.util.find_spec(FONT_PACKAGE)
    if package is None or package.origin is None:
        return None
    path = pathlib.Path(package.origin).parent / FONT_FILE
    return ImageFont.truetype(str(path), 40, layout_engine=layout) if path.is_file() else None


def _built_in(layout: ImageFont.Layout) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    try:
        font = ImageFont.load_default(40)
    except TypeError as error:  # before 10.1 Pillow has no scalable font
        raise MissingExtraError from error
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font.font_variant(layout_engine=layout)


@functools.cache
def font() -> Font:
    """The font; raises MissingExtraError if Pillow is not installed."""
    return Font()


def png(pictures: Sequence[Picture]) -> bytes:
    """The pictures below each other as one PNG."""
    typeface = font()
    from PIL import Image

    width, height = max(picture.width for picture in pictures), sum(picture.height for picture in pictures)
    whole = _empty(width, height, pictures)
    top = 0
    for picture in pictures:
        image = _painted(picture, typeface)
        whole.paste(image.quantize(palette=whole, dither=Image.Dither.NONE), (0, top))
        top += picture.height
    file = io.BytesIO()
    whole.save(file, "PNG", compress_level=COMPRESSION)
    return file.getvalue()


def _empty(width: int, height: int, pictures: Sequence[Picture]) -> Image.Image:
    """The background, with a palette of the pictures' colours, which makes the file small and fast to write."""
    from PIL import Image

    used = {item.colour: None for picture in pictures for item in (*picture.shapes, *picture.words)}
    whole = Image.new("P", (width, height))
    whole.putpalette([channel for colour in palette.shades(list(used)) for channel in palette.rgb(colour)])
    return whole


def _painted(picture: Picture, typeface: Font) -> Image.Image:
    from PIL import Image, ImageDraw

    large = Image.new("RGB", (picture.width * FINER, picture.height * FINER), palette.BACKGROUND)
    pen = ImageDraw.Draw(large)
    for shape in picture.shapes:
        _shape(pen, shape)
    image = large.reduce(FINER)
    pen = ImageDraw.Draw(image)
    for words in picture.words:
        _words(pen, words, typeface)
    return image


def _shape(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Stroke(points, colour, width):
            _stroke(pen, [FINER * number for number in points], colour, round(FINER * width))
        case Area(points, colour):
            pen.polygon([FINER * number for number in points], fill=colour)
        case FilledRect(rect, colour):
            pen.rectangle(_corners(rect), fill=colour)
        case Dot(x, y, radius, colour):
            pen.ellipse(_corners(Rect(x - radius, y - radius, x + radius, y + radius)), fill=colour)


def _stroke(pen: ImageDraw.ImageDraw, points: list[float], colour: str, width: int) -> None:
    if len(points) <= FEW:
        pen.line(points, fill=colour, width=width, joint="curve")
        return
    for start in range(0, len(points) - 2, PIECE):  # in pieces, so that other threads can run in between
        pen.line(points[start : start + PIECE + 2], fill=colour, width=width)


def _corners(rect: Iterable[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (FINER * number for number in rect)
    return left, top, max(left, right - 1), max(top, bottom - 1)


def _words(pen: ImageDraw.ImageDraw, words: Words, typeface: Font) -> None:
    place = (words.box.left, words.box.top + BASELINE * words.size)
    pen.text(
        place,
        words.text,
        fill=words.colour,
        font=typeface.of(words.size),
        anchor="ls",
        stroke_width=HALO if words.haloed else 0,
        stroke_fill=palette.BACKGROUND,
    )
