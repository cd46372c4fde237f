"""Snapshots and their judgement, built by hand: for every test that needs something to show."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from plugin.histogram import TICK_NS, Histogram
from plugin.measures import JUDGED, present
from plugin.model import (
    PROCESS,
    BackgroundSnapshot,
    CogHealth,
    CommandHealth,
    CommandKey,
    CommandKind,
    CommandSnapshot,
    ConnectionSnapshot,
    Denials,
    ErrorGroup,
    Finding,
    Health,
    Holding,
    Judged,
    ListenerHealth,
    ListenerSnapshot,
    LoopBlock,
    LoopLag,
    LoopSnapshot,
    Misses,
    MonitorCost,
    MonitorState,
    Place,
    RecentAnswers,
    RecentCalls,
    ResourceSample,
    RestSnapshot,
    RouteSnapshot,
    Sample,
    Severity,
    ShardSnapshot,
    Snapshot,
    StageSnapshot,
    Subject,
    SubjectKind,
    TaskGroupSnapshot,
    TaskGrowth,
    TaskHealth,
    TaskKind,
    error_rate,
)

AT = 1_750_000_000.0
"""The moment of every snapshot: 15 June 2025, 15:06:40 UTC."""

MS = 1_000_000
UNKNOWN = Judged(None, None, None, Severity.UNKNOWN)
BOUNDS = {
    "loop_lag_s": (50, 250),
    "memory_bytes": (400, 500),
    "cpu_share": (60, 80),
    "latency_s": (150, 300),
    "connected_share": (99.9, 99),
}
"""Target and threshold of measures that these bots have, in the units in which they are shown."""
NO_CONNECTION = ConnectionSnapshot(None, None, None, None, None)


def a_command(
    name: str = "ping",
    cog: str | None = "general",
    kind: CommandKind = CommandKind.SLASH,
    outcomes: tuple[int, int, int, int] = (0, 0, 0, 0),
    times_ms: Sequence[float] = (),
    errors: tuple[ErrorGroup, ...] = (),
    denials: tuple[Denials, ...] = (),
    in_flight: int = 0,
    deferred: bool = False,
) -> CommandSnapshot:
    """A command that answers in the times given, repeated until there is one for each `ok` and `error`.

    It runs as long again; where it is `deferred`, it defers in 40 ms.
    """
    ran = outcomes[0] + outcomes[2]
    times_ns = [int(times_ms[n % len(times_ms)] * MS) for n in range(ran)] if times_ms else []
    durations = [2 * time for time in times_ns]
    responses = [40 * MS] * len(times_ns) if deferred else [] if kind is CommandKind.PREFIX else times_ns
    last_invoked = AT - 90 if any(outcomes) else None
    return CommandSnapshot(
        CommandKey(kind, name, cog),
        outcomes,
        in_flight,
        recent_answers([] if deferred else times_ns),
        recent_answers(times_ns if deferred else []),
        sum(durations),
        a_histogram(durations),
        a_histogram(responses),
        errors,
        denials,
        last_invoked,
    )


def recent_answers(times_ns: Sequence[int]) -> RecentAnswers:
    """Answers in these times."""
    window = times_ns[-100:]
    return RecentAnswers(len(times_ns), sum(times_ns), a_histogram(times_ns), window, sum(window))


def a_histogram(times_ns: Iterable[int]) -> Histogram:
    """A histogram of these durations in nanoseconds."""
    histogram = Histogram()
    for time_ns in times_ns:
        histogram.record(time_ns)
    return histogram


def an_error(
    kind: str = "ValueError", count: int = 1, file: str = "cogs/shop.py", seconds_ago: float = 200
) -> ErrorGroup:
    """Failures that share type and place."""
    return ErrorGroup(kind, Place(file, "buy", 41), count, AT - 90_000, AT - seconds_ago)


def a_sample(index: int, number: int) -> Sample:
    """One of so many samples, a minute apart, of a process that grows slowly and works in waves."""
    wave = 0.12 + 0.1 * math.sin(index / 5)
    resources = ResourceSample(180_000_000 + index * 300_000, 0.053, wave if index else None, 14, 82)
    return Sample(AT - 60 * (number - 1 - index), resources, 0.04, 12, 3_000, (0, 0, 0, 0))


def shards(latencies_s: Iterable[float | None]) -> tuple[ShardSnapshot, ...]:
    """Shards with these latencies; not connected where there is none."""
    return tuple(ShardSnapshot(n, latency is not None, latency) for n, latency in enumerate(latencies_s))


def a_route(
    route: str = "POST /channels/{channel}/messages",
    times_ms: Sequence[float] = (40, 60, 90),
    calls: int = 3,
    wait_ms: int = 0,
    limited: tuple[int, int, int] = (0, 0, 0),
    refused: int = 0,
    errors: int = 0,
) -> RouteSnapshot:
    """A route whose calls took the times that are given, in turn."""
    times_ns = [int(times_ms[n % len(times_ms)] * MS) for n in range(calls)]
    lately = RecentCalls(calls, wait_ms * MS, sum(limited), errors)
    return RouteSnapshot(
        route=route,
        calls=calls,
        failed=refused + errors,
        in_flight=1,
        latencies=a_histogram(times_ns),
        total_ns=sum(times_ns),
        waited=sum(limited),
        wait_ns=wait_ms * MS,
        longest_wait_ns=wait_ms * MS,
        rate_limited=limited,
        refused=refused,
        server_errors=errors,
        unanswered=errors // 2,
        retries=sum(limited) + errors,
        recent=lately,
    )


def a_snapshot(
    commands: tuple[CommandSnapshot, ...] = (),
    connection: ConnectionSnapshot = NO_CONNECTION,
    samples: int = 0,
    findings: tuple[Finding, ...] = (),
    monitor: MonitorState | None = None,
    uptime_s: float = 273_600,
    background: BackgroundSnapshot | None = None,
    rest: RestSnapshot | None = None,
) -> Snapshot:
    """A bot with these commands and their cogs."""
    cogs = tuple(dict.fromkeys(command.key.cog for command in commands if command.key.cog is not None))
    seen = tuple(a_sample(index, samples) for index in range(samples))
    monitor = monitor or MonitorState({}, {}, {})
    return Snapshot(AT, uptime_s, commands, cogs, seen, connection, findings, monitor, rest=rest, background=background)


def a_scheduled_task(
    name: str, runs: int = 0, error: ErrorGroup | None = None, stopped: str | None = None
) -> TaskGroupSnapshot:
    """A task of Lightbulb's that has run so often, and that stopped three hours ago if it has."""
    died = 0 if error is None else error.count
    counts = int(stopped is None), runs, died, 0
    stopped_at = None if stopped is None else AT - 10_800
    place = Place("cogs/shop.py", name, 36)
    return TaskGroupSnapshot(name, TaskKind.SCHEDULED, place, *counts, error, stopped, stopped_at, ())


