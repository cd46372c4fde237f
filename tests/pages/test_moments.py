"""Moments as people type them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.pages.moments import moment_of, zone_of
from plugin.pages.page_request import BadQuestionError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC).timestamp()


def utc(day: int, hour: int, minute: int, month: int = 12) -> float:
    """A time of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("02:10", utc(1, 2, 10)),
        ("2.10", utc(1, 2, 10)),
        ("10:00", utc(30, 10, 0, month=11)),
        ("yesterday 2:10", utc(30, 2, 10, month=11)),
        ("  Today   02:10 ", utc(1, 2, 10)),
        ("-3h", utc(1, 6, 30)),
        ("-90m", utc(1, 8, 0)),
        ("- 1d 2h", utc(30, 7, 30, month=11)),
        ("-1h30min", utc(1, 8, 0)),
        ("2026-11-30 02:10", utc(30, 2, 10, month=11)),
        ("2026-11-30T02:10", utc(30, 2, 10, month=11)),
        ("<t:1764562200:R>", 1_764_562_200.0),
        ("now", NOW),
    ],
)
def test_a_moment_is_read_as_it_is_meant(typed: str, meant: float) -> None:
    """A time of day alone is the last one that has passed."""
    assert moment_of(typed, NOW, UTC) == meant


def test_times_of_day_are_of_the_zone() -> None:
    """Ten past two in Berlin is ten past one in winter."""
    assert moment_of("02:10", NOW, BERLIN) == utc(1, 1, 10)
    assert moment_of("2026-07-01 02:10", NOW, BERLIN) == utc(1, 0, 10, month=7)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    """On the night on which clocks go back."""
    now = datetime(2026, 10, 25, 12, 0, tzinfo=UTC).timestamp()
    assert moment_of("02:30", now, BERLIN) == utc(25, 0, 30, month=10)


@pytest.mark.parametrize(
    "typed", ["", "soon", "25:00", "02:60", "-", "-h", "2026-13-01 02:10", "2026-02-30 10:00", "tomorrow 2:10", "<t:x>"]
)
def test_anything_else_is_refused_with_examples(typed: str) -> None:
    """The answer says how a moment is written."""
    with pytest.raises(BadQuestionError, match=r"02:10, yesterday 2:10, -3h"):
        moment_of(typed, NOW, UTC)


@pytest.mark.parametrize("typed", ["today 23:00", "2027-01-01 00:00", "<t:9999999999>"])
def test_the_future_is_refused(typed: str) -> None:
    """Nothing is known of it yet."""
    with pytest.raises(BadQuestionError, match="future"):
        moment_of(typed, NOW, UTC)


def test_an_unknown_zone_names_the_setting() -> None:
    """And what to do about it."""
    assert zone_of("UTC") is UTC and zone_of("Europe/Berlin") == BERLIN
    for name in ("Europe/Nowhere", "../etc/passwd", ""):
        with pytest.raises(BadQuestionError, match=r"timezone .* tzdata"):
            zone_of(name)


@given(st.text(max_size=40))
def test_no_text_breaks_it(typed: str) -> None:
    """It is a moment up to now, or refused with a sentence."""
    with contextlib.suppress(BadQuestionError):
        assert 0 <= moment_of(typed, NOW, BERLIN) <= NOW
