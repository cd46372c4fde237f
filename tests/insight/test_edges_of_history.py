"""What history proves, at both sides of each bound."""

from __future__ import annotations

import pytest

from plugin.insight.absences import absences, last_death, running
from plugin.insight.growth import growth
from plugin.insight.history_rules import history_findings
from plugin.insight.outages import outages
from plugin.insight.scales import Threshold
from plugin.insight.updates import Update, last_update
from plugin.insight.wellness import what_is_wrong
from plugin.model import (
    BootSeen,
    ConnectionSnapshot,
    Finding,
    FindingKept,
    InstanceSeen,
    LoopLag,
    Period,
    Place,
    Severity,
    ShardSnapshot,
    Spans,
    StartSeen,
    Subject,
    SubjectKind,
    Trend,
)
from plugin.model.past import (
    Crossing,
    ErrorReview,
    ErrorState,
    Fleet,
    InstanceHealth,
    InstanceState,
    MemoryGrowth,
    Outage,
    PastHealth,
)

AT = 1_764_000_000.0
HOUR, DAY = 3600.0, 86_400.0
MB = 1 << 20
PLACE = Place("shop.py", "buy", 7)


def past(
    *,
    errors: tuple[ErrorReview, ...] = (),
    grown: MemoryGrowth | None = None,
    instances: tuple[InstanceHealth, ...] = (),
) -> PastHealth:
    """A bot of which only this is known."""
    return PastHealth(None, errors, "", grown, Fleet(Severity.WELL, instances))


def error(state: ErrorState, place: Place | None = PLACE, commands: tuple[str, ...] = ()) -> ErrorReview:
    """An error with seven occurrences."""
    return ErrorReview(state, "KeyError", place, 7, AT - 500, AT - 20, commands)


@pytest.mark.parametrize(
    ("of", "rule", "name", "sentence", "since"),
    [
        (
            error(ErrorState.NEW, commands=("/a", "/b", "/c")),
            "new_error",
            "KeyError in shop.py (buy)",
            "new error: KeyError in shop.py:7 (/a, /b)",
            AT - 500,
        ),
        (
            error(ErrorState.REGRESSED, commands=("/a",)),
            "regressed_error",
            "KeyError in shop.py (buy)",
            "error is back: KeyError in shop.py:7 (/a)",
            AT - 20,
        ),
        (error(ErrorState.NEW, None), "new_error", "KeyError", "new error: KeyError", AT - 500),
    ],
    ids=["new", "back", "no place"],
)
def test_an_error_names_two_commands_at_most(
    of: ErrorReview, rule: str, name: str, sentence: str, since: float
) -> None:
    """The subject has no line, which moves with every release."""
    assert list(history_findings(past(errors=(of,)))) == [
        Finding(
            rule,
            Subject(SubjectKind.ERROR, name),
            Severity.WARNING,
            sentence,
            since,
            AT - 20,
            value=7,
            look_at="/health",
            everywhere=True,
        )
    ]


@pytest.mark.parametrize(
    "state", [state for state in ErrorState if state not in (ErrorState.NEW, ErrorState.REGRESSED)], ids=str
)
def test_other_errors_are_no_findings(state: ErrorState) -> None:
    """They may be old, or Discord's, or gone."""
    assert list(history_findings(past(errors=(error(state),)))) == []


@pytest.mark.parametrize(
    ("crossings", "severity"),
    [((Crossing("500 MB", AT + DAY),), Severity.WARNING), ((), Severity.UNKNOWN)],
    ids=["limit ahead", "no limit near"],
)
def test_growth_is_told_in_megabytes_a_day(crossings: tuple[Crossing, ...], severity: Severity) -> None:
    """It is a warning only where a limit is near."""
    grown = MemoryGrowth(Trend(AT - DAY, AT, 0, 12 * MB / DAY), crossings, (), "Memory grows.")
    assert list(history_findings(past(grown=grown))) == [
        Finding(
            "memory_growth",
            Subject(SubjectKind.MEASURE, "memory_bytes"),
            severity,
            "Memory grows.",
            AT - DAY,
            value=12,
            unit="MB",
            look_at="/health",
        )
    ]


@pytest.mark.parametrize(("seen_s", "lasted"), [(7_200.0, "2 h"), (-5.0, "0 s")], ids=["2 h", "clock set back"])
def test_an_instance_that_died_is_lost(seen_s: float, lasted: str) -> None:
    """Those that run or left are not; the finding is as grave as the instance."""
    seen = InstanceSeen("host-b", "b", "1.0", AT, AT + seen_s, None, (0,), "")
    lives = [InstanceHealth(seen, life, False, Severity.CRITICAL) for life in InstanceState]
    assert list(history_findings(past(instances=tuple(lives)))) == [
        Finding(
            "instance_lost",
            Subject(SubjectKind.INSTANCE, "host-b"),
            Severity.CRITICAL,
            f"host-b stopped without a goodbye after {lasted}",
            AT + seen_s,
            look_at="/health",
            everywhere=True,
        )
    ]


