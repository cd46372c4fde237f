"""Bars and sparklines in text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display import graphs


@pytest.mark.parametrize(
    ("value", "shown"), [(0, ""), (0.001, "▏"), (5, "████"), (2.5, "██"), (3.3, "██▋"), (50, "████"), (-1, "")]
)
def test_a_bar_is_as_long_as_its_value(value: float, shown: str) -> None:
    """Eighths of a cell; something is always seen of something."""
    assert graphs.bar(value, 5, 4) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "░░░░"), (0.01, "█░░░"), (4.99, "███░"), (5, "████"), (50, "████")])
def test_a_gauge_is_full_at_its_threshold_only(value: float, shown: str) -> None:
    """Short of the threshold there is room left, from nothing on there is something."""
    assert graphs.gauge(value, 5, 4) == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([0, 50, 100], "▁▅█"),
        ([0, None, 100], "▁ █"),
        ([100, 101, 100, 101], "████"),
        ([75, 100], "▁█"),
        ([None, None], "  "),
    ],
)
def test_a_sparkline_shows_the_course(values: list[float | None], shown: str) -> None:
    """The maximum is at the top, noise stays flat, what is unknown is a gap."""
    assert graphs.sparkline(values, 10) == shown


@given(st.lists(st.none() | st.floats(0, 1e12), max_size=60), st.integers(1, 20))
def test_a_sparkline_fits(values: list[float | None], width: int) -> None:
    """Many values are put together until they fit."""
    assert len(graphs.sparkline(values, width)) == min(width, len(values))
