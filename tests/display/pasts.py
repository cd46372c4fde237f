"""What history says, built by hand: of a bot that was updated, of a fleet, of one that has no history yet."""

from __future__ import annotations

import math
from collections.abc import Sequence

from plugin.insight.releases import WORST_FIRST
from plugin.measures import TOLD
from plugin.model import (
    NO_SUMS,
    PROCESS,
    AnswerSums,
    Change,
    ChangeVerdict,
    Finding,
    HistoryState,
    InstanceSeen,
    Judged,
    Period,
    Place,
    Severity,
    Spans,
    Trend,
)
from plugin.model.happenings import NOTHING_HAPPENED
from plugin.model.past import (
    AllTimeCounts,
    Availability,
    Crossing,
    ErrorReview,
    ErrorState,
    Fleet,
    InstanceHealth,
    InstanceState,
    MemoryGrowth,
    Outage,
    PastHealth,
    ReleaseReview,
    SeriesLevel,
    SinceStartPast,
    SpanPast,
    SpanReview,
)
from plugin.model.timeline import MomentWindow, Mover, Timeline, TimelineEntry
from tests.display.builders import AT, HOSTILE, MS, judged
from tests.display.past import a_difference

DAY = 86_400
MB = 1 << 20
NOBODY = Fleet(Severity.UNKNOWN, ())
NOTHING = Change(None, None, None, ChangeVerdict.UNKNOWN)
UNKNOWN = Judged(None, None, None, Severity.UNKNOWN)

KEPT = HistoryState("/srv/bots/golem/golem-history.db", "host-a", "1.4.2", None, None, 0, 0)
AWAY = HistoryState(
    "postgresql://golem@db.example.com/golem",
    "host-a",
    "1.4.2",
    AT - 720,
    "history at postgresql://golem@db.example.com/golem: the server cannot be reached: check that it is running "
    "and that GOLEM_DATABASE is right",
    12,
    3,
)

MENDED = KEPT._replace(
    warnings=(
        "golem-history.db lost its -wal file: everything was copied to a new file, the old one is "
        "golem-history.db.damaged-20261130-2011",
        'another process uses the instance name "host-a" too: give each its own (setting instance)',
    ),
    hint="history also has the instances 3f2a9c1b7d4e, a01b2c3d4e5f, host-b and 2 more: "
    "set instance to one of them to continue it",
)

GROWTH = MemoryGrowth(
    Trend(AT - 12 * DAY, AT, 212 * MB, 12 * MB / DAY),
    (Crossing("500 MB", AT + 24 * DAY),),
    ("cache entries",),
    "Memory has grown 12 MB a day since 3 Jun; at this rate it reaches 500 MB on 9 Jul. Cache entries grew with it.",
)


def an_instance(
    name: str,
    life: InstanceState = InstanceState.RUNS,
    shards: Sequence[int] = (),
    release: str = "1.4.2",
    seconds_ago: float = 20,
) -> InstanceHealth:
    """An instance that was last seen so long ago."""
    seen = AT - seconds_ago
    severity = {
        InstanceState.RUNS: Severity.WELL,
        InstanceState.LEFT: Severity.UNKNOWN,
        InstanceState.DEAD: Severity.CRITICAL,
    }[life]
    left = seen if life is InstanceState.LEFT else None
    status = "memory 212 MB, CPU 3 %, 2 alerts"
    seen_so = InstanceSeen(name, "boot", release, AT - 3.2 * DAY, seen, left, tuple(shards), status)
    return InstanceHealth(seen_so, life, False, severity)


