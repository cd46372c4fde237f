"""Charts, as described by callers, and pictures, as made by the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model import Severity

Points = Sequence[tuple[float, float | None]]
"""Unix time in seconds and value; None, NaN and infinity are gaps."""


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time."""

    label: str
    points: Points
    colour: str | None = None
    """As `#rrggbb`; None for the next one of the palette."""
    longest_gap_s: float | None = None
    """Points further apart are not connected; None for 2.5 times their usual distance."""


@dataclass(frozen=True, slots=True)
class EventMark:
    """An event, such as a release or restart."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A span of time, such as an incident."""

    start: float
    end: float
    text: str
    """What the legend calls it."""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold in the unit of the values (for a distribution, nanoseconds)."""

    value: float
    text: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines of values over time."""

    title: str
    lines: Sequence[Line]
    unit: str
    """`ns`, `ms`, `s`, `MB`, `bytes`, `%`, or the noun of what is counted."""
    start: float
    end: float
    limits: Sequence[Limit] = ()
    marks: Sequence[EventMark] = ()
    spans: Sequence[MarkedSpan] = ()
    failed: Line | None = None
    """Percentages drawn as bars below the lines."""
    band: bool = False
    """Whether the area between the first two lines is shaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramChart:
    """A distribution of durations, on a logarithmic axis."""

    title: str
    histogram: Histogram
    limits: Sequence[Limit] = ()
    quantiles: Sequence[float] = (0.5, 0.95)


Chart = LineChart | HistogramChart


class Rect(NamedTuple):
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def moved(self, right: float = 0, down: float = 0) -> Rect:
        """The same rectangle elsewhere."""
        return Rect(self.left + right, self.top + down, self.right + right, self.bottom + down)


class Stroke(NamedTuple):
    """A line through points, given as x and y in turn."""

    points: list[float]
    colour: str
    width: float


class Area(NamedTuple):
    """A filled polygon, given as x and y in turn."""

    points: list[float]
    colour: str


class FilledRect(NamedTuple):
    """A filled rectangle."""

    rect: Rect
    colour: str


class Dot(NamedTuple):
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str


class Words(NamedTuple):
    """A text within its box."""

    box: Rect
    text: str
    size: int
    colour: str
    haloed: bool = False


Shape = Stroke | Area | FilledRect | Dot


@dataclass(slots=True)
class Picture:
    """Everything to draw: shapes from back to front, then words."""

    width: int
    height: int
    shapes: list[Shape] = field(default_factory=list[Shape])
    words: list[Words] = field(default_factory=list[Words])