UPTIME = Threshold(99.0, 95.0, higher_is_better=True)


def boot(name: str, start: float, seen: float, *, left: bool = False) -> BootSeen:
    """A process with its start and its last heartbeat, in hours before now."""
    return BootSeen(name, "1.0", AT - start * HOUR, AT - seen * HOUR, AT - seen * HOUR if left else None, name)


@pytest.mark.parametrize(("back_s", "told"), [(7 * DAY - 1, True), (7 * DAY, False)], ids=["told", "forgotten"])
def test_a_death_is_told_for_a_week(back_s: float, told: bool) -> None:
    """It is the next start from which the week counts."""
    boots = [boot("a", 9 * 24, 8 * 24), boot("b", back_s / HOUR, 0)]
    death = last_death(boots, (), AT)
    assert death == ((AT - 8 * DAY, AT - back_s, "a", None, 1, 1) if told else None)


def test_the_last_of_several_deaths_is_told() -> None:
    """Deaths of this process itself, and goodbyes, are not counted."""
    boots = [boot("a", 9, 8), boot("b", 7, 6, left=True), boot("c", 5, 4), boot("own", 3, 2), boot("d", 1, 0)]
    assert last_death(boots, ("own",), AT) == (AT - 4 * HOUR, AT - 3 * HOUR, "c", None, 2, 1)
    assert [gap.ended.boot for gap in absences(boots)] == ["a", "b", "c", "own"]


def test_of_two_processes_with_one_last_sign_the_later_one_counts() -> None:
    """Whether it was a death is told by the process that started last."""
    (gap,) = absences([boot("a", 5, 2), boot("b", 4, 2, left=True), boot("c", 1, 0)])
    assert (gap.ended.boot, gap.is_death) == ("b", False)


@pytest.mark.parametrize(
    ("since_h", "boots", "expected"),
    [
        (10, [boot("a", 20, 4), boot("b", 2, 0)], (80.0, Severity.CRITICAL, 2 * HOUR, 1)),
        (10, [boot("a", 20, 4, left=True), boot("b", 2, 0)], (80.0, Severity.UNKNOWN, 2 * HOUR, 0)),
        (10, [boot("a", 20, 4), boot("b", 3.5, 0)], (95.0, Severity.WARNING, 0.5 * HOUR, 1)),
        (20, [boot("a", 20, 4), boot("b", 3.8, 0)], (99.0, Severity.WELL, 0.2 * HOUR, 1)),
        (20, [boot("a", 20, 4, left=True), boot("b", 3.8, 0)], (99.0, Severity.WELL, 0.2 * HOUR, 0)),
        (3, [boot("a", 20, 4), boot("b", 2, 0)], (100 * 2 / 3, Severity.CRITICAL, HOUR, 1)),
        (2, [boot("a", 20, 4), boot("b", 2, 0)], (100.0, Severity.WELL, 0, 0)),
    ],
    ids=["killed", "stopped", "at the threshold", "at the target", "stopped at the target", "cut", "over before"],
)
def test_the_uptime_is_judged_without_goodbyes(
    since_h: float, boots: list[BootSeen], expected: tuple[float, Severity, float, int]
) -> None:
    """The number counts every absence within the period; a bot that was stopped is not called well below the target."""
    # The first start limits the period only where it is later.
    boots = [boot("first", 200, 20.0), *boots]
    found = running(boots, AT - since_h * HOUR, AT, UPTIME, 0)
    assert found is not None
    assert (found.judged.severity, found.deaths) == (expected[1], expected[3])
    assert (found.judged.value, found.away_s) == (pytest.approx(expected[0]), pytest.approx(expected[2]))


@pytest.mark.parametrize(("start", "known"), [(AT - 1, True), (AT, False)])
def test_no_time_has_no_uptime(start: float, known: bool) -> None:
    """A period that begins now tells nothing."""
    assert (running([boot("a", 20, 0)], start, AT, UPTIME, 0) is not None) is known


def test_an_absence_after_now_does_not_count() -> None:
    """A start that is recorded with a later clock ends an absence now."""
    found = running([boot("a", 20, 1, left=True), boot("b", -1, -2)], AT - 10 * HOUR, AT, UPTIME, 0)
    assert found is not None and found.away_s == HOUR


def silent(silence_s: float = 900, **known: float | bool) -> ShardSnapshot:
    """A shard that is deaf unless told otherwise."""
    return ShardSnapshot(4, True, 0.04)._replace(silence_s=silence_s, longest_silence_s=60, missed=20)._replace(**known)


