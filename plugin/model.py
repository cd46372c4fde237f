"""The vocabulary that crosses rooms: what was seen, in records without logic of their own."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from plugin.histogram import TICK_NS, Histogram, nearest_rank

T = TypeVar("T")


class Outcome(enum.IntEnum):
    """How an invocation ended."""

    OK = 0
    DENIED = 1
    """A failed check, cooldown, concurrency limit or bad argument: the user's, not a bug."""
    ERROR = 2
    """An exception: the bot's fault."""
    CANCELLED = 3


class CommandKind(enum.Enum):
    """How a command is called."""

    SLASH = "slash"
    USER = "user"
    MESSAGE = "message"
    PREFIX = "prefix"
    BACKGROUND = "background"
    """No command, but a task or a listener that fails like one; its name says what it is."""

    __hash__ = object.__hash__  # Enum's own is a Python function, and every look-up of a command would call it


class Severity(enum.IntEnum):
    """The one colour code of every page; a higher value is worse."""

    UNKNOWN = 0
    WELL = 1
    WARNING = 2
    CRITICAL = 3


class Period(enum.Enum):
    """How far a page looks back."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def seconds(self) -> int | None:
        """Its length; None is all there ever was."""
        return _PERIODS_S[self]


_PERIODS_S = {
    Period.HOUR: 3600,
    Period.DAY: 86_400,
    Period.WEEK: 7 * 86_400,
    Period.MONTH: 30 * 86_400,
    Period.ALL: None,
}


class CommandKey(NamedTuple):
    """What a command is counted under."""

    kind: CommandKind
    name: str
    """Qualified name, such as `shop buy`."""
    cog: str | None
    """Lightbulb 2 plugin or Lightbulb 3 extension; None for a command that belongs to none."""


class Place(NamedTuple):
    """Where an exception was raised: the innermost frame of the bot's own code."""

    file: str
    """Relative to the working directory where it lies below it."""
    function: str
    line: int


class Stage(enum.IntEnum):
    """What the time of an interaction went to, from its receipt on; all but the last lie before the first response."""

    LOOP = 0
    """Waiting for the event loop."""
    CHECKS = 1
    """Checks, cooldowns and hooks before the command's own code."""
    CODE = 2
    """The handler's own code."""
    DISCORD = 3
    """Waiting for Discord's REST, that of the first response included."""
    LIMITED = 4
    """Held back by rate limits."""
    AFTER = 5
    """From the first response to the end."""


class Split(NamedTuple):
    """Where the time of one interaction went."""

    stages_ns: tuple[int, ...]
    """By `Stage`, in nanoseconds."""
    before_receipt_ns: int | None
    """An estimate of what passed before the receipt; None where too little was seen for one."""

    @property
    def first_response_ns(self) -> int:
        """From the receipt to the first response; to the end where there was none."""
        return sum(self.stages_ns[: Stage.AFTER])


class Misses(NamedTuple):
    """Interactions without a first response within Discord's 3 s, each counted once."""

    late: int
    """Answered, but more than 3 s after the receipt."""
    refused: int
    """Discord did not take the answer any more (10062)."""
    unanswered: int
    """Ended without a first response."""
    waiting: int
    """In flight without a first response, more than 3 s after the receipt."""
    over_ns: int
    """By how much the late and the refused ones missed it, in all, in nanoseconds."""
    most_over_ns: int
    stages_ns: tuple[int, ...]
    """Where the time of the late and the refused ones went until then, by `Stage`, in nanoseconds."""
    before_receipt_ns: int
    """What is estimated to have passed before the receipt of the late and the refused ones, in all, in nanoseconds."""

    @property
    def number(self) -> int:
        """How many there are, of whatever kind."""
        return self.late + self.refused + self.unanswered + self.waiting


