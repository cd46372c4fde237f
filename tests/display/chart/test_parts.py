"""The parts of a picture: colours, ticks, words, the sentence beside it."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display.chart import EventMark, HistogramChart, Limit, alt_text, draw, palette, timeaxis, units, words
from plugin.display.chart.scale import domain
from plugin.histogram import Histogram
from tests.display.chart.faces import END, START, Monospace, chart

FACE = Monospace()
WRITTEN = [*palette.LINES, *palette.LIMITS.values(), palette.INK, palette.FAINT, palette.MARK, palette.FAILED]
DEFICIENCIES = {
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""As linear red, green and blue are seen (Machado, Oliveira, Fernandes, 2009, at full severity)."""


def seen(colour: str, by: str) -> tuple[float, ...]:
    linear = [(channel / 255) ** 2.2 for channel in palette.rgb(colour)]
    rows = DEFICIENCIES[by]
    mixed = (sum(share * channel for share, channel in zip(row, linear, strict=True)) for row in rows)
    return tuple(255 * max(0.0, channel) ** (1 / 2.2) for channel in mixed)


@pytest.mark.parametrize("colour", WRITTEN)
def test_every_colour_stands_out(colour: str) -> None:
    """At least 4.5:1 against the background, as text needs it."""
    assert palette.contrast(colour, palette.BACKGROUND) >= 4.5


@pytest.mark.parametrize("by", DEFICIENCIES)
def test_the_colour_blind_tell_the_lines_apart(by: str) -> None:
    """Any two of the first three lines stay well apart."""
    for one, other in itertools.combinations(palette.LINES[:3], 2):
        assert math.dist(seen(one, by), seen(other, by)) > 40


@pytest.mark.parametrize("colour", ["red", "#12", "", "#gggggg", "#١٢٣٤٥٦"])
def test_what_is_no_colour_is_drawn_white(colour: str) -> None:
    """A mistake is seen, not raised."""
    assert palette.rgb(colour) == palette.rgb(palette.INK)


@pytest.mark.parametrize(
    ("bottom", "top", "unit", "shown"),
    [
        (0, 450, "MB", ["0", "100 MB", "200 MB", "300 MB", "400 MB"]),
        (0, 3000, "MB", ["0", "1 GB", "2 GB"]),
        (0, 3.2e9, "ns", ["0", "1 s", "2 s", "3 s"]),
        (0, 0.9e9, "ns", ["0", "200 ms", "400 ms", "600 ms", "800 ms"]),
        (0, 200e9, "ns", ["0", "1 min", "2 min", "3 min"]),
        (0, 1, "%", ["0", "0.5 %", "1 %"]),
        (-50, 50, "%", ["-40 %", "-20 %", "0", "20 %", "40 %"]),
        (0, 2e6, "guilds", ["0", "500 k", "1 M", "1.5 M", "2 M"]),
    ],
)
def test_ticks_are_round(bottom: float, top: float, unit: str, shown: list[str]) -> None:
    """Ones, twos and fives; of binary sizes and of minutes and hours too."""
    found = [label.replace(".0", "") for _, label in units.ticks(bottom, top, units.unit_of(unit), 5)]
    assert found == shown


@given(st.floats(-1e15, 1e15), st.floats(0, 1e15), st.sampled_from(["ns", "MB", "%", ""]))
def test_ticks_lie_on_the_axis_and_differ(low: float, length: float, name: str) -> None:
    """No two are called the same, whatever the values."""
    unit = units.unit_of(name)
    bottom, top = domain(low, low + length, [], unit.least)
    found = units.ticks(bottom, top, unit, 4)
    slack = (top - bottom) * 1e-6
    assert all(bottom - slack <= value <= top + slack for value, _ in found)
    assert len({label for _, label in found}) == len(found) <= 4


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (1, "13:30"),
        (24, "Thu"),
        (24, "18:00"),
        (7 * 24, "Mon"),
        (30 * 24, "9 Mar"),
        (365 * 24, "Nov"),
        (365 * 24, "2026"),
    ],
)
def test_time_is_labelled_by_its_span(hours: int, shown: str) -> None:
    """Hours, days of the week, dates, months, years."""
    found = timeaxis.ticks(END - hours * 3600, END, lambda labels: len(labels) <= 8)
    assert shown in [label for _, label in found]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("café", "cafe"),
        ("Привет", "Privet"),
        ("ωμέγα", "omega"),
        ("すし", "susi"),
        ("450 µs", "450 us"),
        ("中文", "□□"),
    ],
)
def test_signs_without_a_glyph_are_put_in_latin(name: str, shown: str) -> None:
    """Where there is a sound for it; else a box says that something stands there."""
    assert words.drawable(name, FACE) == shown


@given(st.text(max_size=200), st.integers(0, 900))
def test_words_fit_their_room(name: str, room: int) -> None:
    """However long, however narrow."""
    assert FACE.width(words.fitted(name, room, FACE), words.SIZE) <= room


def test_the_font_knows_what_it_lacks() -> None:
    """A sign that it draws as an empty box is not one that it has."""
    font = draw.font()
    assert all(map(font.has, "/shop 142 ms, 99.9 %…"))
    assert not font.has("中")


def test_a_sentence_stands_for_the_picture() -> None:
    """Span, extremes, what the line ends with, limits and marks."""
    made = chart(
        [180, 254, 252], limits=[Limit(300, "warning"), Limit(200, "notice")], marks=[EventMark(START + 9, "v2")]
    )
    assert alt_text(made) == (
        "Memory, from 11 Mar 2026 14:00 to 12 Mar 2026 14:00 UTC: line 0 between 180 MB and 254 MB, 252 MB at the end, "
        "warning (300 MB) not reached, notice (200 MB) reached, marked: v2"
    )


def test_the_sentence_fits_what_discord_takes() -> None:
    """At most 1,024 characters, whatever it is about."""
    many = [chart(*[[1.0]] * 5, title="x" * 500) for _ in range(9)]
    assert len(alt_text(*many)) <= 1024


def test_the_sentence_of_a_distribution_names_its_quantiles() -> None:
    """And the share beyond the threshold; without data it says so."""
    histogram = Histogram()
    histogram.record(142_000_000)
    said = alt_text(HistogramChart(title="/ping", histogram=histogram, limits=[Limit(1e9, "limit")]))
    assert "1 invocation, p50 14" in said
    assert "limit 1 s: none longer" in said
    assert "no data yet" in alt_text(HistogramChart(title="/ping", histogram=Histogram()))
