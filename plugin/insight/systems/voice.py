"""The review of voice: how much time members spent there and how, their sessions, and the channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.scales import WARNING
from plugin.insight.systems import courses, totals
from plugin.insight.systems.generic import NOTHING, counter_change, quantile_change
from plugin.insight.systems.rows import alone
from plugin.insight.systems.voice_costs import costs
from plugin.insight.systems.week import busiest_hour, heat_map
from plugin.model import (
    SystemChart,
    SystemLine,
    SystemPast,
    SystemReview,
    SystemRow,
    SystemSection,
    SystemSeries,
)
from plugin.words import percent, plain, rough_span

SYSTEM = "voice"
TIME, MEMBERS = "voice.time", "voice.members"
STATES = ("together", "alone", "deafened", "afk")
LABELS = {"afk": "away (AFK)"}
LEAST_HOURS = 1.0
"""Of time in voice, for its shares to be told."""
MANY_PARTS = 0.1
"""Where more of the sessions than this were seen in part, it is said."""


def review_voice(past: SystemPast) -> SystemReview:
    """What the page of voice says."""
    sections = (_time(past), _sessions(past), _members(past), _channels(past))
    hourly = past.hourly.get(TIME)
    return SystemReview(
        tuple(_sentences(past)),
        tuple(section for section in sections if section.rows),
        tuple(_charts(past)),
        () if hourly is None else (heat_map(past, hourly, "Hours in voice", 1 / totals.HOUR_S),),
    )


def _sentences(past: SystemPast) -> Iterator[str]:
    time = totals.of_measure(past, TIME)
    hours = totals.total(time) / totals.HOUR_S
    if not time or not hours:
        yield "Nobody was in voice." if past.series else NOTHING
    else:
        yield f"{_span(hours)} in voice{_shares(past, hours)}{_peak(past)}."
        change = counter_change(time)
        if change.holds and change.before is not None:
            yield f"Before: {_span(change.before / totals.HOUR_S)}."
    left = totals.level(totals.course(past, "voice.channels_left"))
    if left:
        yield f"{plain(left)} temporary channel{'s were' if left != 1 else ' was'} left behind: see /health."
    members = past.hourly.get(MEMBERS)
    if members is not None:
        yield from costs(members, past.beside)


def _shares(past: SystemPast, hours: float) -> str:
    if hours < LEAST_HOURS:
        return ""
    told = {"alone": "alone", "deafened": "deafened", "afk": "away (AFK)"}
    shares = [(100 * _hours(past, state) / hours, word) for state, word in told.items()]
    return "".join(f", {percent(share)} {word}" for share, word in shares if share >= 1)


def _peak(past: SystemPast) -> str:
    hourly = past.hourly.get(TIME)
    hour = None if hourly is None else busiest_hour(past, hourly)
    return "" if hour is None else f"; most at {hour:02}:00 UTC"


def _span(hours: float) -> str:
    return f"{plain(hours)} h" if hours >= 1 else rough_span(hours * totals.HOUR_S)


def _time(past: SystemPast) -> SystemSection:
    time = totals.of_measure(past, TIME)
    in_hours = totals.total(time) >= totals.HOUR_S
    rows = [("total", time), *((state, totals.of_measure(past, TIME, state=state)) for state in STATES)]
    return SystemSection(
        "Time in voice (hours)" if in_hours else "Time in voice",
        tuple(_time_row(LABELS.get(label, label), series, in_hours) for label, series in rows if series),
    )


def _time_row(label: str, series: Sequence[SystemSeries], in_hours: bool) -> SystemRow:
    change = counter_change(series)
    if not in_hours:
        return SystemRow(label, change, "s")
    before, after = (None if value is None else value / totals.HOUR_S for value in (change.before, change.after))
    return SystemRow(label, change._replace(before=before, after=after), "h")


def _sessions(past: SystemPast) -> SystemSection:
    whole = totals.of_measure(past, "voice.sessions", seen="whole")
    every = totals.of_measure(past, "voice.sessions")
    rows = [
        SystemRow(label, counter_change(series))
        for label, series in (
            ("joins", totals.of_measure(past, "voice.joins")),
            ("moves", totals.of_measure(past, "voice.moves")),
        )
        if series
    ]
    if whole:
        rows.append(SystemRow("median", quantile_change(whole, 0.5), "s"))
        rows.append(SystemRow("p95", quantile_change(whole, 0.95), "s"))
    ended, seen = _recorded(every), _recorded(whole)
    note = ""
    if ended - seen > MANY_PARTS * ended:
        note = f"{plain(ended - seen)} of {plain(ended)} sessions were cut by restarts and are not in median and p95."
    return SystemSection("Sessions", tuple(rows), note)


def _members(past: SystemPast) -> SystemSection:
    rows: list[SystemRow] = []
    for label, measure in (("now", MEMBERS), ("bot's own", "voice.connections")):
        course = totals.course(past, measure)
        now = totals.level(course)
        if course is not None and now is not None and (now or measure == MEMBERS):
            rows.append(SystemRow(label, alone(now)))
            if measure == MEMBERS and not past.since_start:
                rows.append(SystemRow("highest", alone(max(point.values.maximum for point in course.points))))
    return SystemSection("Members in voice", tuple(rows))


def _channels(past: SystemPast) -> SystemSection:
    rows = [
        SystemRow(label, counter_change(series))
        for label, series in (
            ("created", totals.of_measure(past, "voice.channels_created")),
            ("removed", totals.of_measure(past, "voice.channels_removed")),
        )
        if series
    ]
    left = totals.level(totals.course(past, "voice.channels_left"))
    if left:
        rows.append(SystemRow("left", alone(left), severity=WARNING))
    return SystemSection("Channels", tuple(rows))


def _charts(past: SystemPast) -> Iterator[SystemChart]:
    if past.since_start:
        return
    course = totals.course(past, MEMBERS)
    if course is not None:
        yield SystemChart("members in voice", (SystemLine("members", courses.levels(course)),))
    time = totals.of_measure(past, TIME)
    if time:
        lines = [SystemLine(name, _hours_per_hour(past, of)) for name, of in _lines(past, time)]
        yield SystemChart("hours in voice per hour", tuple(line for line in lines if len(line.points) > 1), "h")


def _lines(past: SystemPast, time: Sequence[SystemSeries]) -> Iterator[tuple[str, Sequence[SystemSeries]]]:
    yield "all", time
    alone = totals.of_measure(past, TIME, state="alone")
    if alone:
        yield "alone", alone


def _hours_per_hour(past: SystemPast, series: Sequence[SystemSeries]) -> courses.Points:
    return tuple((at, None if value is None else value / totals.HOUR_S) for at, value in courses.per_hour(past, series))


def _hours(past: SystemPast, state: str) -> float:
    return totals.total(totals.of_measure(past, TIME, state=state)) / totals.HOUR_S


def _recorded(series: Sequence[SystemSeries]) -> float:
    return sum(point.values.count for one in series for point in one.course.points)
