"""Scales from values to pixels, and the range of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.display.chart.series import Run

WITH_LIMITS = 3
"""An axis grows at most by this factor to contain a limit; limits beyond are only pointed at."""

LEAST_SPAN = 0.25
"""Minimum span of a non-zero axis, as a share of its top, so noise stays flat."""

FROM_ZERO = 0.6
"""An axis begins at zero unless all values are above this share of its top, and the top is not tiny."""

HEADROOM = 0.08


class AxisScale(NamedTuple):
    """A linear scale from values to pixels."""

    low: float
    high: float
    low_pixel: float
    high_pixel: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.low_pixel + share * (self.high_pixel - self.low_pixel)

    def shows(self, value: float) -> bool:
        """Whether the value is on the axis."""
        return self.low <= value <= self.high


class LogScale(NamedTuple):
    """A logarithmic scale from values to pixels."""

    low: float
    high: float
    low_pixel: float
    high_pixel: float

    def __call__(self, value: float) -> float:
        """The pixel of a value above zero; values beyond the axis are at its end."""
        share = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return self.low_pixel + share * (self.high_pixel - self.low_pixel)


def extent(runs: Iterable[Run]) -> tuple[float, float] | None:
    """The lowest and the highest value; None without values."""
    values = [value for run in runs for _, value in run]
    return (min(values), max(values)) if values else None


def domain(low: float, high: float, limits: Sequence[float], least: float) -> tuple[float, float]:
    """Both ends of the axis for these values."""
    reach = WITH_LIMITS * max(abs(low), abs(high))
    near = [limit for limit in limits if abs(limit) <= reach]
    bottom, top = min(low, *near, low), max(high, *near, high)
    if bottom >= 0:
        bottom = min(bottom, top * (1 - LEAST_SPAN)) if bottom > FROM_ZERO * top and top >= least else 0
        if bottom == 0:
            top = max(top, least)
    elif top <= 0:
        top = 0
    room = (top - bottom) * HEADROOM
    return (bottom if bottom == 0 else bottom - room), (top if top == 0 else top + room)
