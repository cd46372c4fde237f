"""The review of activity: points by member and hour, how many of them at the cap, levels, and the hours of the week."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.insight.scales import WARNING
from plugin.insight.systems import courses, totals
from plugin.insight.systems.active_members import DAILY, WEEKLY, members_chart, members_section, members_sentence
from plugin.insight.systems.activity_rules import EXTENTS, FARMS, POINTS, farms
from plugin.insight.systems.generic import (
    NOTHING,
    counter_change,
    quantile_change,
    review_generic,
    with_others,
)
from plugin.insight.systems.rows import alone, first_parts, untested
from plugin.insight.systems.week import busiest_hour, heat_map
from plugin.model import (
    Change,
    SystemChart,
    SystemLine,
    SystemPast,
    SystemReview,
    SystemRow,
    SystemSection,
)
from plugin.words import counted, plain, rough_span

SYSTEM = "activity"
AWARDS, HELD_BACK = "activity.awards", "activity.held_back"
CAPPED, HOURLY = "activity.capped_points", "activity.hourly_points"
MINUTES, HOURS = "activity.member_minutes", "activity.member_hours"
LEVELS, LEVEL_TIME = "activity.level_ups", "activity.level_time"
KNOWN = frozenset(
    {POINTS, AWARDS, HELD_BACK, CAPPED, HOURLY, MINUTES, HOURS, LEVELS, LEVEL_TIME, FARMS, EXTENTS, DAILY, WEEKLY}
)
"""The measures of the ready meter."""


def review_activity(past: SystemPast) -> SystemReview:
    """What the page of activity says; measures of the bot's own beside those of the meter follow."""
    if past.series and not totals.of_measure(past, AWARDS):
        return review_generic(past)
    sections = (_points(past), members_section(past), _kinds(past), _levels(past))
    hourly = past.hourly.get(POINTS)
    review = SystemReview(
        tuple(_sentences(past)),
        tuple(section for section in sections if section.rows),
        tuple(_charts(past)),
        () if hourly is None else (heat_map(past, hourly, "Points by hour"),),
    )
    return with_others(past, KNOWN, review)


def _sentences(past: SystemPast) -> Iterator[str]:
    if not past.series:
        yield NOTHING
        return
    points, hourly = totals.of_measure(past, POINTS), past.hourly.get(POINTS)
    each = _per(past, HOURS)
    hour = None if hourly is None else busiest_hour(past, hourly)
    told = "" if each is None else f", {plain(each)} per member and active hour"
    most = "" if hour is None else f"; most at {hour:02}:00 UTC"
    yield f"{counted(totals.total(points), points[0].unit if points else '1')} awarded{told}{most}."
    if active := members_sentence(past):
        yield active
    for farm in farms(past):
        yield f"{farm.sentence[0].upper()}{farm.sentence[1:]}."
    levels = totals.total(totals.of_measure(past, LEVELS))
    if levels:
        median = quantile_change(times, 0.5).after if (times := totals.of_measure(past, LEVEL_TIME)) else None
        took = "" if median is None else f"; a level takes {rough_span(median)} (median)"
        yield f"{counted(levels, '{level}')} gained{took}."


def _points(past: SystemPast) -> SystemSection:
    points = totals.of_measure(past, POINTS)
    rows: list[SystemRow] = []
    if points:
        whole, unit, hours = counter_change(points), points[0].unit, totals.hours(past)
        rows = [SystemRow("total", whole, unit)]
        if totals.has_rates(past):
            rows.append(SystemRow("per hour", _over(whole, hours, hours), unit))
        for label, measure in (("active h", HOURS), ("active min", MINUTES)):
            rows.append(SystemRow(label, untested(_per(past, measure, previous=True), _per(past, measure)), unit))
        rows.append(SystemRow("at the cap", _share(past, CAPPED, HOURLY), "%", WARNING if any(farms(past)) else None))
        held, given = (totals.total(totals.of_measure(past, name)) for name in (HELD_BACK, AWARDS))
        if held:
            rows.append(SystemRow("held back", alone(100 * held / (held + given)), "%"))
    return SystemSection("Points", tuple(rows))


def _kinds(past: SystemPast) -> SystemSection:
    kinds = totals.split(totals.of_measure(past, POINTS), "kind")
    rows = [SystemRow(kind, counter_change(series), series[0].unit) for kind, series in kinds.items()]
    return first_parts("Points by kind", rows)


def _levels(past: SystemPast) -> SystemSection:
    levels, times = totals.of_measure(past, LEVELS), totals.of_measure(past, LEVEL_TIME)
    rows: list[SystemRow] = []
    if levels:
        days = totals.hours(past) / 24
        whole = counter_change(levels)
        rows = [SystemRow("gained", whole)]
        if totals.has_rates(past):
            rows.append(SystemRow("per day", _over(whole, days, days)))
    if times:
        rows += [SystemRow(label, quantile_change(times, at), "s") for label, at in (("median", 0.5), ("p95", 0.95))]
    return SystemSection("Levels", tuple(rows))


def _charts(past: SystemPast) -> Iterator[SystemChart]:
    points = totals.of_measure(past, POINTS)
    if points and not past.since_start:
        yield SystemChart("points per hour", (SystemLine("points", courses.per_hour(past, points)),), points[0].unit)
    yield from members_chart(past)


def _per(past: SystemPast, measure: str, *, previous: bool = False) -> float | None:
    """Points per active hour, or per minute in which members could earn some."""
    add = totals.total_before if previous else totals.total
    points, number = (add(totals.of_measure(past, name)) for name in (POINTS, measure))
    return points / number if points is not None and number else None


def _share(past: SystemPast, part: str, whole: str) -> Change:
    shares: list[float | None] = []
    for add in (totals.total_before, totals.total):
        some, every = (add(totals.of_measure(past, name)) for name in (part, whole))
        shares.append(None if some is None or not every else 100 * some / every)
    return untested(*shares)


def _over(change: Change, before: float, after: float) -> Change:
    return untested(
        None if change.before is None else change.before / before,
        None if change.after is None else change.after / after,
    )