def small_health() -> PastHealth:
    """An update that made one command slow and one fail, and an instance that died."""
    findings = (
        a_difference("failing_more", "/trade offer", "/trade offer: fails 0.4 % → 9.9 % since 1.4.2"),
        a_difference("slower", "/shop buy", "/shop buy: p95 120 ms → 480 ms since 1.4.2"),
        a_difference("faster", "/ping", "/ping: p95 4 ms → 1 ms since 1.4.2"),
    )
    place = Place("services/market/prices/client.py", "fetch", 41)
    errors = (
        ErrorReview(ErrorState.NEW, "aiohttp.ClientConnectorError", place, 21, AT - DAY, AT - 40, ("/trade offer",)),
        ErrorReview(ErrorState.REGRESSED, "KeyError", Place("cogs/db.py", "get", 7), 3, 0, AT - 7300, ("/shop buy",)),
        ErrorReview(ErrorState.ONGOING, "ValueError", Place("cogs/shop.py", "buy", 41), 8, 0, AT - 200, ("/shop buy",)),
        ErrorReview(ErrorState.GONE, "TypeError", None, 120, 0, AT - 4 * DAY, ()),
    )
    instances = (
        an_instance("host-b", InstanceState.DEAD, range(4, 8), seconds_ago=720),
        an_instance("host-a", shards=[0, 1, 2, 3, 9]),
        an_instance("host-c", InstanceState.LEFT, release="1.4.1", seconds_ago=2 * DAY),
    )
    release = ReleaseReview("1.4.2", AT - 3.2 * DAY, "1.4.1", findings)
    return PastHealth(release, errors, "since 1.4.2", GROWTH, Fleet(Severity.CRITICAL, instances))


