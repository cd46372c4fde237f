"""Spans of time in charts."""

from __future__ import annotations

import pytest

from plugin.display.chart import MarkedSpan, alt_text, palette
from plugin.display.chart.charts import lay_out
from plugin.display.chart.records import FilledRect, Picture
from plugin.display.chart.spans import MOST, NARROWEST
from plugin.model import Severity
from tests.display.chart.faces import END, START, Monospace, chart, crossing, texts

FACE = Monospace()
CRITICAL = MarkedSpan(START + 3600, START + 7200, "critical incident", Severity.CRITICAL)
WARNING = MarkedSpan(START + 3000, START + 9000, "warning")


def drawn(*spans: MarkedSpan) -> Picture:
    """A chart with spans."""
    return lay_out(chart([100, 110, 120] * 20, spans=spans), FACE, 1200, 400)


def areas(picture: Picture, severity: Severity) -> list[FilledRect]:
    """The shaded areas of a severity in the plot, which is below the legend."""
    colour = palette.mixed(palette.LIMITS[severity], palette.SHADE)
    found = [shape for shape in picture.shapes if isinstance(shape, FilledRect) and shape.colour == colour]
    return [shape for shape in found if shape.rect.height > 100]


def test_a_span_is_shaded_from_begin_to_end_and_named_in_words() -> None:
    """Behind everything else; the worst lies in front of the others."""
    picture = drawn(CRITICAL, WARNING)
    (critical,), (warning,) = areas(picture, Severity.CRITICAL), areas(picture, Severity.WARNING)
    assert warning.rect.left < critical.rect.left < critical.rect.right < warning.rect.right
    assert picture.shapes.index(warning) == 0 and picture.shapes.index(critical) == 1
    assert {"critical incident", "warning"} < {*texts(picture)} and not crossing(picture)


def test_several_of_a_kind_are_counted() -> None:
    """In one entry of the legend."""
    later = MarkedSpan(START + 30_000, START + 40_000, "critical incident", Severity.CRITICAL)
    assert "critical incident x2" in {*texts(drawn(CRITICAL, later))}


@pytest.mark.parametrize("at", [START, START + 40_000, END], ids=["begin", "middle", "end"])
def test_a_short_one_is_seen(at: float) -> None:
    """However short, within the plot."""
    (area,) = areas(drawn(MarkedSpan(at, at, "warning")), Severity.WARNING)
    assert area.rect.width == pytest.approx(NARROWEST) and area.rect.right <= 1200


def test_what_lies_outside_is_not_drawn() -> None:
    """Nor named."""
    picture = drawn(MarkedSpan(START - 50, START - 1, "warning"), MarkedSpan(END + 1, END + 2, "warning"))
    assert not areas(picture, Severity.WARNING) and "warning" not in texts(picture)


def test_what_began_before_is_drawn_as_far_as_it_is_in_the_picture() -> None:
    """From the left edge of the plot to the right one."""
    whole, (area,) = drawn(), areas(drawn(MarkedSpan(START - 50, END + 50, "warning")), Severity.WARNING)
    assert area.rect.width == pytest.approx(max(shape.points[-2] - shape.points[0] for shape in _rules(whole)))


def _rules(picture: Picture) -> list[object]:
    return [shape for shape in picture.shapes if getattr(shape, "colour", "") == palette.GRID]


def test_they_are_bounded() -> None:
    """The worst are kept."""
    many = [MarkedSpan(START + 60 * n, START + 60 * n + 30, "warning") for n in range(200)]
    picture = drawn(*many, CRITICAL)
    assert len(areas(picture, Severity.WARNING)) == MOST - 1 and len(areas(picture, Severity.CRITICAL)) == 1


def test_the_description_names_them() -> None:
    """For those who do not see the picture."""
    assert "shaded: critical incident (1), shaded: warning (1)" in alt_text(chart([1, 2], spans=[CRITICAL, WARNING]))
