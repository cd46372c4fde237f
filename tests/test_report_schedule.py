"""When reports are due: once a day or week, whatever clocks do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from plugin.corridor.reports.schedule import ReportSchedule, schedules
from plugin.model import Period
from plugin.settings import Settings

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
STEP_S = 600
FORWARD, BACK = datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)
"""Days before Europe sets its clocks."""


def daily(time: str, zone: tzinfo = BERLIN) -> ReportSchedule:
    """A report a day."""
    (found,) = schedules(Settings(daily_report=time), zone)
    return found


def moments(start: datetime, days: int) -> Iterator[float]:
    """Looks at a clock that goes on."""
    at = start.timestamp()
    while at < (start + timedelta(days=days)).timestamp():
        yield at
        at += STEP_S


def shown(at: float, zone: tzinfo = BERLIN) -> str:
    """A moment by the clock of a zone."""
    return f"{datetime.fromtimestamp(at, zone):%d %b %H:%M}"


@pytest.mark.parametrize(
    ("start", "times"),
    [
        (FORWARD, ["27 Mar 02:30", "28 Mar 02:30", "29 Mar 03:00", "30 Mar 02:30"]),
        (BACK, ["23 Oct 02:30", "24 Oct 02:30", "25 Oct 02:30", "26 Oct 02:30"]),
    ],
    ids=["forward", "back"],
)
def test_a_time_that_is_skipped_or_comes_twice_is_one_report(start: datetime, times: list[str]) -> None:
    """02:30 does not exist on one day of spring; on one of autumn it exists twice, and the first counts."""
    found = daily("02:30")
    due = list(dict.fromkeys(found.latest(at) for at in moments(start + timedelta(hours=2), 3)))
    assert [shown(one.at) for one in due] == times
    assert len({one.id for one in due}) == len(due) == 4


@pytest.mark.parametrize(("start", "before"), [(FORWARD, 23), (BACK, 25)], ids=["forward", "back"])
def test_the_hour_of_a_report_stays_the_same(start: datetime, before: int) -> None:
    """The day on which clocks are set is shorter or longer."""
    found = daily("08:00")
    due = list(dict.fromkeys(found.latest(at).at for at in moments(start + timedelta(days=1), 3)))
    assert {shown(at)[-5:] for at in due} == {"08:00"}
    assert before * 3600 in {later - earlier for earlier, later in itertools.pairwise(due)}


def test_a_clock_that_is_set_back_makes_the_same_report_due() -> None:
    """By its id it is known to have been sent."""
    found, at = daily("08:00", UTC), datetime(2026, 11, 30, 8, 0, 30, tzinfo=UTC).timestamp()
    first = found.latest(at)
    assert (first.id, found.latest(at - 3600).id) == ("report:daily:2026-11-30", "report:daily:2026-11-29")
    assert found.latest(at) == first


@pytest.mark.parametrize("zones", [(UTC, NEW_YORK), (NEW_YORK, UTC), (BERLIN, NEW_YORK)], ids=["west", "east", "far"])
def test_another_time_zone_repeats_no_day(zones: tuple[tzinfo, tzinfo]) -> None:
    """Wherever in the day the setting changes, no date has two reports, and none is missing."""
    start = datetime(2026, 11, 26, tzinfo=UTC)
    for hour in range(24):
        change, told = (start + timedelta(days=2, hours=hour)).timestamp(), dict[str, None]()
        before, after = (daily("08:00", zone) for zone in zones)
        for at in moments(start + timedelta(days=1), 4):
            told[(before if at < change else after).latest(at).id] = None
        assert [name[-2:] for name in sorted(told)] in (["26", "27", "28", "29", "30"], ["27", "28", "29", "30"])


def test_a_week_ends_on_its_day() -> None:
    """In the time zone of the setting."""
    (found,) = schedules(Settings(weekly_report="Monday 08:00"), BERLIN)
    due = found.latest(datetime(2026, 11, 30, 7, 0, tzinfo=UTC).timestamp())
    assert (due.id, due.period, shown(due.at)) == ("report:weekly:2026-11-30", Period.WEEK, "30 Nov 08:00")
    assert found.latest(due.at - 1).date == "2026-11-23"


def test_both_are_wanted_or_none() -> None:
    """By default none."""
    both = list(schedules(Settings(daily_report="7:05", weekly_report="sunday 23:59"), UTC))
    now = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
    assert [shown(one.latest(now).at, UTC) for one in both] == ["01 Dec 07:05", "29 Nov 23:59"]
    assert list(schedules(Settings(), UTC)) == []
