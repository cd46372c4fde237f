"""Round times for the labels of a time axis, in UTC."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator

DAY = 86400
CLOCK_STEPS = (1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200)
DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000)
FIRST_MONDAY = 4 * DAY
"""The first Monday of Unix time."""

WEEK_AT_MOST = 8 * DAY
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
EARLIEST = (datetime.datetime(1, 1, 2, tzinfo=datetime.UTC) - EPOCH).total_seconds()
LATEST = (datetime.datetime(9999, 12, 30, tzinfo=datetime.UTC) - EPOCH).total_seconds()
SHORTEST_S = 1.0

Ticks = list[tuple[float, str]]


def span(start: float, end: float) -> tuple[float, float]:
    """The two times in order, within the calendar and apart; a day of 1970 if they are not numbers."""
    if not (math.isfinite(start) and math.isfinite(end)):
        return 0, DAY
    first, last = sorted((start, end))
    first = min(max(first, EARLIEST), LATEST - SHORTEST_S)
    return first, min(max(last, first + SHORTEST_S), LATEST)


def ticks(start: float, end: float, fits: Callable[[Ticks], bool]) -> Ticks:
    """As many times with their labels as fit."""
    for found in _choices(start, end):
        if fits(found):
            return found
    return []


def _choices(start: float, end: float) -> Iterator[Ticks]:
    length = end - start
    for step in CLOCK_STEPS:
        if length / step <= 40:
            yield [(at, _clock(at, step, length)) for at in _multiples(start, end, step, 0)]
    for days in DAY_STEPS:
        if length / DAY / days <= 40:
            found = _multiples(start, end, days * DAY, FIRST_MONDAY if days % 7 == 0 else 0)
            yield [(at, _day(at, length)) for at in found]
    for months in MONTH_STEPS:
        if length / DAY / 30 / months <= 40:
            yield list(_months(start, end, months))


def _multiples(start: float, end: float, step: int, offset: int) -> list[float]:
    first = math.ceil((start - offset) / step)
    last = math.floor((end - offset) / step)
    return [float(index * step + offset) for index in range(first, last + 1)]


def _months(start: float, end: float, step: int) -> Iterator[tuple[float, str]]:
    first = moment(start)
    month = -(-(first.year * 12 + first.month - 1) // step) * step
    while month < 9999 * 12:
        at = (datetime.datetime(month // 12, month % 12 + 1, 1, tzinfo=datetime.UTC) - EPOCH).total_seconds()
        if at > end:
            return
        if at >= start:
            yield at, MONTHS[month % 12] if month % 12 else f"{month // 12}"
        month += step


def moment(at: float) -> datetime.datetime:
    """The moment in UTC; before 1970 too."""
    return EPOCH + datetime.timedelta(seconds=at)


def _clock(at: float, step: int, length: float) -> str:
    if at % DAY == 0 and length > DAY / 4:
        return _day(at, length)
    return moment(at).strftime("%H:%M" if step >= 60 else "%H:%M:%S")


def _day(at: float, length: float) -> str:
    when = moment(at)
    return WEEKDAYS[when.weekday()] if length <= WEEK_AT_MOST else f"{when.day} {MONTHS[when.month - 1]}"


def precise(at: float) -> str:
    """A moment in a sentence: `12 Mar 2025 14:00`."""
    when = moment(at)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year} {when:%H:%M}"
