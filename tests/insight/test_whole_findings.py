"""Findings of rules that judge one snapshot, compared field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.histogram import Histogram
from plugin.insight.health import judge
from plugin.insight.loop import lately_held
from plugin.model import (
    PROCESS,
    BackgroundSnapshot,
    ChannelLeft,
    Death,
    ErrorGroup,
    Finding,
    HistoryState,
    Holding,
    ListenerSnapshot,
    LoopBlock,
    LoopLag,
    LoopSnapshot,
    Misses,
    Place,
    RecentCalls,
    RestSnapshot,
    RouteSnapshot,
    Severity,
    Snapshot,
    StageSnapshot,
    Subject,
    SubjectKind,
    TaskGroupSnapshot,
    TaskKind,
    VoiceSnapshot,
)
from plugin.settings import Settings
from tests.insight.snapshots import MS, command, connection, shard, snapshot

AT = 1_700_000_000.0
SHARD_0 = Subject(SubjectKind.SHARD, "0")
WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL


def bot(**known: Any) -> Snapshot:
    """A bot that is well but for this."""
    return replace(snapshot(), at=AT, **known)


def monitored(**known: Any) -> Snapshot:
    """A bot with this state of the monitor itself."""
    return bot(monitor=replace(snapshot().monitor, **known))


def found(taken: Snapshot) -> list[Finding]:
    """All findings."""
    return list(judge(taken, Settings()).findings)


def reasons(taken: Snapshot) -> tuple[str, ...]:
    """All reasons."""
    return judge(taken, Settings()).reasons


def route(name: str, calls: int = 100, **lately: int) -> RouteSnapshot:
    """A route with these recent calls."""
    now = RecentCalls(**{"calls": calls, "wait_ns": 0, "limited": 0, "failed": 0, **lately})
    return RouteSnapshot(name, 100, 0, 0, Histogram(), 0, 0, 0, 0, (0, 0, 0), 0, 0, 0, 0, now)


def rest(*routes: RouteSnapshot, invalid: int = 0) -> Snapshot:
    """A bot with these REST calls."""
    return bot(rest=RestSnapshot(routes, invalid))


SILENT = shard()._replace(silence_s=1_200.0, longest_silence_s=60, missed=22)


@pytest.mark.parametrize(
    ("taken", "finding"),
    [
        (
            bot(connection=connection(SILENT)),
            Finding(
                "shard_deaf",
                SHARD_0,
                WARNING,
                "shard 0 is connected but received nothing for 20 min",
                AT - 1_200,
                value=1_200,
                unit="s",
                look_at="/performance",
            ),
        ),
        (
            bot(connection=connection()._replace(identifies_left=7, identifies_total=1_000)),
            Finding(
                "few_logins",
                PROCESS,
                WARNING,
                "only 7 of 1,000 logins left today",
                AT,
                value=7,
                look_at="/performance",
            ),
        ),
        (
            rest(invalid=2_500),
            Finding(
                "invalid_requests",
                PROCESS,
                WARNING,
                "2,500 invalid requests in 10 min, Discord bans at 10,000",
                AT,
                value=2_500,
                threshold=10_000,
                look_at="/performance",
            ),
        ),
        (
            rest(route("GET /x", 30, failed=5), route("GET /y", 20)),
            Finding(
                "discord_failing",
                PROCESS,
                WARNING,
                "Discord failed 5 requests in 10 min, most on GET /x",
                AT,
                value=5,
                evidence=(("calls", 50),),
                look_at="/performance",
            ),
        ),
        (
            rest(route("GET /x", limited=3), route("GET /y", wait_ns=999_000 * MS)),
            Finding(
                "rate_limited",
                Subject(SubjectKind.ROUTE, "GET /x"),
                WARNING,
                "GET /x is rate limited: 3 times in 10 min",
                AT,
                value=3,
                look_at="/performance",
            ),
        ),
        (
            rest(route("GET /x", 4, wait_ns=6_000 * MS)),
            Finding(
                "rate_limit_wait",
                Subject(SubjectKind.ROUTE, "GET /x"),
                WARNING,
                "GET /x is waiting for rate limits: 1.5 s per call",
                AT,
                value=1_500,
                unit="ms",
                look_at="/performance",
            ),
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, Finding) else "",
)
def test_a_problem_with_discord_is_one_finding(taken: Snapshot, finding: Finding) -> None:
    """It has its value, its unit, the numbers behind it, and the page to look at."""
    assert found(taken) == [finding]


def test_a_shard_that_is_away_counts_all_shards() -> None:
    """The finding begins with the loss of the connection, or now where the loss was not seen."""
    away = shard(connected=False)
    expected = Finding(
        "shard_disconnected",
        SHARD_0,
        CRITICAL,
        "shard 0 is not connected",
        AT - 50,
        evidence=(("shards", 2),),
        look_at="/performance",
    )
    others = shard(id=1)
    assert found(bot(connection=connection(away._replace(away_since=AT - 50), others))) == [expected]
    assert found(bot(connection=connection(away, others))) == [expected._replace(since=AT)]
    assert reasons(bot(connection=connection(away, others))) == ("1 of 2 shards not connected",)


@pytest.mark.parametrize(
    ("outage", "told"),
    [
        ((AT - 110, AT - 100), True),
        ((AT - 109.9, AT - 100), False),
        ((AT - 4_000, AT - 3_600), True),
        ((AT - 4_000, AT - 3_601), False),
    ],
    ids=["10 s", "9.9 s", "an hour ago", "longer ago"],
)
def test_an_outage_of_ten_seconds_is_told_for_an_hour(outage: tuple[float, float], told: bool) -> None:
    """Shorter outages are normal; the finding has both ends and is no longer a reason."""
    taken = bot(connection=connection(shard()._replace(last_outage=outage)))
    expected = Finding(
        "shard_disconnected",
        SHARD_0,
        CRITICAL,
        "shard 0 was not connected",
        *outage,
        evidence=(("shards", 1),),
        look_at="/performance",
    )
    assert found(taken) == ([expected] if told else [])
    assert reasons(taken) == ()


@pytest.mark.parametrize(("number", "often"), [(1, ""), (2, "2 in 7 d, ")])
def test_an_unclean_shutdown_is_counted_from_the_second_on(number: int, often: str) -> None:
    """The finding spans the time from the last heartbeat to the next start."""
    death = Death(AT - 7_800, AT - 7_200, "", None, number)
    history = HistoryState("golem.db", "host", "1.0", None, None, 0, 0, death=death)
    taken = monitored(history=history)
    assert found(taken) == [
        Finding(
            "unclean_shutdown",
            Subject(SubjectKind.INSTANCE, "host"),
            WARNING,
            "unclean shutdown, down for up to 10 min",
            AT - 7_800,
            AT - 7_200,
            evidence=(("in 7 d", number),),
            look_at="/health",
        )
    ]
    assert reasons(taken) == (f"unclean shutdown 2.2 h ago ({often}down for up to 10 min)",)


@pytest.mark.parametrize(
    ("at_once", "back_s", "severity", "sentence"),
    [
        (2, 60, WARNING, "unclean shutdown, down for up to 10 s"),
        (3, 60, CRITICAL, "3 unclean shutdowns within an hour, down for up to 10 s"),
        (3, 3600, CRITICAL, "3 unclean shutdowns within an hour, down for up to 10 s"),
        (3, 3601, WARNING, "unclean shutdown, down for up to 10 s"),
    ],
)
def test_a_crash_loop_is_critical(at_once: int, back_s: float, severity: Severity, sentence: str) -> None:
    """Until the bot has run for an hour."""
    death = Death(AT - back_s - 10, AT - back_s, "", None, 5, at_once)
    history = HistoryState("golem.db", "host", "1.0", None, None, 0, 0, death=death)
    (told,) = found(monitored(history=history))
    assert (told.severity, told.sentence) == (severity, sentence)


@pytest.mark.parametrize(
    ("field", "counts", "rule", "sentence"),
    [
        ("faults", {"rest": 1}, "monitor_errors", "1 monitor error"),
        ("faults", {"rest": 1, "loop": 2}, "monitor_errors", "3 monitor errors"),
        ("dropped", {"errors": 1}, "monitor_dropped", "the monitor dropped 1 record"),
        ("dropped", {"errors": 1, "events": 1}, "monitor_dropped", "the monitor dropped 2 records"),
    ],
)
def test_a_problem_of_the_monitor_is_told_by_part(field: str, counts: dict[str, int], rule: str, sentence: str) -> None:
    """The value is the sum over all parts, and the evidence is the count of each part."""
    assert found(monitored(**{field: counts})) == [
        Finding(
            rule,
            Subject(SubjectKind.MONITOR),
            WARNING,
            sentence,
            AT,
            value=sum(counts.values()),
            evidence=tuple(counts.items()),
            look_at="/health",
        )
    ]


def block(what: str, longest_ms: int = 1_200, first_ago_s: float = 90, last_ago_s: float = 60) -> LoopBlock:
    """Three blocks of the event loop by the same cause."""
    longest_ns = longest_ms * MS
    return LoopBlock(what, None, "", Holding.WAITING, 3, 2 * longest_ns, longest_ns, AT - first_ago_s, AT - last_ago_s)


def blocked(*blocks: LoopBlock) -> Snapshot:
    """A bot whose event loop was blocked."""
    lag = LoopLag(MS, MS, 900 * MS)
    return bot(loop=LoopSnapshot(lag, lag, blocks, 250 * MS, 0, 0))


@pytest.mark.parametrize(
    ("first_ago_s", "since"), [(3_600, AT - 3_600), (3_601, AT - 60)], ids=["an hour ago", "longer ago"]
)
def test_a_block_is_a_finding_from_its_first_to_its_last(first_ago_s: float, since: float) -> None:
    """A first block of more than an hour ago does not count: the finding then begins with the last."""
    assert found(blocked(block("/shop buy", first_ago_s=first_ago_s))) == [
        Finding(
            "loop_blocked",
            Subject(SubjectKind.LOOP, "/shop buy"),
            WARNING,
            "event loop blocked by /shop buy, up to 1.2 s",
            since,
            AT - 60,
            value=1_200,
            unit="ms",
            evidence=(("blocks", 3),),
            look_at="/health",
        )
    ]


def test_blocks_come_longest_first_and_unknown_code_is_called_so() -> None:
    """One reason names the longest and counts the others; without a loop there are no blocks."""
    taken = blocked(block("a", 300), block("", 2_000), block("b", 900))
    assert [one.what for one in lately_held(taken)] == ["", "b", "a"]
    assert found(taken)[0].sentence == "event loop blocked by unknown code, up to 2 s"
    assert reasons(taken) == ("event loop blocked by unknown code and 2 more, up to 2 s",)
    assert reasons(blocked(block(""))) == ("event loop blocked by unknown code, up to 1.2 s",)
    assert lately_held(bot()) == []


def failed(ago_s: float) -> ErrorGroup:
    """An error that was last seen so many seconds ago."""
    return ErrorGroup("KeyError", Place("shop.py", "buy", 40), 1, AT - 9_000, AT - ago_s)


def task(kind: TaskKind = TaskKind.SCHEDULED, **known: Any) -> TaskGroupSnapshot:
    """Tasks of one name, of which two died."""
    return TaskGroupSnapshot("restock", kind, None, 1, 5, 2, 0, None, None, None, ())._replace(**known)


@pytest.mark.parametrize(
    ("group", "rule", "sentence", "since", "until"),
    [
        (
            task(stopped="after 1 failure", stopped_at=AT - 99, error=failed(10)),
            "task_stopped",
            "task restock will not run again: KeyError in shop.py:40",
            AT - 99,
            None,
        ),
        (task(stopped="cancelled"), "task_stopped", "task restock will not run again", AT, None),
        (
            task(error=failed(3_600)),
            "scheduled_task_failed",
            "task restock failed: KeyError in shop.py:40",
            AT - 3_600,
            AT - 3_600,
        ),
        (
            task(TaskKind.ASYNCIO, error=failed(5)),
            "task_failed",
            "a task of restock failed: KeyError in shop.py:40",
            AT - 5,
            AT - 5,
        ),
    ],
    ids=["stopped", "stopped at an unknown time", "scheduled", "asyncio"],
)
def test_a_task_in_trouble_is_one_finding(
    group: TaskGroupSnapshot, rule: str, sentence: str, since: float, until: float | None
) -> None:
    """The value is how many of its tasks died."""
    assert found(bot(background=BackgroundSnapshot(1, (group,), ()))) == [
        Finding(
            rule,
            Subject(SubjectKind.TASK, "restock"),
            WARNING,
            sentence,
            since,
            until,
            value=2,
            look_at="/health",
        )
    ]


def test_tasks_that_pile_up_have_their_numbers() -> None:
    """The finding begins with the growth; the value is the number of now, beside the number at the begin."""
    course = tuple((AT - 900 * (119 - n), 12 + n) for n in range(120))
    taken = bot(background=BackgroundSnapshot(1, (task(TaskKind.ASYNCIO, course=course),), ()), uptime_s=200_000)
    assert found(taken) == [
        Finding(
            "tasks_piling_up",
            Subject(SubjectKind.TASK, "restock"),
            WARNING,
            "tasks of restock piling up: 12 to 131 in 1 d",
            AT - 900 * 119,
            value=131,
            evidence=(("before", 12),),
            look_at="/health",
        )
    ]


def test_a_failing_listener_is_a_finding_of_its_last_ten_failures() -> None:
    """Those before them tell neither the begin nor the span."""
    latest = (AT - 9_000, *(AT - 60 * n for n in range(11, 1, -1)))
    listener = ListenerSnapshot("Event", "Log.on_message", 40, latest, failed(120))
    assert found(bot(background=BackgroundSnapshot(1, (), (listener,)))) == [
        Finding(
            "listener_failing",
            Subject(SubjectKind.LISTENER, "Log.on_message"),
            WARNING,
            "listener Log.on_message failed 10 times in 11 min: KeyError in shop.py:40",
            AT - 660,
            AT - 120,
            value=40,
            look_at="/health",
        )
    ]


@pytest.mark.parametrize(
    ("usual_s", "within"), [(0.0, "1 s"), (1.0, "1 s"), (2.0, "2 s"), (90.0, "1 min")], ids=["0", "1", "2", "90"]
)
def test_a_voice_channel_is_proven_by_others(usual_s: float, within: str) -> None:
    """The evidence is how many others were removed, and how long they were empty at most."""
    left = ChannelLeft("52", AT - 900, 1_400, usual_s)
    assert found(bot(voice=VoiceSnapshot((left,)))) == [
        Finding(
            "voice_channel_left",
            Subject(SubjectKind.CHANNEL, "52"),
            WARNING,
            f"voice channel 52 left behind, empty for 15 min; 1,400 others were removed within {within}",
            AT - 900,
            value=900,
            unit="s",
            evidence=(("removed", 1_400), ("seconds empty at most", usual_s)),
            look_at="/performance system:voice",
        )
    ]


def test_several_voice_channels_are_one_reason() -> None:
    """The first is named; a single one is told in full."""
    left = [ChannelLeft(str(50 + n), AT - 900, 0, 0) for n in range(3)]
    assert reasons(bot(voice=VoiceSnapshot(tuple(left)))) == ("3 voice channels left behind, such as 50",)
    assert reasons(bot(voice=VoiceSnapshot(tuple(left[:1])))) == ("voice channel 50 left behind, empty for 15 min",)


def test_a_missed_deadline_is_a_finding_with_the_invocations() -> None:
    """Interactions that are still waiting count as missed; those that were never answered do not."""
    misses = Misses(2, 3, 50, 4, 0, 0, (0,) * 5, 0)
    shop = command("shop", ok=100)._replace(stages=StageSnapshot([], 0, misses, ()))
    assert [finding for finding in found(bot(commands=(shop,))) if finding.rule == "deadline_missed"] == [
        Finding(
            "deadline_missed",
            Subject(SubjectKind.COMMAND, "/shop"),
            WARNING,
            "/shop answered too late 9 times (Discord allows 3 s)",
            AT,
            value=9,
            evidence=(("invocations", 100),),
            look_at="/commandstats command:/shop",
        )
    ]
