"""Trends of what is counted in small units, and of what does not grow."""

from __future__ import annotations

import pytest

from plugin.insight.trends import crossing, trend
from plugin.model import Trend

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e6])
def test_what_trebles_in_a_day_is_said_in_any_unit(unit: float) -> None:
    """A share of a core is a small number."""
    points = [(HOUR / 2 * step, unit * (1 + step / 20)) for step in range(73)]
    found = trend(points)
    assert found is not None and found.slope * HOUR == pytest.approx(unit / 10, rel=0.001)


@pytest.mark.parametrize("slope", [0.0, -1.0])
def test_what_does_not_grow_reaches_nothing(slope: float) -> None:
    """However near the limit is."""
    assert crossing(Trend(0, DAY, 99, slope), 100, DAY) is None


@pytest.mark.parametrize(("limit", "at"), [(90, DAY), (100, DAY), (101, DAY + 1), (100 + 10 * DAY, 11 * DAY)])
def test_a_limit_is_reached_now_or_later(limit: float, at: float) -> None:
    """Up to ten times the time that was seen ahead."""
    assert crossing(Trend(0, DAY, 100, 1.0), limit, DAY) == at
    assert crossing(Trend(0, DAY, 100, 1.0), 101 + 10 * DAY, DAY) is None


@pytest.mark.parametrize("begin", [0.0, 1_700_000_000.0])
def test_what_goes_up_and_down_within_hours_is_no_fall(begin: float) -> None:
    """Whenever it was: from look to look it falls by more than it grows in all."""
    points = [(begin + HOUR / 2 * step, 1000 + 40 * step / 48 + 50 * (7 * step % 5 - 2)) for step in range(4 * 48)]
    found = trend(points)
    assert found is not None and found.slope * DAY == pytest.approx(40, rel=0.05)