@pytest.mark.parametrize(
    ("shards", "lag_ns", "wrong"),
    [
        ((silent(connected=False, away_since=AT + 9),), 0, "shard 4 is not connected for 0 s"),
        ((silent(connected=False, away_since=AT - 1),), 0, "shard 4 is not connected for 1 s"),
        ((silent(connected=False),), 0, "shard 4 is not connected"),
        ((silent(), silent(id=5, connected=False)), 9e9, "shard 5 is not connected"),
        ((silent(),), 9e9, "shard 4 received nothing for 15 min"),
        ((silent(899),), 5e9, ""),
        ((silent(899),), 5e9 + 1e6, "event loop lag 5 s"),
    ],
    ids=["clock set back", "1 s", "unknown time", "away before deaf", "deaf before lag", "5 s of lag", "more lag"],
)
def test_the_gravest_problem_is_named(shards: tuple[ShardSnapshot, ...], lag_ns: float, wrong: str) -> None:
    """A lost connection, then a silence, then a lag of more than 5 s at p99."""
    lag = LoopLag(0, int(lag_ns), int(lag_ns))
    assert what_is_wrong(ConnectionSnapshot(shards, None, None, None, None), lag, AT) == wrong


def test_an_outage_that_ends_with_the_period_has_its_end() -> None:
    """One that began just before the end counts, and one that ended just after the begin too."""
    over = Spans(Period.DAY, int(AT - DAY), int(AT), None, None, None)
    subject = Subject(SubjectKind.SHARD, "2")

    def kept(since: float, until: float | None) -> FindingKept:
        return FindingKept(Finding("shard_disconnected", subject, Severity.CRITICAL, "", since, until), None)

    what = "shard 2 not connected"
    told = outages(
        [kept(AT - DAY - 9, AT - DAY + 1), kept(AT - 60, AT), kept(AT - 1, None)], [], over._replace(instances=2)
    )
    assert told == (
        Outage(AT - 60, AT, what, ""),
        Outage(AT - 1, None, what, ""),
        Outage(AT - DAY, AT - DAY + 1, what, ""),
    )


@pytest.mark.parametrize(
    ("silence_s", "expected"),
    [(600, Update("b", 100, "a", 0)), (601, Update("a", 4_990, "b", 100))],
    ids=["still alive", "silent"],
)
def test_a_release_is_silent_after_ten_minutes(silence_s: float, expected: Update) -> None:
    """Only then have new instances brought the old release back."""
    starts = [
        StartSeen(0, "pod1", "a", 90),
        StartSeen(100, "pod2", "b", 5_000),
        StartSeen(4_990, "pod3", "a", 5_000 + silence_s),
    ]
    assert last_update(starts) == expected


def line(begin_mb: float, mb_an_hour: float, hours: int = 288) -> list[tuple[float, float]]:
    """An even growth up to now, one point an hour."""
    return [(AT - (hours - n) * HOUR, (begin_mb + mb_an_hour * n) * MB) for n in range(hours + 1)]


@pytest.mark.parametrize(
    ("limit_mb", "crossings"),
    [(487, []), (488.5, ["limit"]), (488 + 2_870, ["limit"]), (488 + 2_890, [])],
    ids=["reached", "next", "ten times as long", "longer"],
)
def test_a_limit_ahead_is_told_up_to_ten_times_the_span(limit_mb: float, crossings: list[str]) -> None:
    """A limit that is reached already, or is further ahead, is not."""
    found = growth(line(200, 1), {}, {"limit": limit_mb * MB}, AT)
    assert found is not None and [crossing.what for crossing in found.crossings] == crossings


def test_two_limits_are_told_nearest_first() -> None:
    """In one sentence, each with its time."""
    found = growth(line(200, 1), {}, {"800 MB": 800.0 * MB, "500 MB": 500.0 * MB}, AT)
    assert found is not None
    assert found.sentences == (
        "Memory has grown 24 MB a day since 12 Nov; at this rate it reaches 500 MB in 12 h and 800 MB on 7 Dec."
    )


def saw(lives: int, hours: int = 24, mb_an_hour: float = 10) -> tuple[list[tuple[float, float]], list[float]]:
    """The same growth after every restart, the last of them `hours` before now."""
    first = AT - lives * hours * HOUR
    points = [(first + n * HOUR, (100 + mb_an_hour * (n % hours)) * MB) for n in range(lives * hours)]
    return points, [first + life * hours * HOUR for life in range(lives)]


@pytest.mark.parametrize(
    ("limits", "crossings"),
    [({}, []), ({"a": 320.0}, []), ({"b": 335.0, "a": 332.0}, ["a", "b"]), ({"far": 900.0}, [])],
    ids=["none", "reached", "near", "after the next restart"],
)
def test_growth_of_all_lives_tells_limits_up_to_the_next_restart(
    limits: dict[str, float], crossings: list[str]
) -> None:
    """Nearest first; without one the sentence ends with the time since when."""
    points, starts = saw(5)
    found = growth(points, {}, {what: limit * MB for what, limit in limits.items()}, AT - HOUR, starts=starts)
    assert found is not None and found.companions == ()
    assert [crossing.what for crossing in found.crossings] == crossings
    told = "Memory grows 10 MB an hour after each restart (5 since 19 Nov)"
    reaches = "; at this rate it reaches a in 12 min and b in 30 min." if crossings else "."
    assert found.sentences == f"{told}{reaches}"