def large_health() -> PastHealth:
    """64 instances, hundreds of findings and errors, and names that want to break the page."""
    findings = tuple(
        a_difference(
            WORST_FIRST[n % 4], f"{HOSTILE[n % 12]} {n}", f"/{HOSTILE[n % 12]} {n}: p95 120 ms → {n} s since 2"
        )
        for n in range(300)
    )
    errors = tuple(
        ErrorReview(
            ErrorState(n // 100),
            f"mod.{HOSTILE[n % 12]}",
            Place(f"cogs/{HOSTILE[n % 12]}/{n}.py", HOSTILE[n % 12], n),
            10**n if n < 12 else n,
            0,
            AT - n * 1000,
            (HOSTILE[n % 12],) * 9,
        )
        for n in range(400)
    )
    lives = [InstanceState.DEAD] * 5 + [InstanceState.RUNS] * 54 + [InstanceState.LEFT] * 5
    instances = tuple(
        an_instance(
            f"{HOSTILE[n % 12]} {n}", life, range(n * 16, n * 16 + 16, 1 + n % 3), f"v{HOSTILE[n % 12]}", n * 999
        )
        for n, life in enumerate(lives)
    )
    release = ReleaseReview("`@everyone` **2**" * 9, AT - DAY, HOSTILE[5], findings)
    return PastHealth(release, errors, "since `@everyone` **2**", GROWTH, Fleet(Severity.CRITICAL, instances))


def empty_health() -> PastHealth:
    """History that has just begun."""
    return PastHealth(None, (), "in the last 24 h", None, NOBODY)


def a_level(
    low: float, high: float, before: float | None, scale: float, target: float, threshold: float
) -> SeriesLevel:
    """A level that rises in waves over 24 hours; its threshold is in a unit so many times smaller."""
    middle = (low + high) / 2
    values = [low + (high - low) * (0.5 + 0.4 * math.sin(n / 9) + n / 960) for n in range(96)]
    course = [(AT - DAY + 900 * n, value if n != 40 else None) for n, value in enumerate(values)]
    verdict = ChangeVerdict.WORSE if before is not None and middle > 1.2 * before else ChangeVerdict.SAME
    return SeriesLevel(
        judged(middle * scale, target, threshold), Change(before, middle, 0.001, verdict), low, high, course
    )


def levels(memory: SeriesLevel, cpu: SeriesLevel, latency: SeriesLevel, guilds: SeriesLevel) -> dict[str, SeriesLevel]:
    """What was measured, by the names of the measures; of others nothing is known."""
    connected = NO_LEVEL if memory is NO_LEVEL else a_level(0.9996, 1.0, 0.9871, 100, 99.9, 99)
    return {measure.name: NO_LEVEL for measure, _ in TOLD} | {
        "memory_bytes": memory,
        "cpu_share": cpu,
        "latency_s": latency,
        "connected_share": connected,
        "guilds": guilds,
    }


NO_LEVEL = SeriesLevel(UNKNOWN, NOTHING, None, None, ())


def small_span() -> SpanReview:
    """24 hours in which memory rose and commands failed more than the day before."""
    guilds = a_level(1190, 1218, 1201, 1, 1, 1)._replace(judged=UNKNOWN._replace(value=1204))
    hours = [AT - DAY + 3600 * n for n in range(24)]
    return SpanReview(
        Spans(Period.DAY, int(AT) - DAY, int(AT), int(AT) - 2 * DAY, int(AT) - 9 * DAY, None),
        judged(961, 500, 1000),
        judged(2.3, 1, 5),
        levels(
            a_level(212 * MB, 260 * MB, 180 * MB, 1 / MB, 400, 500),
            a_level(0.02, 0.31, 0.15, 100, 60, 80),
            a_level(0.061, 0.12, 0.088, 1000, 150, 300),
            guilds,
        ),
        Change(790_001, 812_304, 0.2, ChangeVerdict.SAME),
        Change(40_007, 42_180, 0.2, ChangeVerdict.SAME),
        Change(0.004, 0.023, 0.0001, ChangeVerdict.WORSE),
        Change(940 * MS, 961 * MS, 0.3, ChangeVerdict.SAME),
        Change(4200 * MS, 2100 * MS, 0.0001, ChangeVerdict.BETTER),
        [(hour, 900 + 700 * math.sin(n / 4)) for n, hour in enumerate(hours)],
        [(hour, 0.023 if n > 12 else 0.004 if n % 3 else None) for n, hour in enumerate(hours)],
        NOTHING_HAPPENED,
        judged(3120, 10_000, 20_000),
        Change(2840 * MS, 3120 * MS, None, ChangeVerdict.UNKNOWN),
    )


def large_span() -> SpanReview:
    """A fleet over all time, with numbers as large as they get and no span before."""
    found = levels(
        a_level(3e9, 8e9, None, 1 / MB, 400, 500),
        a_level(1.5, 31.9, None, 100, 60, 80),
        a_level(0.4, 3.3, None, 1000, 150, 300),
        a_level(580_000, 612_345, None, 1, 1, 1)._replace(judged=UNKNOWN._replace(value=600_000)),
    )
    spans = Spans(Period.ALL, int(AT) - 700 * DAY, int(AT), None, int(AT) - 700 * DAY, 64)
    count = Change(None, 98_123_045_551, None, ChangeVerdict.UNKNOWN)
    slow = Change(None, 4.2e12, None, ChangeVerdict.UNKNOWN)
    return small_span()._replace(
        spans=spans,
        levels=found,
        messages=count,
        invocations=count,
        mean_ns=slow,
        p95_ns=slow,
        deferred_ns=slow,
    )


def empty_span() -> SpanReview:
    """A period of which history has nothing yet."""
    spans = Spans(Period.WEEK, int(AT) - 7 * DAY, int(AT), None, None, None)
    none, nothing = Change(None, 0, None, ChangeVerdict.UNKNOWN), levels(*[NO_LEVEL] * 4)
    return SpanReview(
        spans, UNKNOWN, UNKNOWN, nothing, NOTHING, none, NOTHING, NOTHING, NOTHING, (), (), NOTHING_HAPPENED
    )


def small_lately() -> SinceStartPast:
    """Half a year of counts, and a fleet with a dead instance."""
    ever = AllTimeCounts(AT - 190 * DAY, (812_304, 3204, 2800, 5), AnswerSums(812_304, 812_304 * 95 * MS))
    return SinceStartPast(small_span(), ever, GROWTH, small_health().fleet)


def large_lately() -> SinceStartPast:
    """Years of counts."""
    ever = AllTimeCounts(AT - 700 * DAY, (98_123_045_551, 9_812_304_555, 1, 0), AnswerSums(98_123_045_552, 10**20))
    return SinceStartPast(large_span(), ever, GROWTH, large_health().fleet)


def empty_lately() -> SinceStartPast:
    """Nothing was ever kept."""
    return SinceStartPast(empty_span(), AllTimeCounts(None, (0, 0, 0, 0), NO_SUMS), None, NOBODY)


def a_span_past(review: SpanReview, lately: SinceStartPast) -> SpanPast:
    """The review of a period with what else is known."""
    days = range(int(AT) - DAY, int(AT) - 9 * DAY, -DAY)
    away = (
        Outage(AT - 3600, None, "shard 3 not connected", ""),
        *(Outage(at, at + 240, "down after an unclean shutdown", "host-a") for at in days),
    )
    availability = Availability(judged(95.56, 99.9, 99), DAY, 86.4, 240, 0, 3600)
    return SpanPast(review, lately.growth, lately.fleet, outages=away, availability=availability)


LAST_STATUS = "unclean shutdown; last status: memory 254 MB (98 % of total), CPU 4 %, 1 alert, running /report"


STORY = (
    "down for up to 2 min after an unclean shutdown, then back with release 1.4.2, was 1.4.1",
    "before it: shard 0 is not connected, then event loop blocked by /report at cogs/report.py:88, 3 times",
    "last status: memory 254 MB (98 % of total), CPU 4 %, 1 alert, running /report (possibly out of memory)",
)


def a_night() -> Timeline:
    """A bot that lost a shard, failed, died, and came back with a new release."""
    start = int(AT) // 60 * 60 - 450
    window = MomentWindow(start + 450, start, start + 900)
    effects = (
        TimelineEntry(start + 70, Severity.CRITICAL, "/shop buy: error rate 40 % is over 10 %", start + 300),
        TimelineEntry(start + 90, Severity.WARNING, "4 interactions were answered too late", start + 100),
    )
    entries = (
        TimelineEntry(start - 9 * DAY, Severity.CRITICAL, "unclean shutdown, not started since", instance="host-b"),
        TimelineEntry(start - 3600, Severity.UNKNOWN, "stopped", start + 2 * DAY, instance="host-c"),
        TimelineEntry(start + 60, Severity.CRITICAL, "shard 0 is not connected", start + 240, parts=effects),
        TimelineEntry(start + 130, Severity.WARNING, "new error: KeyError in cogs/shop.py:9 in /shop buy, 21 times"),
        TimelineEntry(start + 180, Severity.WARNING, "event loop blocked by /report at cogs/report.py:88, 3 times"),
        TimelineEntry(
            start + 300,
            Severity.CRITICAL,
            LAST_STATUS,
            start + 420,
        ),
        TimelineEntry(start + 420, Severity.UNKNOWN, "started with release 1.4.2, was 1.4.1", instance="host-a"),
    )
    movers = (
        Mover("memory_bytes", "By", False, 254 * MB, 118 * MB, 120 * MB, 30.0),
        Mover('rest_calls{route="POST /channels/{channel}/messages"}', "{call}", True, 0.4, 12.0, None, 9.0),
        Mover("loop_lag_s", "s", False, 0.42, 0.004, 0.004, 8.0),
    )
    growing = Finding(
        "memory_growth", PROCESS, Severity.WARNING, "Memory has grown 12 MB a day since 12 Nov.", AT - 9 * DAY
    )
    return Timeline(window, entries, movers, 60, True, (growing,), story=STORY)


def a_quiet_hour() -> Timeline:
    """Long ago, of which only hours are kept."""
    start = int(AT) // 60 * 60 - 40 * DAY
    hour = start // 3600 * 3600
    return Timeline(MomentWindow(start + 450, hour, hour + 3600), (), (), 3600, True)


def a_hostile_night() -> Timeline:
    """As much as a page may be told, by names that want to break it."""
    night = a_night()
    entries = tuple(
        TimelineEntry(
            night.window.start + number,
            Severity(number % 4),
            f"{HOSTILE[number % 12]} " * 9,
            None,
            HOSTILE[number % 12],
            night.entries[2].parts if number < 10 else (),
            number % 2,
        )
        for number in range(60)
    )
    movers = tuple(Mover(HOSTILE[number] * 5, HOSTILE[number], False, math.pi, None, 1e9, 9.0) for number in range(5))
    story = (f"{' '.join(HOSTILE)} " * 9,) * 3
    return night._replace(entries=entries, movers=movers, standing=night.standing * 30, story=story)