class StageSnapshot(NamedTuple):
    """Where the time of the interactions of one handler went."""

    window: Sequence[int]
    """`SPLIT_ROW` ticks for each of the last ones, in no particular order: by `Stage`, then before the receipt."""
    deferred: int
    """How many first responses came by deferring, since boot."""
    misses: Misses
    places: tuple[tuple[Place, int], ...]
    """Lines of the bot's own code that slow first responses waited for, those seen most often first."""

    def splits(self) -> list[Split]:
        """The last interactions, each by itself."""
        found: list[Split] = []
        for start in range(0, len(self.window), SPLIT_ROW):
            *stages, before = self.window[start : start + SPLIT_ROW]
            known = None if before == UNKNOWN_TICKS else before * TICK_NS
            found.append(Split(tuple(ticks * TICK_NS for ticks in stages), known))
        return found


DEADLINE_NS = 3_000_000_000
"""Discord drops an interaction that got no first response within 3 s."""

SPLIT_ROW = len(Stage) + 1
UNKNOWN_TICKS = 2**32 - 1
"""Stands for what is not known of the time before a receipt."""


class Budget(NamedTuple):
    """How the slower ones of a command's interactions spend the 3 s until their first response."""

    split: Split
    """That of the interaction at the 95th percentile of the last ones."""
    sentence: str
    """Such as `/shop used 2.6 of its 3 s at p95, 2.1 s of it before the first response in cogs/shop.py:88`."""


class InteractionKind(enum.Enum):
    """What an interaction is that calls no command."""

    AUTOCOMPLETE = "autocomplete"
    COMPONENT = "component"
    MODAL = "modal"


class InteractionKey(NamedTuple):
    """What an interaction that calls no command is counted under."""

    kind: InteractionKind
    name: str
    """Command and option of an autocomplete; of others the bot's handler, such as `ShopView.buy`."""


class InteractionSnapshot(NamedTuple):
    """What is known of the interactions of one handler at one moment."""

    key: InteractionKey
    ended: int
    in_flight: int
    stages: StageSnapshot


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failures of one command that share exception type and place."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """None where the traceback has no frame at all."""
    count: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Denials:
    """Refusals of one command for one reason."""

    reason: str
    """Qualified name of the exception class that refused."""
    count: int


class CommandSnapshot(NamedTuple):
    """What is known of one command at one moment."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    in_flight: int
    window_ns: Sequence[int]
    """The last durations of `ok` and `error` invocations in nanoseconds, in no particular order."""
    window_sum_ns: int
    total_ns: int
    """Sum of the durations of all `ok` and `error` invocations since boot in nanoseconds."""
    durations: Histogram
    """Durations of all `ok` and `error` invocations since boot."""
    first_responses: Histogram
    """Times from receipt to first response since boot; empty for prefix commands."""
    errors: tuple[ErrorGroup, ...]
    """Newest first."""
    denials: tuple[Denials, ...]
    """Most frequent first."""
    last_invoked: float | None
    """Unix time in seconds of the last end of an invocation."""
    stages: StageSnapshot | None = None
    """None before the first interaction, for prefix commands, and where it is switched off."""

    @property
    def invocations(self) -> int:
        """How many invocations have ended."""
        return sum(self.outcomes)

    @property
    def error_rate(self) -> float | None:
        """`error / (ok + error)` since boot, 0 to 1; None before the first of them."""
        return error_rate(self.outcomes)

    @property
    def mean_ns(self) -> float | None:
        """Mean duration over the window in nanoseconds; None while it is empty."""
        return self.window_sum_ns / len(self.window_ns) if self.window_ns else None

    def quantile_ns(self, quantile: float) -> int | None:
        """Quantile (0 to 1) over the window in nanoseconds by nearest rank, exact; None while it is empty."""
        if not self.window_ns:
            return None
        return sorted(self.window_ns)[nearest_rank(quantile, len(self.window_ns)) - 1]


def error_rate(outcomes: Sequence[int]) -> float | None:
    """`error / (ok + error)` of counts indexed by `Outcome`, 0 to 1; None without any of them."""
    judged = outcomes[Outcome.OK] + outcomes[Outcome.ERROR]
    return outcomes[Outcome.ERROR] / judged if judged else None


class ResourceSample(NamedTuple):
    """One look at the process."""

    rss_bytes: int
    memory_share: float | None
    """Resident memory as a share of what the machine (or its container) has, 0 to 1."""
    cpu_share: float | None
    """CPU time used since the look before, as a share of one core (2.0 is two full cores); None at the first look."""
    threads: int
    open_files: int | None
    """Open file descriptors, sockets included (handles on Windows)."""


