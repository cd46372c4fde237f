"""Pictures as Discord gets them: looked at pixel by pixel."""

from __future__ import annotations

import io
import itertools
import math
import sys

import pytest
from PIL import Image

from plugin.display.chart import (
    EventMark,
    HistogramChart,
    Limit,
    Line,
    MissingExtraError,
    draw,
    histogram_chart,
    line_chart,
    palette,
    panels,
)
from plugin.histogram import Histogram
from plugin.model import Severity
from tests.display.chart.faces import END, START, chart, points

BLUE, ORANGE = palette.rgb(palette.LINES[0]), palette.rgb("#f7a440")
GROUND = palette.rgb(palette.BACKGROUND)
HOSTILE = [
    "",
    "\u202eabc",
    "/привет",
    "مرحبا",
    "中文コマンド",
    "👋🏽",
    "a" * 9999,
    "\ud800",
    "e" + "\u0301" * 500,
    "\x00\n`",
]


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def drawn(values: list[float | None], limits: tuple[Limit, ...] = ()) -> Image.Image:
    line = Line("RSS", points(values))
    return opened(line_chart("Memory", [line], limits=limits, unit="MB", start=START, end=END))


def columns(image: Image.Image, colour: tuple[int, int, int], top: int = 80) -> set[int]:
    """Where, from left to right, the colour is below the header."""
    pixels = image.load()
    assert pixels is not None
    across = itertools.product(range(image.width), range(top, image.height))
    return {x for x, y in across if pixels[x, y] == colour}


def test_a_picture_has_the_size_and_colours_that_it_should() -> None:
    """PNG on Discord's dark grey, opaque to its corners, the line in its own colour from side to side."""
    image = drawn([100.0, 120.0] * 50)
    assert image.size == (1200, 500)
    assert {image.getpixel(corner) for corner in ((0, 0), (1199, 0), (0, 499), (1199, 499))} == {GROUND}
    assert len(columns(image, BLUE)) > 900


def test_a_gap_shows_the_background() -> None:
    """Nothing is drawn between the last value before and the first one after."""
    found = columns(drawn([100.0] * 40 + [None] * 20 + [100.0] * 40), BLUE)
    widest = max(later - earlier for earlier, later in itertools.pairwise(sorted(found)))
    assert 180 < widest < 260


def test_a_spike_among_many_points_is_seen() -> None:
    """One of 50,000 minutes reaches up through the picture."""
    values: list[float | None] = [20.0] * 50_000
    values[25_000] = 100.0
    image = drawn(values)
    highest = min(y for y in range(80, 500) if BLUE in {image.getpixel((x, y)) for x in range(600, 760)})
    assert highest < 150


def test_a_limit_is_dashed() -> None:
    """Along its row the colour comes and goes regularly."""
    image = drawn([10.0, 90.0, 50.0], (Limit(60, "warning"),))
    rows = [[image.getpixel((x, y)) == ORANGE for x in range(200, 700)] for y in range(80, 450)]
    row = max(rows, key=sum)
    changes = sum(one != other for one, other in itertools.pairwise(row))
    assert 30 < changes < 60


def test_panels_stand_below_each_other() -> None:
    """One picture as high as its parts, each with its own line."""
    image = opened(panels([chart([1.0, 2.0]), chart([5.0, 4.0]), HistogramChart(title="x", histogram=Histogram())]))
    assert image.size == (1200, 1200)
    assert columns(image.crop((0, 400, 1200, 800)), BLUE)


def test_a_distribution_is_drawn_in_bars() -> None:
    """Blue before the threshold, red after it."""
    histogram = Histogram()
    for duration in [150_000_000] * 90 + [5_000_000_000] * 10:
        histogram.record(duration)
    image = opened(histogram_chart("/shop buy", histogram, limits=[Limit(1e9, "threshold", Severity.CRITICAL)]))
    assert max(columns(image, BLUE, 200)) < min(columns(image, palette.rgb(palette.FAILED), 300))


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_are_drawn(label: str) -> None:
    """Whatever a title, a line, a limit or a mark is called."""
    line = Line(label, points([1.0, 2.0, math.nan]))
    limits, marks = [Limit(1.5, label), Limit(math.nan, label)], [EventMark(START + 3600, label)]
    made = line_chart(label, [line] * 3, limits=limits, marks=marks, unit=label, start=START, end=END)
    assert opened(made).size == (1200, 500)


@pytest.mark.parametrize("size", [(0, -5), (600, 300), (10**9, 10**9)], ids=str)
def test_sizes_are_kept_in_bounds(size: tuple[int, int]) -> None:
    """Neither nothing nor a picture that takes all memory."""
    width, height = size
    image = opened(histogram_chart("x", Histogram(), width=width, height=height))
    assert 600 <= image.width <= 4000
    assert 300 <= image.height <= 2000


def test_without_pillow_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is an ImportError and says what to install."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    draw.font.cache_clear()
    with pytest.raises(MissingExtraError, match="pip install pillow ttf-opensans") as caught:
        drawn([1.0])
    assert isinstance(caught.value, ImportError)
    draw.font.cache_clear()
