"""Quiet hours: every day, across midnight, and when the clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from plugin.insight.quiet_hours import QuietHours
from plugin.settings_source import SettingsError, load

BERLIN = ZoneInfo("Europe/Berlin")


def at(moment: str, fold: int = 0) -> float:
    """A time of the clocks in Berlin, in Unix seconds."""
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("22:00-07:00", "21:59", False),
        ("22:00-07:00", "22:00", True),
        ("22:00-07:00", "00:00", True),
        ("22:00-07:00", "06:59", True),
        ("22:00-07:00", "07:00", False),
        ("00:00-06:30", "00:00", True),
        ("00:00-06:30", "06:30", False),
        ("12:00-13:00", "12:59", True),
        ("12:00-13:00", "11:59", False),
    ],
)
def test_they_are_the_same_every_day(hours: str, clock: str, quiet: bool) -> None:
    """The begin belongs to them, the end does not."""
    for day in ("2026-12-01", "2026-12-31", "2026-07-01"):
        assert QuietHours(hours, BERLIN).hold(at(f"{day} {clock}")) is quiet


def test_an_hour_that_comes_twice_does_not_split_them() -> None:
    """On the last Sunday of October 02:00 to 03:00 comes twice."""
    night, early = QuietHours("02:30-03:30", BERLIN), QuietHours("01:00-02:30", BERLIN)
    start, minutes = at("2026-10-25 00:00"), range(5 * 60)
    quiet = [minute for minute in minutes if night.hold(start + 60 * minute)]
    assert quiet == list(range(150, 270))
    assert [minute for minute in minutes if early.hold(start + 60 * minute)] == list(range(60, 210))


def test_an_hour_that_does_not_come_is_not_quiet() -> None:
    """On the last Sunday of March 02:00 is followed by 03:00."""
    start = at("2026-03-29 00:00")
    for hours, quiet in (("22:00-07:00", range(360)), ("02:00-03:00", range(0)), ("01:00-04:00", range(60, 180))):
        found = [minute for minute in range(8 * 60) if QuietHours(hours, BERLIN).hold(start + 60 * minute)]
        assert found == list(quiet)


@pytest.mark.parametrize(
    "given", ["22-7", "22:00", "24:00-07:00", "22:00-22:00", "22:00-07:60", "a night", "22:00 - 07:00"]
)
def test_what_is_no_time_of_day_is_refused(given: str) -> None:
    """With how they are written."""
    with pytest.raises(SettingsError, match=r"GOLEM_ALERT_QUIET_HOURS=.*such as `22:00-07:00`"):
        load({"GOLEM_ALERT_QUIET_HOURS": given})