class LimitScope(enum.IntEnum):
    """Whose rate limit a 429 is of."""

    USER = 0
    """The bot's own, of one bucket."""
    GLOBAL = 1
    """The bot's own, of all its requests."""
    SHARED = 2
    """One that others use up too; Discord does not hold it against the bot."""


class RouteLately(NamedTuple):
    """What happened on one route in the last ten minutes."""

    calls: int
    wait_ns: int
    """Sum of the times spent waiting for rate limits in nanoseconds."""
    limited: int
    """Answers of 429, of any scope."""
    failed: int
    """Requests that Discord failed: answers of 5xx, and those without an answer."""


class RouteSnapshot(NamedTuple):
    """Calls of one route of Discord's REST API since the start.

    A call is what the bot asked for; it may take several requests, since hikari tries again.
    """

    route: str
    """Method and template, such as `POST /channels/{channel}/messages`: never with ids or tokens."""
    calls: int
    """Those that have ended."""
    failed: int
    """Those that ended with an exception, a cancellation included."""
    in_flight: int
    latencies: Histogram
    """Durations of all calls without the time waited for rate limits, retries included."""
    total_ns: int
    """Sum of these durations in nanoseconds."""
    waited: int
    """Calls that waited for a rate limit, in hikari's buckets or because of a 429."""
    wait_ns: int
    """Sum of these waits in nanoseconds."""
    longest_wait_ns: int
    rate_limited: tuple[int, int, int]
    """Answers of 429, indexed by `LimitScope`."""
    refused: int
    """Answers of 400 to 499 but 429."""
    server_errors: int
    """Answers of 500 and more."""
    unanswered: int
    """Requests without an answer: no connection, or none in time."""
    retries: int
    """Requests after the first of their call."""
    lately: RouteLately


BANNED_AT = 10_000
"""Invalid requests in ten minutes for which Discord bans an address for a while."""


class RestSnapshot(NamedTuple):
    """A bot's calls to Discord's REST API."""

    routes: tuple[RouteSnapshot, ...]
    """Most called first."""
    invalid_requests: int
    """Answers of 401, 403 and 429 (but of a shared limit) in the last ten minutes."""


class ShardSnapshot(NamedTuple):
    """One shard at one moment."""

    id: int
    connected: bool
    latency_s: float | None
    """Heartbeat latency in seconds; None while not connected, and until the first heartbeat of a connection."""
    silence_s: float | None = None
    """Seconds since the last event; None before the first, or where events are not seen."""
    longest_silence_s: float | None = None
    """The longest silence before this one, as seen once a sample."""
    heard_s: float | None = None
    """Seconds from the first event that was seen to the last."""
    disconnects: int = 0
    """Connections that were lost, but for those that the bot ended itself."""
    resumes: int = 0
    """Returns with the session of before: nothing was missed."""
    new_sessions: int = 0
    """Returns with a new session, for which the shard had to identify."""
    close_codes: tuple[tuple[int, int], ...] = ()
    """Codes that Discord closed connections with, each with how often; most losses have none."""


class ConnectionSnapshot(NamedTuple):
    """What is known of Discord's side; None is unknown (no gateway, no cache, no intent), never zero."""

    shards: tuple[ShardSnapshot, ...] | None
    """None for a bot without a gateway."""
    guilds: int | None
    members: int | None
    messages_seen: int | None
    uptime_share: float | None
    """Share of the time since the start with every shard connected, 0 to 1."""
    identifies_left: int | None = None
    """How often shards may still identify today; None where the bot was not seen to ask."""
    identifies_total: int | None = None
    """How often they may in a day."""


class Holding(enum.Enum):
    """How something held the event loop."""

    WAITING = "waiting"
    """In a call that waited, such as `time.sleep` or a query, while other threads could run."""
    COMPUTING = "computing"
    """In a computation during which other threads could run now and then: mostly Python code."""
    LOCKING = "locking"
    """In C code that kept Python's lock to itself, such as a regular expression."""
    CROWDING = "crowding"
    """In many short steps, one after another; none of them held it for long."""
    KEEPING_OUT = "keeping out"
    """In another thread, in C code that kept Python's lock to itself."""