def some_tasks(
    name: str, running: int, died: int = 0, error: ErrorGroup | None = None, file: str | None = "cogs/fun.py"
) -> TaskGroupSnapshot:
    """Asyncio tasks that run one function; of a library where there is no file."""
    place = None if file is None else Place(file, name, 12)
    course = ((AT - 10_800, running // 8), (AT, running))
    return TaskGroupSnapshot(name, TaskKind.ASYNCIO, place, running, 7, died, 1, error, None, None, course)


def a_listener(name: str, failures: int, error: ErrorGroup) -> ListenerSnapshot:
    """A listener that raised so often, now and then."""
    latest = tuple(AT - 60 * n for n in reversed(range(min(failures, 10))))
    return ListenerSnapshot("GuildMessageCreateEvent", name, failures, latest, error)


def a_block(what: str = "/shop buy", seconds_ago: float = 300, count: int = 3, call: str = "time.sleep") -> LoopBlock:
    """Times at which a command held the event loop."""
    place = Place("cogs/shop.py", "buy", 88)
    return LoopBlock(what, place, call, Holding.WAITING, count, 2000 * MS, 1200 * MS, AT - 9000, AT - seconds_ago)


def a_loop(*blocks: LoopBlock) -> LoopSnapshot:
    """An event loop that was held now and then."""
    lag, lately = LoopLag(600_000, 1_200_000, 1_150 * MS), LoopLag(550_000, 900_000, 3 * MS)
    return LoopSnapshot(lag, lately, blocks, 250 * MS, 1, 4000 * MS)


def judged(value: float | None, target: float, threshold: float) -> Judged:
    """A value against its target and threshold, where less is better unless the target is the higher one."""
    if value is None:
        return Judged(None, target, threshold, Severity.UNKNOWN)
    sense = 1 if target <= threshold else -1
    over = [sense * value > sense * bound for bound in (target, threshold)]
    return Judged(value, target, threshold, Severity(1 + sum(over)))


def a_command_health(command: CommandSnapshot) -> CommandHealth:
    """A command against answers of 1 s on average, or of 10 s after a defer, and 5 % of errors."""
    rate, deferred = command.error_rate, bool(command.deferred.number)
    mean_ns = (command.deferred if deferred else command.answers).mean_ns
    response = judged(None if mean_ns is None else mean_ns / MS, *((8000, 10_000) if deferred else (500, 1000)))
    errors = judged(None if rate is None else 100 * rate, 1, 5)
    return CommandHealth(command, response, errors, deferred, _latest([command]))


def _latest(commands: Iterable[CommandSnapshot]) -> tuple[int, int]:
    ok, _, error, _ = sums(commands)
    return ok, error


def a_cog_health(name: str | None, commands: Sequence[CommandHealth]) -> CogHealth:
    """The sums of a cog's commands and what is wrong with them."""
    outcomes = sums(judged.command for judged in commands)
    windows = [time for judged in commands for time in judged.command.answers.window_ns]
    severity = max((judged.severity for judged in commands), default=Severity.UNKNOWN)
    reasons = tuple(reason for judged in commands for reason in _reasons(judged))
    return CogHealth(name, len(commands), outcomes, sum(windows) / len(windows) if windows else None, severity, reasons)


def _reasons(health: CommandHealth) -> list[str]:
    name = health.command.key.name
    slow = health.response.severity > Severity.WELL
    failing = health.error_rate.severity > Severity.WELL
    return [
        *([f"{name} takes {health.response.value:,.0f} ms, limit 1,000 ms"] if slow else []),
        *([f"{name} fails in {health.error_rate.value:.1f} %, limit 5 %"] if failing else []),
    ]


def sums(commands: Iterable[CommandSnapshot]) -> tuple[int, int, int, int]:
    """Outcomes of several commands together."""
    columns = [sum(column) for column in zip(*(command.outcomes for command in commands), strict=True)]
    ok, denied, error, cancelled = columns or (0, 0, 0, 0)
    return ok, denied, error, cancelled


def a_health(snapshot: Snapshot) -> Health:
    """The snapshot, judged by simple rules: enough to be shown, not those of the project."""
    commands = tuple(map(a_command_health, snapshot.commands))
    by_cog: dict[str | None, list[CommandHealth]] = {cog: [] for cog in snapshot.cogs}
    for command in commands:
        by_cog.setdefault(command.command.key.cog, []).append(command)
    cogs = [a_cog_health(name, members) for name, members in by_cog.items()]
    cogs.sort(key=lambda cog: (-cog.severity, -sum(cog.outcomes)))
    reasons = tuple(reason for cog in cogs for reason in cog.reasons)
    severity = max((cog.severity for cog in cogs), default=Severity.UNKNOWN)
    limited = snapshot.rest is not None and any(route.recent.limited for route in snapshot.rest.routes)
    return Health(
        severity,
        reasons,
        **_whole(snapshot),
        cogs=tuple(cogs),
        commands=commands,
        rest_reasons=("POST /channels/…/messages is rate limited: 12 times in 10 min",) if limited else (),
        deaf=frozenset(shard.id for shard in snapshot.connection.shards or () if (shard.silence_s or 0) > 900),
        latest=_latest(snapshot.commands),
        **_work(snapshot),
    )


def _work(snapshot: Snapshot) -> Mapping[str, Any]:
    background = snapshot.background or BackgroundSnapshot(None, (), ())
    listeners = sorted(background.listeners, key=lambda listener: -listener.failures)
    return {
        "tasks": tuple(map(_task, sorted(background.tasks, key=lambda group: group.stopped is None))),
        "listeners": tuple(ListenerHealth(found, Severity(1 + (found.failures >= 10))) for found in listeners),
    }


def _task(group: TaskGroupSnapshot) -> TaskHealth:
    growth = TaskGrowth(AT - 10_800, group.course[0][1], group.running) if group.running >= 90 else None
    troubled = group.stopped is not None or growth is not None or group.error is not None
    return TaskHealth(group, Severity.WARNING if troubled else Severity.WELL, growth)


def _whole(snapshot: Snapshot) -> Mapping[str, Any]:
    windows = [time for command in snapshot.commands for time in command.answers.window_ns]
    rate = error_rate(sums(snapshot.commands))
    return {
        "measured": {
            measure.name: judged(shown.scaled(present(measure, snapshot)), *BOUNDS.get(measure.name, (1, 2)))
            for measure, shown, _ in JUDGED
        },
        "response_ms": judged(sum(windows) / len(windows) / MS if windows else None, 500, 1000),
        "error_rate_percent": judged(None if rate is None else 100 * rate, 1, 5),
        "shards": tuple(map(_shard, snapshot.connection.shards or ())),
    }


def _shard(shard: ShardSnapshot) -> Judged:
    if not shard.connected:
        return Judged(None, 150, 300, Severity.CRITICAL)
    return judged(None if shard.latency_s is None else shard.latency_s * 1000, 150, 300)


def an_alert(index: int = 0, subject: str | None = "/trade offer") -> Finding:
    """A slow command."""
    return over("slow_command", subject, 3200 + index, 1000, "ms", AT - 600 - index)


def over(rule: str, command: str | None, value: float, threshold: float, unit: str, since: float = 0) -> Finding:
    """A value that crossed a threshold, of a command or of the process."""
    subject = PROCESS if command is None else Subject(SubjectKind.COMMAND, command)
    evidence = (("invocations", 40.0),)
    return Finding(rule, subject, Severity.CRITICAL, "over", since, None, value, threshold, unit, evidence)


def slow_stages() -> StageSnapshot:
    """A command that is too late now and then, since it asks a market before it answers."""
    split_ms = (4, 180, 2100, 240, 90, 2000, 60)
    misses = Misses(9, 3, 2, 1, 6_000 * MS, 1_840 * MS, (9 * MS, 2_000 * MS, 30_000 * MS, 3_000 * MS, 0), 4_200 * MS)
    place = Place("services/market/prices/client.py", "Market.price", 88)
    return StageSnapshot([ms * MS // TICK_NS for ms in split_ms], 41, misses, ((place, 230),))


def empty_bot() -> Snapshot:
    """A bot that was started a moment ago and knows nothing of itself."""
    return a_snapshot(uptime_s=12, background=BackgroundSnapshot(None, (), ()))


def small_bot() -> Snapshot:
    """A bot with a handful of commands, one of which fails and one of which is slow."""
    commands = (
        a_command(
            "shop buy",
            "economy",
            outcomes=(4180, 20, 11, 0),
            times_ms=(80, 120, 95, 142, 310),
            in_flight=1,
            errors=(an_error(count=8), an_error("sqlite3.OperationalError", 3, "cogs/db.py", 7300)),
            denials=(Denials("lightbulb.errors.CommandIsOnCooldown", 17), Denials("NotEnoughArguments", 3)),
        ),
        a_command(
            "trade offer",
            "economy",
            outcomes=(190, 4, 21, 2),
            times_ms=(2100, 3400, 1900, 4800),
            errors=(an_error("aiohttp.ClientConnectorError", 21, "services/market/prices/client.py", 40),),
            denials=(Denials("lightbulb.errors.MissingRequiredPermission", 4),),
        )._replace(stages=slow_stages()),
        a_command("ping", "general", CommandKind.PREFIX, outcomes=(1204, 0, 0, 0), times_ms=(0.4, 0.5, 0.9)),
        a_command("Inspect", "moderation", CommandKind.USER, outcomes=(31, 0, 0, 0), times_ms=(45,)),
        a_command("Translate", None, CommandKind.MESSAGE, outcomes=(7, 0, 0, 0), times_ms=(420, 610)),
        a_command("ban", "moderation"),
    )
    connected, away = shards((0.084, None))
    connected = connected._replace(silence_s=1320, disconnects=7, resumes=6, new_sessions=1)
    connected = connected._replace(close_codes=((4000, 5), (4009, 1)))
    connection = ConnectionSnapshot((connected, away), 1204, 480_112, 812_304, 0.9997, 987, 1000)
    rest = RestSnapshot(
        (
            a_route("POST /interactions/{interaction}/{token}/callback", (60, 80, 210), 5670, refused=14),
            a_route("POST /channels/{channel}/messages", (90, 120), 1204, 42_000, (10, 1, 1), 3, 8),
            a_route("PUT /guilds/{guild}/members/{user}/roles/{role}", (140,), 31, 900, (2, 0, 0)),
            a_route("GET /gateway/bot", (61,), 1),
        ),
        41,
    )
    monitor = MonitorState({}, {}, {"rest": "the bot has no REST client that can be measured"})
    made = a_snapshot(commands, connection, 120, (an_alert(),), monitor, background=_some_work(), rest=rest)
    return replace(made, loop=_some_blocks(), cost=_a_cost())


def _some_blocks() -> LoopSnapshot:
    return a_loop(
        a_block(),
        a_block("task refresh prices", 9000, 1, ""),
        LoopBlock("", None, "", Holding.LOCKING, 1, 400 * MS, 400 * MS, AT - 90_000, AT - 90_000),
    )


def _a_cost() -> MonitorCost:
    processor_ns = {"watchdog": 300_000 * MS, "sampler": 90_000 * MS}
    return MonitorCost(
        processor_ns, 273_600_000 * MS, 9_120_000, 310_000, {"invocations in flight": (1, 10_000)}, (28, 60)
    )


def _some_work() -> BackgroundSnapshot:
    """A task that stopped, one that fails and goes on, one that is well; tasks that pile up, and some that died."""
    refused = an_error("aiohttp.ClientConnectorError", 3, "services/market/prices/client.py", 240)
    tasks = (
        a_scheduled_task("restock", 214, an_error("KeyError", 1, "cogs/shop.py", 10_800), "after 1 failure"),
        a_scheduled_task("fetch_market_prices", 1204, refused),
        a_scheduled_task("backup", 76),
        some_tasks("remind", 94),
        some_tasks("Giveaway.end", 3, 2, an_error("hikari.ForbiddenError", 2, "cogs/fun.py", 900)),
        some_tasks("heartbeat", 1),
        some_tasks("GatewayShardImpl._keep_alive", 2, file=None),
    )
    listener = a_listener("on_message", 132, an_error("AttributeError", 12, "cogs/log.py"))
    return BackgroundSnapshot(1_204, tasks, (listener,))


HOSTILE = (
    "```",
    "`@everyone`",
    "<@123456789012345678>",
    "**bold** __under__ ||spoiler||",
    "\u202eevil\u202c \u2066name",
    "שלום עולם מה נשמע היום חבר שלי",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "Z\u0351\u0352\u0353a\u0354\u0355\u0356l\u0357\u0358g\u0359o\u035a",
    "\u200b\u200b\u200b",
    "[link](https://example.com)",
    "line\nbreak\ttab",
    "🧑‍🚀🏳️‍🌈🎉",
)


@functools.cache  # a second of work, for some thirty tests
def large_bot() -> Snapshot:
    """A bot with 1,000 commands in 300 cogs on 250 shards, 50 alerts, and names that want to break the page."""
    commands = tuple(map(_one_of_many, range(1000)))
    connection = ConnectionSnapshot(
        shards(None if n % 50 == 7 else 0.04 + n % 30 / 100 for n in range(250)),
        612_345,
        48_123_456,
        9_812_304_555,
        0.9,
    )
    faults = {f"instrument {HOSTILE[n % len(HOSTILE)]} {n}": n for n in range(40)}
    monitor = MonitorState(faults, {"commands": 1_234_567}, {name: f"because of {name}" for name in HOSTILE})
    alerts = tuple(an_alert(n, HOSTILE[n % len(HOSTILE)]) for n in range(50))
    routes = tuple(
        a_route(
            f"GET /{HOSTILE[n % len(HOSTILE)]}/{n}", (n * 37 % 9000 + 1,), n * 7, n * 10**9, (n, n * 10**6, n), n, n
        )
        for n in range(201)
    )
    rest = RestSnapshot(routes, 12_345)
    made = a_snapshot(commands, connection, 1440, alerts, monitor, background=_much_work(), rest=rest)
    return replace(made, loop=a_loop(*(a_block(name, 60 * n, n + 1, name) for n, name in enumerate(HOSTILE))))


def _much_work() -> BackgroundSnapshot:
    errors = [an_error(f"mod.{name}", 7 * n + 1, f"cogs/{name}/{n}.py", 1000 * n) for n, name in enumerate(HOSTILE)]
    gave_up, named = "after 3 failures in a row", list(enumerate(HOSTILE))
    stopped = [a_scheduled_task(f"{name} {n}", 10**n, errors[n], gave_up) for n, name in named]
    waiting = [some_tasks(f"outer.<locals>.{name}", 9**n, n, errors[n] if n else None) for n, name in named]
    listeners = [a_listener(f"Cog.{HOSTILE[n % 12]}{n}", 7**n % 10**9 + 1, errors[n % 12]) for n in range(200)]
    return BackgroundSnapshot(48_123, (*stopped, *waiting), tuple(listeners))


def _one_of_many(n: int) -> CommandSnapshot:
    hostile = HOSTILE[n % len(HOSTILE)]
    errors = tuple(an_error(f"mod.{hostile}", n + k, f"cogs/{hostile}/{n}.py", n * k) for k in range(n % 4))
    failures = sum(group.count for group in errors) % 50
    denials = tuple(Denials(f"mod.{hostile}{k}", n * k + 1) for k in range(n % 3))
    outcomes = ((n * 7919) % 1500, sum(d.count for d in denials), failures, n % 2)
    kind = tuple(CommandKind)[n % 4]
    cog = f"{HOSTILE[n % 300 % 7]} {n % 300}"
    return a_command(f"{hostile} {n}"[:32], cog, kind, outcomes, (3 + n % 90, 40, n % 1700), errors, denials)
