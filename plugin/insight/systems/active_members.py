"""Active members of whole days and weeks, from the gauges that count them so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import NamedTuple

from plugin.insight.systems import totals
from plugin.insight.systems.rows import alone
from plugin.model import MemberSpan, SeriesCourse, SystemChart, SystemLine, SystemPast, SystemRow, SystemSection
from plugin.words import counted

DAILY, WEEKLY = "activity.daily_members", "activity.weekly_members"
UNIT = "{member}"
_MEASURES = {MemberSpan.DAY: DAILY, MemberSpan.WEEK: WEEKLY}
_FEWEST_DAYS_OF_A_CHART = 3


class _Counted(NamedTuple):
    """The members of days or weeks."""

    whole: Mapping[int, float]
    """By the begin of each that the period has whole."""
    present: float | None
    """So far in the day or week in which the period ends."""


def members_section(past: SystemPast) -> SystemSection:
    """Rows for days and weeks."""
    days, weeks = (_counted(past, span) for span in MemberSpan)
    rows = [
        ("per day", median(days.whole.values()) if days.whole else None),
        ("most", max(days.whole.values(), default=None)),
        ("today", days.present),
        ("per week", median(weeks.whole.values()) if weeks.whole else None),
        ("this week", weeks.present),
    ]
    shown = [SystemRow(label, alone(value), UNIT) for label, value in rows if value is not None]
    return SystemSection("Active members", tuple(shown))


def members_sentence(past: SystemPast) -> str:
    """`212 members active per day (median of 6 days), 640 so far this week.`; empty where nobody was.

    Where only today is known, its number is not said again as that of the week that began today.
    """
    days, weeks = (_counted(past, span) for span in MemberSpan)
    if any(days.whole.values()):
        usual, known = counted(median(days.whole.values()), UNIT), counted(len(days.whole), "{day}")
        said = f"{usual} active per day (median of {known})"
    elif days.present:
        said = f"{counted(days.present, UNIT)} active so far today"
        if weeks.present == days.present:
            return f"{said}."
    else:
        return ""
    return f"{said}, {weeks.present:,.0f} so far this week." if weeks.present else f"{said}."


def members_chart(past: SystemPast) -> Iterator[SystemChart]:
    """One value for each whole day."""
    days = _counted(past, MemberSpan.DAY).whole
    if len(days) >= _FEWEST_DAYS_OF_A_CHART:
        points = tuple((float(at), value) for at, value in sorted(days.items()))
        yield SystemChart("active members per day", (SystemLine("members", points),), UNIT)


def _counted(past: SystemPast, span: MemberSpan) -> _Counted:
    course = past.hourly.get(_MEASURES[span]) or totals.course(past, _MEASURES[span])
    if course is None or not course.points:
        return _Counted({}, None)
    if past.since_start:
        return _Counted({}, course.points[-1].values.maximum)
    highest = _highest(course, span)
    present = span.period(past.spans.end - 1).start
    known = past.spans.start if past.spans.since is None else max(past.spans.start, past.spans.since)
    whole = {at: value for at, value in highest.items() if known <= at < present}
    return _Counted(whole, highest.get(present))


def _highest(course: SeriesCourse, span: MemberSpan) -> dict[int, float]:
    """The most by day or week; none of steps that are longer."""
    found: dict[int, float] = {}
    if course.step_s <= span.length_s:
        for point in course.points:
            at = span.period(point.at).start
            found[at] = max(found.get(at, 0.0), point.values.maximum)
    return found