class LoopBlock(NamedTuple):
    """Times at which the same thing held the event loop for longer than the setting allows."""

    what: str
    """What ran: a command such as `/shop buy`, `task refresh prices`, `callback on_tick`; empty where unknown."""
    place: Place | None
    """The innermost line of the bot's own code, with the line of the longest time; None where unknown."""
    call: str
    """What that line called, such as `time.sleep`; empty where it called nothing, or where it cannot be told."""
    holding: Holding
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    total_ns: int
    longest_ns: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class LoopLag(NamedTuple):
    """How late the event loop came to what was due, over a span of time; looked at ten times a second."""

    p50_ns: int
    p99_ns: int
    longest_ns: int


class LoopSnapshot(NamedTuple):
    """What is known of the event loop."""

    lag: LoopLag | None
    """Since the start; None before the first look."""
    lately: LoopLag | None
    """Over the last sample's interval, or since the start before the first sample."""
    blocks: tuple[LoopBlock, ...]
    """Last seen first; none are found where no stack can be read."""
    threshold_ns: int
    """What holds the loop longer is a block."""
    pauses: int
    """How often the whole process stood still, or hardly ran: the machine was suspended or overloaded."""
    paused_ns: int
    """For how long in all."""


class Sample(NamedTuple):
    """What the sampler saw at one moment."""

    at: float
    """Unix time in seconds."""
    resources: ResourceSample
    latency_s: float | None
    """Mean heartbeat latency of the connected shards in seconds; None where there is none."""
    guilds: int | None
    messages_seen: int | None
    outcomes: tuple[int, int, int, int]
    """Invocations of all commands since boot, indexed by `Outcome`."""
    tasks: int | None = None
    """Tasks of the bot's loop that have not ended, those of libraries included."""
    cache_entries: int | None = None
    """What hikari's cache holds of every kind together."""
    loop_lag: LoopLag | None = None
    """Of the event loop since the sample before; None where it is not watched."""


class TaskKind(enum.Enum):
    """Who runs a task."""

    SCHEDULED = "scheduled"
    """Lightbulb, again and again."""
    ASYNCIO = "asyncio"
    """The loop, once."""


class TaskGroupSnapshot(NamedTuple):
    """The tasks that run one function."""

    name: str
    """Of the function; of an asyncio task its qualified name."""
    kind: TaskKind
    place: Place | None
    """Where the function begins; None for one of a library."""
    running: int
    """How many have not ended; of a scheduled task 1, or 0 once it will not run again."""
    finished: int
    """Scheduled: runs that ended well. Asyncio: tasks that ended without a failure that nobody took notice of."""
    died: int
    """Scheduled: runs that failed. Asyncio: tasks that ended with an exception that nobody took notice of."""
    cancelled: int
    """Tasks that were found cancelled; one that is freed before it is looked at counts as finished."""
    error: ErrorGroup | None
    """The failure that was seen last, with how often it was seen in a row."""
    stopped: str | None
    """Why a scheduled task will not run again; None while it runs, and where the bot itself ended it."""
    stopped_at: float | None
    """Unix time in seconds at which that was noticed."""
    course: tuple[tuple[float, int], ...]
    """How many ran: pairs of Unix time in seconds and number, oldest first; empty for scheduled tasks."""


class ListenerSnapshot(NamedTuple):
    """A listener that raised."""

    event: str
    """Class of the event, such as `MessageCreateEvent`."""
    name: str
    """Qualified name of the listener."""
    failures: int
    latest: tuple[float, ...]
    """Unix times in seconds of the last failures, oldest first, at most ten."""
    error: ErrorGroup
    """The failure that was seen last, with how often it was seen in a row."""


