"""Hours of the day in which people are told of critical problems only."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo


class QuietHours:
    """The same hours every day, by the clocks of a time zone; they may begin before midnight and end after it."""

    def __init__(self, hours: str, zone: tzinfo) -> None:
        """`hours` are such as `22:00-07:00`."""
        self._begin, self._end = (time.fromisoformat(moment) for moment in hours.split("-"))
        self._zone = zone

    def hold(self, now: float) -> bool:
        """Whether it is quiet now (Unix seconds).

        An hour that the clocks go through twice, or not at all, neither ends nor splits them.
        """
        today = datetime.fromtimestamp(now, self._zone).date()
        for day in (today - timedelta(days=1), today):
            last = day if self._begin < self._end else day + timedelta(days=1)
            begin = datetime.combine(day, self._begin, self._zone)
            end = datetime.combine(last, self._end, self._zone).replace(fold=1)
            if begin.timestamp() <= now < end.timestamp():
                return True
        return False
