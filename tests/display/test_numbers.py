"""Numbers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display import numbers

MS = 1_000_000


@pytest.mark.parametrize(
    ("ns", "shown"),
    [
        (None, "unknown"),
        (0, "0 µs"),
        (450_000, "450 µs"),
        (999_600, "1 ms"),
        (4.24 * MS, "4.2 ms"),
        (9.96 * MS, "10 ms"),
        (142 * MS, "142 ms"),
        (999.6 * MS, "1 s"),
        (3_240 * MS, "3.2 s"),
        (42_000 * MS, "42 s"),
        (59_600 * MS, "1 min"),
        (720_000 * MS, "12 min"),
        (4.2 * 3_600_000 * MS, "4.2 h"),
        (12 * 86_400_000 * MS, "12 d"),
    ],
)
def test_a_duration_has_a_fitting_unit(ns: float | None, shown: str) -> None:
    """Two or three digits and a unit; never a unit too small by rounding."""
    assert numbers.duration(ns) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "unknown"),
        (0, "0 %"),
        (0.04, "<0.1 %"),
        (0.3, "0.3 %"),
        (12.0, "12 %"),
        (99.97, ">99.9 %"),
        (100, "100 %"),
        (1234.5, "1,234 %"),
    ],
)
def test_a_percentage_tells_little_from_nothing(value: float | None, shown: str) -> None:
    """0 % and 100 % are said only of nothing and of all."""
    assert numbers.percent(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "unknown"), (4.2, "4.2 MB"), (212.4, "212 MB"), (1331.2, "1.3 GB")]
)
def test_memory_has_a_fitting_unit(value: float | None, shown: str) -> None:
    """Megabytes up to a thousand, gigabytes of 1,024 of them beyond."""
    assert numbers.megabytes(value) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "     0"), (12_345, "12,345"), (123_456, " 123 k"), (1_234_567, " 1.2 M")]
)
def test_a_count_fits_its_column(number: int, shown: str) -> None:
    """A count is exact where it fits and rounded where not."""
    assert numbers.count_in(6, number) == shown


@given(st.integers(0, 2**64))
def test_no_count_is_wider_than_its_column(number: int) -> None:
    """Six cells hold every count."""
    assert len(numbers.count_in(6, number)) == 6


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (15_120, "4 h 12 min"), (7200, "2 h"), (273_600, "3 d 4 h")],
)
def test_a_span_has_two_units(seconds: float, shown: str) -> None:
    """The two largest units tell a span of time."""
    assert numbers.span(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-3, "just now"), (4, "just now"), (42, "42 s ago"), (200, "3 min ago"), (7300, "2 h ago"), (450_000, "5 d ago")],
)
def test_relative_times_have_one_unit(seconds: float, shown: str) -> None:
    """How long ago is told in one unit, and never as the future."""
    assert numbers.ago(seconds) == shown


def test_discord_keeps_its_own_times() -> None:
    """A moment outside of code blocks is left to Discord."""
    assert numbers.discord_time(1_750_000_000.9) == "<t:1750000000:R>"


@pytest.mark.parametrize(("number", "shown"), [(1, "1 cog"), (0, "0 cogs"), (1204, "1,204 cogs")])
def test_nouns_have_a_plural(number: int, shown: str) -> None:
    """One is one; all other numbers are many."""
    assert numbers.plural(number, "cog") == shown