class BackgroundSnapshot(NamedTuple):
    """What the bot does beside its commands."""

    running: int | None
    """Tasks of the bot's loop that had not ended at the last look, those of libraries included; None before it."""
    tasks: tuple[TaskGroupSnapshot, ...]
    listeners: tuple[ListenerSnapshot, ...]
    """That raised at least once."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold that was crossed."""

    rule: str
    """`memory`, `cpu`, `slow_command`, `error_rate`."""
    subject: str | None
    """The command it is about; None for the whole process."""
    value: float
    threshold: float
    unit: str
    """`MB`, `%` or `ms`."""
    since: float
    """Unix time in seconds."""


class HistoryState(NamedTuple):
    """How it stands with what is kept in a database."""

    where: str
    """Its path, or its address without password."""
    instance: str
    release: str
    failing_since: float | None
    """Unix time in seconds since which nothing could be written; None while all is well."""
    problem: str | None
    """Why, in one line that says what to do."""
    waiting: int
    """How many minutes wait to be written."""
    put_together: int
    """How many minutes were added to a neighbour because too much waited: they are kept, but not when they were."""


class MonitorCost(NamedTuple):
    """What the monitor itself costs."""

    processor_ns: Mapping[str, int]
    """Processor time by part; what each invocation adds is in none."""
    elapsed_ns: int
    """Since when it is counted."""
    memory_bytes: int
    """Estimate of what is kept in memory of commands and samples, by far the most."""
    queues: Mapping[str, tuple[int, int]]
    """How much is in each, and how much may be."""


@dataclass(frozen=True, slots=True)
class MonitorState:
    """The monitor's own state."""

    faults: Mapping[str, int]
    """Contained faults of the monitor by the instrument they happened in."""
    dropped: Mapping[str, int]
    """What was not kept because a bound was reached, by what."""
    switched_off: Mapping[str, str]
    """Instruments that are off, each with the reason."""
    history: HistoryState | None = None
    """None where no history is kept."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known of a bot at one moment."""

    at: float
    """Unix time in seconds."""
    uptime_s: float
    """Seconds since the bot started, or since loading if the start was not seen."""
    commands: tuple[CommandSnapshot, ...]
    """Every command that the bot has or had, invoked or not."""
    cogs: tuple[str, ...]
    """Loaded cogs, those without commands included."""
    samples: tuple[Sample, ...]
    """The samples of the last hours, oldest first; the last one is the newest."""
    connection: ConnectionSnapshot
    """As of now, not of the last sample."""
    alerts: tuple[Alert, ...]
    """Thresholds that are crossed at present."""
    monitor: MonitorState
    rest: RestSnapshot | None = None
    """None where REST calls are not watched."""
    background: BackgroundSnapshot | None = None
    """None where it is not watched."""
    loop: LoopSnapshot | None = None
    """None where the event loop is not watched."""
    cost: MonitorCost | None = None
    """Of the monitor itself; None where it is not counted."""
    interactions: tuple[InteractionSnapshot, ...] = ()
    """Those that call no command, by handler, most first; none where stages are not watched."""


class Judged(NamedTuple):
    """One value held against what is wanted."""

    value: float | None
    """None is unknown."""
    target: float | None
    """Where well ends and warning begins; None for a value that is not judged."""
    threshold: float | None
    """Where warning ends and critical begins."""
    severity: Severity


class CogHealth(NamedTuple):
    """One cog with the sums of its commands."""

    name: str | None
    """None for the commands that belong to no cog."""
    commands: int
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    mean_ns: float | None
    """Mean duration over the windows of its commands in nanoseconds."""
    severity: Severity
    """UNKNOWN where nothing was invoked yet."""
    reasons: tuple[str, ...]
    """What is wrong with it, worst first, each a short phrase; empty where it is well."""


class CommandHealth(NamedTuple):
    """One command, judged."""

    command: CommandSnapshot
    response: Judged
    """Mean duration in milliseconds against the target of responses and the threshold of slow commands."""
    error_rate: Judged
    """In percent."""

    @property
    def severity(self) -> Severity:
        """The worse of both."""
        return max(self.response.severity, self.error_rate.severity)


class Growth(NamedTuple):
    """A number that only grows."""

    since: float
    """Unix time in seconds."""
    before: int
    now: int


