"""What happened around a moment, in order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.insight.timeline import foremost, timeline
from plugin.insight.timeline_findings import MOST_PARTS
from plugin.model import (
    HELD_THE_LOOP,
    BootSeen,
    CommandKey,
    CommandKind,
    ErrorCourse,
    ErrorHistory,
    ErrorPoint,
    Finding,
    FindingKept,
    Place,
    SeriesCourse,
    SeriesDelta,
    SeriesKept,
    SeriesPoint,
    Severity,
    Subject,
    SubjectKind,
)
from plugin.model.timeline import MomentPast, MomentWindow

MOST_MOVERS, MOST_ENTRIES = 5, 60
"""What is promised."""

NOON = 1_699_963_200
WINDOW = MomentWindow(NOON + 450, NOON, NOON + 900)
BUY = CommandKey(CommandKind.SLASH, "buy", None)
NOBODY = MomentPast(WINDOW, {"one": ()}, (), (), (), (), (), (), NOON - 90_000, NOON + 5030, 60)
PLACE = Place("shop.py", "buy", 9)
SHARD = Subject(SubjectKind.SHARD, "0")


def texts(past: MomentPast) -> list[str]:
    """What is told, in order."""
    return [entry.text for entry in timeline(past).entries]


def boot(
    started: float, last_seen: float, left: float | None = None, release: str = "1.4.1", status: str = ""
) -> BootSeen:
    """One process."""
    return BootSeen(f"boot{started}", release, started, last_seen, left, status)


def kept(
    rule: str, since: float, until: float | None = None, sentence: str = "shard 0 is not connected"
) -> FindingKept:
    """A finding of the only instance."""
    return FindingKept(Finding(rule, SHARD, Severity.CRITICAL, sentence, since, until), "one")


def failed(kind: str, at: int, count: int, first_seen: float) -> ErrorCourse:
    """An error group of one minute."""
    group = ErrorHistory(kind, PLACE, count, first_seen, at, "1", "1", (BUY,))
    return ErrorCourse(group, (ErrorPoint(at, BUY, count),))


def course(start: int, values: Sequence[float | None], step_s: int = 60) -> SeriesCourse:
    """One value a minute; None is a minute without any."""
    points = [
        SeriesPoint(start + step_s * number, SeriesDelta(1, value, value, value))
        for number, value in enumerate(values)
        if value is not None
    ]
    return SeriesCourse(step_s, tuple(points))


def moved(*series: tuple[SeriesKept, SeriesCourse, SeriesCourse, SeriesCourse]) -> MomentPast:
    """A window with these series: of now, of the hour before and of the day before."""
    kept, now, hour, day = zip(*series, strict=True)
    return NOBODY._replace(series=kept, now=now, hour_before=hour, day_before=day)


def a_series(
    name: str, kind: str, now: float, hour: float, day: float
) -> tuple[SeriesKept, SeriesCourse, SeriesCourse, SeriesCourse]:
    """One that is level, but for a little noise."""

    def noisy(value: float, minutes: int) -> list[float | None]:
        return [value * (1 + 0.01 * (minute % 3 - 1)) for minute in range(minutes)]

    return (
        SeriesKept(name, "By", kind, ""),
        course(NOON, noisy(now, 15)),
        course(NOON - 3600, noisy(hour, 60)),
        course(NOON - 86_400, noisy(day, 15)),
    )


def test_a_quiet_quarter_of_an_hour_has_nothing_to_tell() -> None:
    """No entry, no mover, and it was covered."""
    told = timeline(NOBODY)
    assert (told.entries, told.movers, told.covered) == ((), (), True)
    assert not timeline(NOBODY._replace(since=None)).covered
    assert not timeline(NOBODY._replace(since=WINDOW.end)).covered


def test_a_night_is_told_in_order() -> None:
    """A lost shard, what failed meanwhile, the death with its last words, and the restart with a new release."""
    boots = (
        boot(NOON - 50_000, NOON + 300, status="memory 254 MB, running /report"),
        boot(NOON + 420, NOON + 5000, release="1.4.2"),
    )
    past = NOBODY._replace(
        boots={"one": boots},
        findings=(kept("shard_disconnected", NOON + 60, NOON + 240), kept("unclean_shutdown", NOON + 300, NOON + 420)),
        errors=(failed("KeyError", NOON + 120, 3, NOON + 130), failed(HELD_THE_LOOP, NOON + 180, 1, NOON - 9000)),
    )
    told = timeline(past)
    assert [entry.text for entry in told.entries] == [
        "shard 0 is not connected",
        "new error: KeyError in shop.py:9 in /buy, 3 times",
        "event loop blocked by /buy at shop.py:9",
        "unclean shutdown; last status: memory 254 MB, running /report",
        "started with release 1.4.2, was 1.4.1",
    ]
    assert [entry.at for entry in told.entries] == sorted(entry.at for entry in told.entries)
    assert told.entries[0].until == NOON + 240 and told.entries[3].until == NOON + 420


def test_a_clean_restart_is_no_death() -> None:
    """It is told without severity, and without a release that did not change."""
    boots = boot(NOON - 50_000, NOON + 300, left=NOON + 300), boot(NOON + 310, NOON + 5000)
    told = timeline(NOBODY._replace(boots={"one": boots}))
    assert [(entry.text, entry.severity) for entry in told.entries] == [
        ("stopped", Severity.UNKNOWN),
        ("started", Severity.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("since", "until", "told", "standing"),
    [
        (NOON + 5, None, ["shard 0 is not connected"], 0),
        (NOON - 300, NOON + 60, ["over: shard 0 is not connected, after 6 min"], 0),
        (NOON - 300, None, [], 1),
        (NOON - 300, NOON + 900, [], 1),
    ],
)
def test_a_finding_is_told_where_it_begins_or_ends(
    since: float, until: float | None, told: list[str], standing: int
) -> None:
    """What went on throughout is told apart."""
    past = NOBODY._replace(findings=(kept("shard_disconnected", since, until),))
    assert texts(past) == told and len(timeline(past).standing) == standing


def test_errors_tell_findings_of_theirs() -> None:
    """A block and a new error are told once, with how often they happened."""
    findings = tuple(kept(rule, NOON + 60, NOON + 60, "said twice") for rule in ("loop_blocked", "new_error"))
    assert texts(NOBODY._replace(findings=findings)) == []


def test_instances_are_named_where_there_are_several() -> None:
    """An instance alone needs no name."""
    boots = {name: (boot(NOON + 60, NOON + 5000),) for name in ("a", "b")}
    past = NOBODY._replace(boots=boots, findings=(kept("shard_disconnected", NOON + 90),))
    assert [entry.instance for entry in timeline(past).entries] == ["a", "b", "one"]


def test_counters_are_told_where_they_grew() -> None:
    """Every series of one counter together."""
    routes = [
        (
            SeriesKept(f'rest_rate_limited{{route="GET /{route}"}}', "", "counter", "route"),
            *[course(NOON, [None, 4])] * 3,
        )
        for route in "ab"
    ]
    told = timeline(moved(*routes)).entries
    assert [(entry.at, entry.text, entry.until) for entry in told] == [
        (NOON + 60, "8 rate limited responses from Discord", NOON + 120)
    ]


def test_the_series_that_departed_most_comes_first() -> None:
    """From what the hour and the day before were; a series as usual is none, nor one that moved by a few percent."""
    told = timeline(
        moved(
            a_series("usual", "gauge", 100, 100, 100),
            a_series("a_little", "gauge", 110, 100, 100),
            a_series("doubled", "gauge", 200, 100, 100),
            a_series("tenfold", "gauge", 1000, 100, 100),
        )
    )
    assert [mover.series for mover in told.movers] == ["tenfold", "doubled"]
    assert told.movers[0].value == pytest.approx(1000, rel=0.01)
    assert told.movers[0].hour_before == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(("now", "is_mover"), [(2.0, False), (40.0, True)])
def test_a_counter_varies_by_chance(now: float, is_mover: bool) -> None:
    """Two calls a minute instead of one are chance; forty are not."""
    assert bool(timeline(moved(a_series("rest_calls", "counter", now, 1, 1))).movers) is is_mover


def test_a_counter_that_stopped_is_a_mover() -> None:
    """Minutes without a row are zeros of a counter, and unknown of a gauge."""
    quiet, nothing = course(NOON, []), course(NOON - 3600, [100.0] * 60)
    counter = SeriesKept("messages", "", "counter", ""), quiet, nothing, course(NOON - 86_400, [100.0] * 15)
    gauge = SeriesKept("latency_s", "s", "gauge", ""), *counter[1:]
    assert [mover.series for mover in timeline(moved(counter, gauge)).movers] == ["messages"]


def test_without_minutes_nothing_is_said_to_have_moved() -> None:
    """Hours alone prove nothing about a quarter of one."""
    kept_series = SeriesKept("memory_bytes", "By", "gauge", "")
    hours = course(NOON, [900.0], 3600), course(NOON - 3600, [100.0], 3600), course(NOON - 86_400, [100.0], 3600)
    told = timeline(moved((kept_series, *hours)))
    assert (told.movers, told.step_s) == ((), 3600)


def test_everything_is_bounded() -> None:
    """However much happened."""
    errors = tuple(failed(f"Error{number}", NOON + number, 1, NOON) for number in range(100))
    findings = tuple(kept(f"rule{number}", NOON + number) for number in range(100))
    many = moved(*[a_series(f"s{number}", "gauge", 1000, 100, 100) for number in range(20)])
    told = timeline(many._replace(findings=findings, errors=errors))
    assert (len(told.entries), len(told.movers)) == (MOST_ENTRIES, MOST_MOVERS)
    (incident,) = (entry for entry in told.entries if entry.parts)
    assert (len(incident.parts), incident.parts_left_out) == (MOST_PARTS, 99 - MOST_PARTS)


@pytest.mark.parametrize(("at", "is_told"), [(NOON - 1, False), (NOON, True), (NOON + 899, True), (NOON + 900, False)])
def test_the_window_has_its_begin_and_not_its_end(at: int, is_told: bool) -> None:
    """So that two windows in a row tell each event once: a start, a finding, its end and an error."""
    boots = {"one": (boot(at, NOON + 5000),)}
    began, over = kept("shard_disconnected", at, NOON + 5000), kept("memory_growth", NOON - 300, at)
    assert bool(texts(NOBODY._replace(boots=boots))) is is_told
    assert bool(texts(NOBODY._replace(findings=(began,)))) is is_told
    assert bool(texts(NOBODY._replace(findings=(over,)))) is is_told
    assert bool(texts(NOBODY._replace(errors=(failed("KeyError", at, 1, NOON - 9000),)))) is is_told


@pytest.mark.parametrize(
    ("since", "until", "standing"),
    [
        (NOON - 1, NOON + 900, True),
        (NOON, NOON + 900, False),
        (NOON, None, False),
        (NOON - 1, NOON + 899, False),
        (NOON - 1, None, True),
    ],
)
def test_a_finding_stands_from_before_the_window_to_its_end(since: int, until: int | None, standing: bool) -> None:
    """One that begins with the window is an event of it."""
    told = timeline(NOBODY._replace(findings=(kept("shard_disconnected", since, until),)))
    assert (len(told.standing), len(told.entries)) == ((1, 0) if standing else (0, 1))


@pytest.mark.parametrize(
    ("last_seen", "started", "is_told"),
    [
        pytest.param(NOON - 500, NOON - 400, False, id="before the window"),
        pytest.param(NOON - 500, NOON, False, id="up to its begin"),
        pytest.param(NOON - 500, NOON + 1, True, id="into the window"),
        pytest.param(NOON + 899, NOON + 2000, True, id="from the window on"),
        pytest.param(NOON + 900, NOON + 2000, False, id="from its end on"),
        pytest.param(NOON - 500, NOON + 2000, True, id="throughout"),
    ],
)
def test_an_absence_is_told_where_it_overlaps_the_window(last_seen: int, started: int, is_told: bool) -> None:
    """From its begin to its end, which may be outside; without words where the process left none."""
    boots = boot(NOON - 50_000, last_seen), boot(started, NOON + 9000)
    found = [one for one in timeline(NOBODY._replace(boots={"one": boots})).entries if one.text != "started"]
    expected = [(last_seen, Severity.CRITICAL, "unclean shutdown", started, "")]
    assert [one[:5] for one in found] == (expected if is_told else [])


LATER = NOON + 50_000


@pytest.mark.parametrize(
    ("left", "text", "severity"),
    [
        (None, "unclean shutdown, not started since; last status: memory 254 MB", Severity.CRITICAL),
        (NOON + 300, "stopped, not started since", Severity.UNKNOWN),
    ],
)
@pytest.mark.parametrize("last_seen", [NOON - 7 * 86_400, NOON + 300])
def test_an_end_without_a_start_after_it_is_told(
    left: float | None, text: str, severity: Severity, last_seen: int
) -> None:
    """In its own window and in each one since, until the bot is back."""
    ended = boot(last_seen - 9000, last_seen, left and last_seen, status="memory 254 MB")
    (entry,) = timeline(NOBODY._replace(boots={"one": (ended,)}, at=LATER)).entries
    assert entry[:5] == (last_seen, severity, text, None, "")


@pytest.mark.parametrize(("silent_s", "is_told"), [(180, False), (181, True)])
def test_a_process_is_dead_after_three_missed_heartbeats(silent_s: int, is_told: bool) -> None:
    """As in a fleet."""
    alive = boot(NOON - 9000, NOON + 300)
    past = NOBODY._replace(boots={"one": (alive,)}, at=NOON + 300 + silent_s)
    assert bool(timeline(past).entries) is is_told


def test_the_instance_that_asks_is_alive() -> None:
    """Whatever its heartbeats say, as where the clock was set forward."""
    past = NOBODY._replace(boots={"one": (boot(NOON - 9000, NOON + 300),)}, at=LATER, running="one")
    assert timeline(past).entries == ()


@pytest.mark.parametrize(("ago", "told"), [(86_400, []), (86_399, ["a"])])
def test_an_instance_that_others_may_have_replaced_is_told_for_a_day(ago: int, told: list[str]) -> None:
    """A fleet whose instances have new names with each deploy would tell all of its past for ever."""
    boots = {"a": (boot(NOON - 200_000, NOON - ago),), "b": (boot(NOON - 9000, LATER),)}
    assert [entry.instance for entry in timeline(NOBODY._replace(boots=boots, at=LATER)).entries] == told


def test_a_step_of_an_hour_ends_after_an_hour() -> None:
    """Where minutes are gone, what was counted and what failed is of the whole hour."""
    hour = MomentWindow(NOON + 450, NOON, NOON + 3600)
    series = SeriesKept("rest_rate_limited", "", "counter", "")
    courses = [(course(NOON, [18.0], 3600),)] * 3
    failing = (failed("KeyError", NOON, 6, NOON - 9000),)
    now, before, day = courses
    past = NOBODY._replace(window=hour, series=(series,), now=now, hour_before=before, day_before=day, errors=failing)
    assert {(entry.at, entry.until) for entry in timeline(past).entries} == {(NOON, NOON + 3600)}


def test_the_counters_that_are_told_are_read_first() -> None:
    """However many series of its own a bot has."""
    names = ["economy.coins", "latency_s", "rest_rate_limited"]
    series = [SeriesKept(name, "", "", "") for name in names]
    assert [kept.name for kept in foremost(series)] == ["rest_rate_limited", "latency_s", "economy.coins"]


def test_the_worst_are_told_where_there_are_too_many() -> None:
    """And how many others there are."""
    errors = tuple(failed(f"Error{number}", NOON + number, 1, NOON) for number in range(MOST_ENTRIES))
    told = timeline(NOBODY._replace(errors=errors, findings=(kept("shard_disconnected", NOON + 600),)))
    assert (told.entries[-1].severity, told.left_out) == (Severity.CRITICAL, 1)


def test_a_single_instance_has_no_name() -> None:
    """Neither where it starts nor where a finding is of it."""
    past = NOBODY._replace(
        boots={"one": (boot(NOON + 60, NOON + 5000),)}, findings=(kept("shard_disconnected", NOON + 90),)
    )
    assert [entry.instance for entry in timeline(past).entries] == ["", ""]


def test_the_longest_step_is_told() -> None:
    """Where some series have minutes and others only hours; a minute without any series."""
    minutes, hours = course(NOON, [1.0]), course(NOON, [1.0], 3600)
    series = [(SeriesKept(name, "", "gauge", ""), now, now, now) for name, now in (("a", minutes), ("b", hours))]
    assert timeline(moved(*series)).step_s == 3600
    assert timeline(NOBODY).step_s == 60


def test_the_worst_of_one_moment_comes_first() -> None:
    """Entries of the same second are ordered by their severity."""
    boots = {"one": (boot(NOON + 60, NOON + 5000),)}
    past = NOBODY._replace(boots=boots, findings=(kept("shard_disconnected", NOON + 60),))
    assert texts(past) == ["shard 0 is not connected", "started"]
