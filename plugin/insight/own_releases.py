"""Changes of own measures by a release: the rates of counters, and the values of histograms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from plugin.histogram import TICK_NS, bucket_index, bucket_value_ns
from plugin.insight.changes import NEITHER, correct_for_multiple_tests, differ, make_change
from plugin.insight.releases import LEVEL, quantile_ns
from plugin.insight.scales import UNKNOWN
from plugin.insight.shifts import Shift, compare_blocks
from plugin.insight.strata import HourCalls, Likeness
from plugin.measures import MeasureKind
from plugin.model import Change, ChangeVerdict, Finding, SeriesDelta, SeriesKind, Subject, SubjectKind
from plugin.words import counted

OWN_CHANGE = "changed_with_update"
"""The rule of these findings."""
LEAST_RATE_RATIO = {Likeness.WEEK: 1.5, Likeness.DAY: 2.0, Likeness.NONE: 4.0}
"""The least change of a counter, by the likeness of the hours, since some weeks are busier than others."""
LEAST_VALUE_RATIO = {Likeness.WEEK: 1.3, Likeness.DAY: 1.5, Likeness.NONE: 3.0}
"""The least change of a histogram's values."""
MOST_FINDINGS = 5
MEDIAN = 0.5
WEEK_S = 7 * 86_400
TYPICAL_TICKS = 1000
"""The ticks of a typical hour of a counter: fine enough for buckets to be an eighth of it."""

Hours = Mapping[int, SeriesDelta]
"""Values of a measure in each fully watched hour, by its start; all its series merged."""


class OwnHours(NamedTuple):
    """One own measure before an update and since."""

    measure: str
    kind: SeriesKind
    before: Hours
    after: Hours


class _ComparedMeasure(NamedTuple):
    hours: OwnHours
    change: Change
    """In the unit of the measure; for a counter per hour."""


def compare_own(found: Sequence[OwnHours], among: int, release: str, since: float) -> list[Finding]:
    """The measures that changed with a release, the most certain first, of `among` candidates.

    Only what differs in like hours, begins with the release, and holds up beside all others (as with commands).
    """
    compared = [one for hours in found if (one := _compare(hours)) is not None]
    others = [Change(None, None, 1.0, ChangeVerdict.SAME)] * (among - len(compared))
    changes = correct_for_multiple_tests([*(one.change for one in compared), *others], LEVEL)
    held = [one for one, change in zip(compared, changes, strict=False) if change.holds]
    held.sort(key=lambda one: (one.change.p_value or 0.0, one.hours.measure))
    return [_finding(one, release, since) for one in held[:MOST_FINDINGS]]


def _compare(hours: OwnHours) -> _ComparedMeasure | None:
    if hours.kind.base == MeasureKind.COUNTER.value:
        return _rates(hours)
    return _values(hours) if hours.kind.base == MeasureKind.HISTOGRAM.value else None


def _rates(hours: OwnHours) -> _ComparedMeasure | None:
    """Compare a counter; each hour's increase is one value."""
    added = [values.sum for side in (hours.before, hours.after) for values in side.values() if values.sum > 0]
    if not added:
        return None
    scale = TYPICAL_TICKS * TICK_NS / median(added)
    sides = (
        [HourCalls(at, {bucket_index(int(values.sum * scale)): 1}) for at, values in sorted(side.items())]
        for side in (hours.before, hours.after)
    )
    shift = compare_blocks(*sides)
    if shift is None:
        return None
    was, now = (_mean(values) / scale for values in (shift.before, shift.after))
    least = LEAST_RATE_RATIO[shift.likeness]
    return _settled(hours, shift, was, now, least, begins=_differs_from_last_week(hours, least))


def _differs_from_last_week(hours: OwnHours, least: float) -> bool:
    """Whether the difference from the same hours of the week just before is as large, unlike with steady growth."""
    pairs = [
        (before.sum, values.sum)
        for at, values in hours.after.items()
        if (before := hours.before.get(at - WEEK_S)) is not None
    ]
    return not pairs or differ(sum(was for was, _ in pairs), sum(now for _, now in pairs), least)


def _values(hours: OwnHours) -> _ComparedMeasure | None:
    """Compare the recorded values of a histogram; described by the median."""
    sides = (
        [
            HourCalls(at, {index: count for index, count in enumerate(values.distribution.counts) if count})
            for at, values in sorted(side.items())
            if values.distribution is not None
        ]
        for side in (hours.before, hours.after)
    )
    shift = compare_blocks(*sides)
    if shift is None:
        return None
    unit = hours.kind.resolution / TICK_NS
    was, now = (quantile_ns(values, MEDIAN) * unit for values in (shift.before, shift.after))
    return _settled(hours, shift, was, now, LEAST_VALUE_RATIO[shift.likeness])


def _settled(
    hours: OwnHours, shift: Shift, was: float, now: float, least: float, *, begins: bool = True
) -> _ComparedMeasure:
    matters = differ(1.0, shift.ratio(bucket_value_ns), least) and differ(was, now, least)
    if not begins or not shift.begins or (now > was) is not shift.rises:
        return _ComparedMeasure(hours, make_change(was, now, 1.0, matters=False, enough=True))
    return _ComparedMeasure(hours, make_change(was, now, shift.p_value, matters, enough=True, verdicts=NEITHER))


def _mean(values: Counter[int]) -> float:
    return sum(bucket_value_ns(index) * count for index, count in values.items() if index) / values.total()


def _finding(compared: _ComparedMeasure, release: str, since: float) -> Finding:
    (measure, kind, *_), change = compared
    was, now = change.before or 0.0, change.after or 0.0
    counter = kind.base == MeasureKind.COUNTER.value
    what, per = ("", " per hour") if counter else (" median", "")
    system = measure.partition(".")[0]
    return Finding(
        OWN_CHANGE,
        Subject(SubjectKind.MEASURE, measure),
        UNKNOWN,
        f"{measure}:{what} {counted(was, kind.unit)} → {counted(now, kind.unit)}{per} since {release}",
        since,
        value=now,
        evidence=(("before", was),),
        look_at=f"/performance system:{system} period:7d",
        everywhere=True,
    )