class TaskHealth(NamedTuple):
    """The tasks that run one function, judged."""

    group: TaskGroupSnapshot
    severity: Severity
    growth: Growth | None
    """None where they do not pile up, or too little is known to say so."""


class ListenerHealth(NamedTuple):
    """A listener that raised, judged."""

    listener: ListenerSnapshot
    severity: Severity


class Health(NamedTuple):
    """A snapshot, judged."""

    severity: Severity
    reasons: tuple[str, ...]
    """What is wrong with the whole, worst first, each a short phrase; empty where all is well."""
    memory_mb: Judged
    cpu_percent: Judged
    response_ms: Judged
    """Mean duration over all windows in milliseconds."""
    error_rate_percent: Judged
    latency_ms: Judged
    """Mean heartbeat latency of the connected shards in milliseconds."""
    uptime_percent: Judged
    shards: tuple[Judged, ...]
    """Heartbeat latency in milliseconds, in the order of the snapshot's shards; CRITICAL where not connected."""
    cogs: tuple[CogHealth, ...]
    """Worst first, then by invocations."""
    commands: tuple[CommandHealth, ...]
    """In the order of the snapshot's commands."""
    tasks: tuple[TaskHealth, ...] = ()
    """Worst first, scheduled ones before others, then by how many run."""
    listeners: tuple[ListenerHealth, ...] = ()
    """Worst first, then by failures."""
    rest_reasons: tuple[str, ...] = ()
    """Those of the reasons that are about REST calls."""
    deaf: frozenset[int] = frozenset()
    """Ids of the shards that are connected but seem to hear nothing."""
    loop_lag_ms: Judged = Judged(None, None, None, Severity.UNKNOWN)
    """p99 of the event loop's lag over the last interval in milliseconds; a warning at worst."""


class Verdict(enum.Enum):
    """What became of a number since the span before it."""

    UNKNOWN = "unknown"
    """Too little to compare."""
    SAME = "same"
    """No change that is more than noise."""
    BETTER = "better"
    WORSE = "worse"
    MOVED = "moved"
    """More or less of what is neither good nor bad, such as invocations."""


class Change(NamedTuple):
    """One number beside the same number over the span before it."""

    before: float | None
    """In the unit of the comparison; None is unknown."""
    after: float | None
    p_value: float | None
    """The chance that noise alone makes such a difference, 0 to 1; None where nothing could be compared."""
    verdict: Verdict

    @property
    def ratio(self) -> float | None:
        """`after / before`; None where either is unknown or before is zero."""
        return self.after / self.before if self.before and self.after is not None else None

    @property
    def difference(self) -> float | None:
        """`after - before`; None where either is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def holds(self) -> bool:
        """Whether it is more than noise, so that it earns an arrow."""
        return self.verdict not in (Verdict.UNKNOWN, Verdict.SAME)


class Trend(NamedTuple):
    """A steady growth or decline of one series, beyond noise."""

    since: float
    """Unix time in seconds of the first point that counted."""
    at: float
    """Unix time in seconds of the last point."""
    level: float
    """Where the line is at the last point, in the unit of the series."""
    slope: float
    """Units per second."""


class FindingKind(enum.IntEnum):
    """What a release changed, worst first."""

    FAILING_MORE = 0
    NEW_ERROR = 1
    REGRESSED_ERROR = 2
    SLOWER = 3
    FAILING_LESS = 4
    FASTER = 5
    GONE_ERROR = 6


class Finding(NamedTuple):
    """One difference between two releases that holds up."""

    kind: FindingKind
    subject: str
    """The command or the error it is about."""
    sentence: str
    """Such as `/shop buy: p95 120 ms → 480 ms since 1.4.2`."""


class Writer(NamedTuple):
    """Who writes history: one start of one instance of a bot."""

    bot: int
    """Application id."""
    instance: str
    """Stable over restarts."""
    boot: str
    """Random, new at every start of the process."""
    release: str
    """Version of the bot that runs."""


class CommandDelta(NamedTuple):
    """What happened to one command in a span of time."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    durations: Histogram
    """Durations of `ok` and `error` invocations."""
    first_responses: Histogram
    """Times from receipt to first response."""


