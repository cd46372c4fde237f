"""When reports are due, also where clocks are set forward or back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from cronsim import CronSim

from plugin.model import Period
from plugin.settings import Settings


class DueReport(NamedTuple):
    """One report and its time."""

    kind: str
    """`daily` or `weekly`."""
    period: Period
    at: float
    """Unix time in seconds: the end of its period."""
    date: str
    """The day of `at` in the time zone, such as `2026-11-30`."""

    @property
    def id(self) -> str:
        """The same in every process. By date, so that another time or time zone repeats no report of the day."""
        return f"report:{self.kind}:{self.date}"


class ReportSchedule:
    """The times of one kind of report. A time that does not exist moves to the next one; of two, the first counts."""

    def __init__(self, kind: str, period: Period, time: str, zone: tzinfo) -> None:
        """`time` is `08:00` or `monday 08:00`, by the clock of a zone."""
        *weekday, clock = time.split()
        hour, minute = map(int, clock.split(":"))
        self._kind = kind
        self._period = period
        self._times = f"{minute} {hour} * * {weekday[0][:3] if weekday else '*'}"
        self._zone = zone
        self._far = timedelta(days=9 if weekday else 3)
        """So far back there is one for certain."""
        self._known: tuple[DueReport, float] | None = None
        """The last answer, and the time from which it does not hold any more."""

    def latest(self, now: float) -> DueReport:
        """The last one that was due until a moment in Unix seconds."""
        if self._known is None or not self._known[0].at <= now < self._known[1]:
            self._known = self._look(now)
        return self._known[0]

    def _look(self, now: float) -> tuple[DueReport, float]:
        times = CronSim(self._times, datetime.fromtimestamp(now, self._zone) - self._far)
        last = following = next(times)
        while following.timestamp() <= now:
            last, following = following, next(times)
        due = DueReport(self._kind, self._period, last.timestamp(), f"{last:%Y-%m-%d}")
        return due, following.timestamp()


def schedules(settings: Settings, zone: tzinfo) -> Iterator[ReportSchedule]:
    """The reports that the settings want."""
    if settings.daily_report:
        yield ReportSchedule("daily", Period.DAY, settings.daily_report, zone)
    if settings.weekly_report:
        yield ReportSchedule("weekly", Period.WEEK, settings.weekly_report, zone)
