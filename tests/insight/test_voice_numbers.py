"""Every number, chart and note on the page of voice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plugin.insight.systems import review_system
from plugin.model import SystemPast, SystemSection, SystemSeries
from tests.insight.systems import HOUR, SPANS, START, counter, gauge, since_start, timer

HOURS = 168
NONE: Mapping[str, float] = {}


def voice(*series: SystemSeries) -> SystemPast:
    """A week of voice."""
    return SystemPast("voice", SPANS, series)


def time(now: Mapping[str, float], before: Mapping[str, float] = NONE) -> list[SystemSeries]:
    """Seconds in each hour of the week, by state; with those of the week before, of all states or none."""
    return [
        counter(
            "voice.time", lambda _, of=seconds: of, (lambda _, of=before[state]: of) if before else None, state=state
        )
        for state, seconds in now.items()
    ]


def section(past: SystemPast, title: str) -> SystemSection:
    """The section of this title."""
    (found,) = (one for one in review_system(past).sections if one.title == title)
    return found


def numbers(past: SystemPast, title: str) -> list[tuple[str, float | None, float | None, str]]:
    """Label, before, now and unit of each row."""
    return [(row.label, row.change.before, row.change.after, row.unit) for row in section(past, title).rows]


def test_time_is_told_by_state_in_hours() -> None:
    """All of it, then together, alone, deafened and away, with the week before."""
    now = {"afk": 450, "deafened": 900, "together": 3600, "alone": 1800}
    past = voice(*time(now, dict.fromkeys(now, 90.0)))
    assert numbers(past, "Time in voice (hours)") == [
        ("total", 16.8, 315, "h"),
        ("together", 4.2, 168, "h"),
        ("alone", 4.2, 84, "h"),
        ("deafened", 4.2, 42, "h"),
        ("away (AFK)", 4.2, 21, "h"),
    ]


def test_time_without_a_week_before_has_none_beside() -> None:
    """Hours of now only."""
    assert numbers(voice(*time({"alone": 3600})), "Time in voice (hours)") == [
        ("total", None, 168, "h"),
        ("alone", None, 168, "h"),
    ]


def once(**seconds: float) -> SystemPast:
    """Seconds in the first hour of the week, by state."""
    return voice(
        *(counter("voice.time", lambda hour, of=of: 0 if hour else of, state=state) for state, of in seconds.items())
    )


@pytest.mark.parametrize(
    ("seconds", "title", "unit", "sentence"),
    [
        (1800, "Time in voice", "s", "30 min in voice."),
        (3599, "Time in voice", "s", "1 h in voice."),
        (3600, "Time in voice (hours)", "h", "1 h in voice, 100 % alone."),
        (3601, "Time in voice (hours)", "h", "1.0 h in voice, 100 % alone."),
    ],
)
def test_less_than_an_hour_is_told_in_seconds(seconds: float, title: str, unit: str, sentence: str) -> None:
    """From an hour on in hours, and by how it was spent."""
    past = once(alone=seconds)
    assert {row.unit for row in section(past, title).rows} == {unit}
    assert review_system(past).sentences == (sentence,)


def test_shares_of_states_are_told_from_a_percent_on() -> None:
    """How much of the time members were alone, deafened or away; being together is no news."""
    past = once(together=4500, alone=1440, deafened=1188, afk=72)
    assert review_system(past).sentences == ("2 h in voice, 20 % alone, 16.5 % deafened, 1 % away (AFK).",)
    assert review_system(once(together=7128, afk=71)).sentences == ("2.0 h in voice.",)


def test_less_time_than_before_is_told() -> None:
    """As more is, in the unit of each."""
    told = review_system(voice(*time({"together": 18_000}, {"together": 3_000}))).sentences
    assert told == ("840 h in voice.", "Before: 140 h.")
    told = review_system(voice(*time({"together": 18_000}, {"together": 15}))).sentences
    assert told == ("840 h in voice.", "Before: 42 min.")


def test_sessions_are_told_with_joins_and_moves() -> None:
    """How often members came, and how long those stayed that were seen whole."""
    whole = timer("voice.sessions", lambda _: [60.0] * 9 + [900.0], lambda _: [30.0] * 9 + [300.0])
    past = voice(
        counter("voice.joins", lambda _: 3, lambda _: 2),
        counter("voice.moves", lambda _: 2, lambda _: 1),
        whole._replace(attributes={"seen": "whole"}),
    )
    (joins, moves, median, p95) = numbers(past, "Sessions")
    assert joins == ("joins", 336, 504, "1") and moves == ("moves", 168, 336, "1")
    assert median == ("median", pytest.approx(30, rel=0.06), pytest.approx(60, rel=0.06), "s")
    assert p95 == ("p95", pytest.approx(300, rel=0.06), pytest.approx(900, rel=0.06), "s")


@pytest.mark.parametrize(("whole", "is_noted"), [(8, True), (9, False), (10, False)])
def test_a_tenth_of_sessions_in_part_is_not_noted(whole: int, is_noted: bool) -> None:
    """More than that is."""
    of = {"whole": [600.0] * whole, "part": [5.0]}
    sessions = [
        timer("voice.sessions", lambda _, many=many: many, lambda _: [])._replace(attributes={"seen": seen})
        for seen, many in of.items()
    ]
    note = section(voice(*sessions), "Sessions").note
    assert bool(note) is is_noted
    assert not note or note.startswith(f"168 of {HOURS * (whole + 1):,} sessions were cut by restarts")


def test_members_are_told_as_of_now_and_at_most() -> None:
    """And in how many channels the bot itself is, if it is in any."""
    members = gauge("voice.members", lambda hour: 9 if hour == 5 else 4)
    assert numbers(voice(members, gauge("voice.connections", lambda _: 2)), "Members in voice") == [
        ("now", None, 4, "1"),
        ("highest", None, 9, "1"),
        ("bot's own", None, 2, "1"),
    ]
    assert [
        label for label, *_ in numbers(voice(members, gauge("voice.connections", lambda _: 0)), "Members in voice")
    ] == [
        "now",
        "highest",
    ]
    nobody = voice(gauge("voice.members", lambda _: 0))
    assert numbers(nobody, "Members in voice") == [("now", None, 0, "1"), ("highest", None, 0, "1")]
    assert numbers(since_start(nobody), "Members in voice") == [("now", None, 0, "1")]


def test_channels_are_told_with_those_left_behind() -> None:
    """Created, removed, and left."""
    past = voice(
        counter("voice.channels_created", lambda _: 3, lambda _: 2),
        counter("voice.channels_removed", lambda _: 2, lambda _: 2),
        gauge("voice.channels_left", lambda _: 7),
    )
    assert numbers(past, "Channels") == [
        ("created", 336, 504, "1"),
        ("removed", 336, 336, "1"),
        ("left", None, 7, "1"),
    ]


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (0, ()),
        (1, ("1 temporary channel was left behind: see /health.",)),
        (2, ("2 temporary channels were left behind: see /health.",)),
    ],
)
def test_one_channel_that_is_left_behind_is_one(left: float, sentence: tuple[str, ...]) -> None:
    """Several are several."""
    assert review_system(voice(gauge("voice.channels_left", lambda _: left))).sentences[1:] == sentence


def test_charts_show_members_and_hours() -> None:
    """All of the time, and that alone where there was some."""
    members = gauge("voice.members", lambda hour: hour)
    first, second = review_system(voice(members, *time({"together": 1800, "alone": 900}))).charts
    assert (first.title, first.lines[0].label) == ("members in voice", "members")
    assert first.lines[0].points[:2] == ((START, 0), (START + HOUR, 1))
    assert (second.title, second.unit) == ("hours in voice per hour", "h")
    assert [(line.label, {value for _, value in line.points}) for line in second.lines] == [
        ("all", {0.75}),
        ("alone", {0.25}),
    ]
    (only,) = review_system(voice(*time({"together": 1800}))).charts
    assert [line.label for line in only.lines] == ["all"]


@pytest.mark.parametrize(("number", "lines"), [(1, 0), (2, 1), (3, 1)])
def test_a_line_has_two_points(number: int, lines: int) -> None:
    """One is none."""
    (series,) = time({"together": 1800})
    short = series._replace(course=series.course._replace(points=series.course.points[:number]))
    (chart,) = review_system(voice(short)).charts
    assert len(chart.lines) == lines


def test_without_anything_there_is_no_section() -> None:
    """Each stands where it has a number."""
    titles = [section.title for section in review_system(voice(*time({"together": 3600}))).sections]
    assert titles == ["Time in voice (hours)"]


def test_time_of_nobody_is_none() -> None:
    """Counters that never grew tell that nobody was there."""
    assert review_system(once(together=0)).sentences == ("Nobody was in voice.",)