class SeriesDelta(NamedTuple):
    """The values that one series had in a span of time."""

    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    sum: float
    minimum: float
    maximum: float


class ErrorDelta(NamedTuple):
    """Failures of one command in a span of time."""

    command: CommandKey
    group: ErrorGroup


class Batch(NamedTuple):
    """What one writer saw in one minute, or in a part of it."""

    start: int
    """Unix time in seconds of the minute's begin."""
    sequence: int
    """Higher than that of every batch that the writer wrote before."""
    commands: tuple[CommandDelta, ...]
    series: Mapping[str, SeriesDelta]
    """By name, such as `memory_bytes`, `loop_lag_s` or `latency_s.shard0`."""
    errors: tuple[ErrorDelta, ...]


class Retention(NamedTuple):
    """How long each tier of history is kept, in seconds."""

    minutes_s: int = 48 * 3600
    hours_s: int = 30 * 86_400
    days_s: int = 730 * 86_400


class Scope(NamedTuple):
    """Whose history is asked for."""

    bot: int
    """Application id."""
    instance: str | None = None
    """None is all instances: the fleet."""
    release: str | None = None
    """None is all releases."""


class CommandTotals(NamedTuple):
    """Counts of one command over a span of time."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""


class CommandPoint(NamedTuple):
    """One step in the course of a command."""

    at: int
    """Unix time in seconds of the step's begin."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    durations: Histogram
    """Durations of `ok` and `error` invocations."""


class CommandCourse(NamedTuple):
    """How a command went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[CommandPoint, ...]
    """Oldest first; a step without invocations has none."""


class ActivityPoint(NamedTuple):
    """What all commands together did in one step."""

    at: int
    """Unix time in seconds of the step's begin."""
    outcomes: tuple[int, int, int, int]
    """Invocations, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""


class ActivityCourse(NamedTuple):
    """How all commands together went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[ActivityPoint, ...]
    """Oldest first; a step without invocations has none."""


class SeriesPoint(NamedTuple):
    """One step of a series."""

    at: int
    """Unix time in seconds of the step's begin."""
    values: SeriesDelta


class SeriesCourse(NamedTuple):
    """How a series went over time."""

    step_s: int
    """Seconds from one step to the next: what was asked for, or more where no finer rows are kept."""
    points: tuple[SeriesPoint, ...]
    """Oldest first; a step without values has none."""


class Spans(NamedTuple):
    """Which span of time a page looks back on, and which one it is set beside."""

    period: Period
    start: int
    """Unix time in seconds; of ALL since when history is kept."""
    end: int
    """Unix time in seconds."""
    before: int | None
    """Begin of the span before, which is as long and ends at `start`; None where history does not cover it whole."""
    since: int | None
    """Since when history is kept, Unix time in seconds; None where nothing was kept yet."""
    instances: int | None
    """How many instances it is over; None for this one alone."""


class Looked(NamedTuple, Generic[T]):
    """What a look back on history brought."""

    review: T | None
    """None where history was not asked or did not answer."""
    note: str = ""
    """Why it did not, in one sentence."""


class ErrorHistory(NamedTuple):
    """Failures that share exception type, file and function."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """With the line that was seen last; None where the traceback had no frame at all."""
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    """In the span that was asked for."""
    first_seen: float
    """Unix time in seconds, ever and in the whole bot."""
    last_seen: float
    """Unix time in seconds, ever and in the whole bot."""
    first_release: str
    last_release: str
    commands: tuple[CommandKey, ...]
    """That failed so in the span, most often first."""


class ReleaseSeen(NamedTuple):
    """One version of a bot that ran."""

    name: str
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class StartSeen(NamedTuple):
    """One start of one instance."""

    at: float
    """Unix time in seconds."""
    instance: str
    release: str


class InstanceSeen(NamedTuple):
    """One instance of a bot at its last start."""

    name: str
    boot: str
    release: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last sign of life."""
    left: float | None
    """Unix time in seconds at which it said goodbye; None while it runs, and for one that died."""
    shards: tuple[int, ...]
    status: str
    """What it last said about itself."""
