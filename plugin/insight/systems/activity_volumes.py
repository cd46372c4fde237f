"""The rule about how much activity is awarded: hours beside the same hours of other days."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, median

from plugin.insight.scales import WARNING
from plugin.insight.systems import totals
from plugin.insight.systems.active_members import DAILY
from plugin.insight.systems.volumes import LOW_HOURS, Low, low_hours, same_hours, unusual_hour
from plugin.model import Finding, Subject, SubjectKind, SystemPast
from plugin.words import counted, plain

VOLUME = "activity_volume"
AWARDS = "activity.awards"
WHOLE_SHARE = 0.9
"""An hour was watched whole if so large a share of the usual number of readings came from it."""


def unusual_activity(past: SystemPast) -> Iterator[Finding]:
    """The last hour of the day that had unusually much, or that there is unusually little now."""
    over = past.spans.end // totals.HOUR_S * totals.HOUR_S
    values = totals.together(totals.of_measure(past, AWARDS))
    low = low_hours(values, _watched(past), over)
    if low is not None:
        yield _little(low)
        return
    at = unusual_hour(values, over)
    if at is not None:
        times = values[at] / fmean(same_hours(at, values))
        said = (
            f"{counted(values[at], '{award}')} of points in an hour, "
            f"{plain(times)} times as many as in these hours of other days"
        )
        yield _finding(said, at, at + totals.HOUR_S, values[at])


def _little(low: Low) -> Finding:
    fewest, most = low.others[0], low.others[-1]
    said = (
        f"{counted(low.value, '{award}')} of points in the last {LOW_HOURS} h; "
        f"the same hours of {len(low.others)} other days had {plain(fewest)} to {plain(most)}"
    )
    return _finding(said, low.since, None, low.value)


def _finding(said: str, since: float, until: float | None, value: float) -> Finding:
    return Finding(
        VOLUME,
        Subject(SubjectKind.MEASURE, AWARDS),
        WARNING,
        said,
        since,
        until,
        value=value,
        look_at="/performance system:activity",
        everywhere=True,
    )


def _watched(past: SystemPast) -> set[int]:
    """The hours in which the bot ran whole, on every instance: a gauge is read as often as in most hours."""
    course = totals.course(past, DAILY)
    if course is None or course.step_s > totals.HOUR_S or not course.points:
        return set()
    usual = median(point.values.count for point in course.points)
    return {point.at for point in course.points if point.values.count >= WHOLE_SHARE * usual}
