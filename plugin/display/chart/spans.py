"""Spans of time: shaded over the height of the plot, with a bar at its foot, and named in the legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.display.chart import palette
from plugin.display.chart.head import Entry
from plugin.display.chart.records import FilledRect, MarkedSpan, Rect, Shape
from plugin.display.chart.scale import AxisScale
from plugin.model import Severity

FOOT = 10
"""Height of the bar."""
NARROWEST = 8
MOST = 40


def within(spans: Sequence[MarkedSpan], start: float, end: float) -> list[MarkedSpan]:
    """Those that are not over before the start or begin after the end, the worst last and so in front."""
    found = [span for span in spans if span.start <= end and span.end >= start]
    return sorted(found, key=lambda span: (span.severity, span.end - span.start))[-MOST:]


def shapes(spans: Sequence[MarkedSpan], plot: Rect, x: AxisScale) -> Iterator[Shape]:
    """The shaded areas, then the bars, each wide enough to be seen."""
    areas = [(_area(span, plot, x), palette.LIMITS[span.severity]) for span in spans]
    for area, colour in areas:
        yield FilledRect(area, palette.mixed(colour, palette.SHADE))
    for area, colour in areas:
        yield FilledRect(area._replace(top=area.bottom - FOOT), colour)


def _area(span: MarkedSpan, plot: Rect, x: AxisScale) -> Rect:
    left, right = x(max(span.start, x.low)), x(min(span.end, x.high))
    missing = max(0.0, NARROWEST - (right - left))
    left = min(max(plot.left, left - missing / 2), plot.right - NARROWEST)
    return Rect(left, plot.top, max(right, left + NARROWEST), plot.bottom)


def entries(spans: Sequence[MarkedSpan]) -> list[Entry]:
    """One entry of the legend for each kind, the worst first, with the number where there are several."""
    return [
        Entry(text if number == 1 else f"{text} ×{number}", palette.LIMITS[severity], area=True)
        for (text, severity), number in kinds(spans).items()
    ]


def kinds(spans: Sequence[MarkedSpan]) -> dict[tuple[str, Severity], int]:
    """How many there are of each name and severity, the worst first."""
    found: dict[tuple[str, Severity], int] = {}
    for span in reversed(spans):
        key = span.text, span.severity
        found[key] = found.get(key, 0) + 1
    return found
