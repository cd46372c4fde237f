"""The table of measures: one record says how a value is sampled, stored, judged, shown, charted and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from plugin.model import ConnectionSnapshot, Sample, ShardSnapshot, Snapshot

MOST_SHARDS = 64
"""How many shards of one process have a series of their own."""

MEGABYTE = 1 << 20


class MeasureKind(Enum):
    """How the values of a series add up over time, in the words of OpenTelemetry."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """Only grows; history stores the increase."""


class ShownIn(Enum):
    """A section of the page since start."""

    SYSTEM = "System"
    CONNECTION = "Connection"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The settings that judge a measure, in the unit in which it is shown."""

    threshold: str
    """Beyond it a value is critical."""
    target: str = ""
    """Up to it a value is healthy; empty: up to 80 % of the threshold."""
    higher_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What part of a whole a value is, shown below it."""

    title: str
    read: Callable[[Sample], float | None]
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a measure is shown: its titles and unit, where, and the settings that judge it."""

    title: str
    """In at most 10 cells."""
    unit: str = ""
    """`MB`, `%`, `ms`; empty for a plain count."""
    factor: float = 1.0
    """Multiplies the measure's value to get the shown unit."""
    long_title: str = ""
    """Of its chart and on the page since start, if not the same."""
    phrase: str = ""
    """What a sentence calls it; empty where no sentence does."""
    charted: bool = True
    """Whether a judged measure gets a sparkline and a chart."""
    limits: LimitSettings | None = None
    """None: not judged."""
    section: ShownIn | None = None
    """Where the page since start shows its present value; None: not there."""
    now: Callable[[Snapshot], float | None] | None = None
    """Its present value, if not that of the newest sample."""
    share: Share | None = None
    over_period: bool = True
    """Whether the page over a period shows it."""

    @property
    def heading(self) -> str:
        """The title where there is room."""
        return self.long_title or self.title

    def scaled(self, value: float | None) -> float | None:
        """A value of the measure in the shown unit."""
        return None if value is None else value * self.factor


@dataclass(frozen=True, slots=True)
class Measure:
    """One series of values."""

    name: str
    """As history keeps it."""
    unit: str
    """In the notation of OpenTelemetry (UCUM): `By`, `s`, `1` for a share, `{task}` for a count of tasks."""
    standard: str
    """OpenTelemetry's name where it has one, else ours in its manner; the Prometheus name follows from it."""
    read: Callable[[Sample], float | None]
    """Its value in a sample; None where that is not known."""
    kind: MeasureKind = MeasureKind.GAUGE
    attribute: str = ""
    """What tells its series apart, such as `shard`; empty where there is one."""
    adds_up: bool = False
    """A fleet's value is the sum of its instances, not their mean."""
    shown: Shown | None = None
    """None: on no page."""
    mean: bool = False
    """Compare periods by the mean instead of the median, without a test of significance."""
    explains: str = ""
    """Its name in "… grew with it" when memory grows; empty if it cannot explain that."""


@dataclass(frozen=True, slots=True)
class ConnectionMeasure:
    """Series read from the connection once per batch, at most `MOST_SHARDS` of them."""

    name: str
    """As history keeps it; each shard's has `.shard` and its number behind it."""
    unit: str
    standard: str
    attribute: str
    """What tells its series apart, such as `shard`; empty where there is one."""
    read: Callable[[ConnectionSnapshot], Iterable[tuple[str, float | None]]]
    """The suffix and the value of each series."""
    kind: MeasureKind = MeasureKind.GAUGE


def _loop_lag_s(sample: Sample) -> float | None:
    return None if sample.loop_lag is None else sample.loop_lag.p99_ns / 1e9


def mean_latency_s(shards: Iterable[ShardSnapshot] | None) -> float | None:
    """The mean heartbeat latency of the connected shards in seconds; None where there is none."""
    latencies = [shard.latency_s for shard in shards or () if shard.connected and shard.latency_s is not None]
    return sum(latencies) / len(latencies) if latencies else None


def _shards(connection: ConnectionSnapshot) -> Iterable[tuple[str, float | None]]:
    return ((f".shard{shard.id}", shard.latency_s) for shard in (connection.shards or ())[:MOST_SHARDS])


SAMPLED = (
    Measure(
        "memory_bytes",
        "By",
        "process.memory.usage",
        lambda sample: sample.resources.rss_bytes,
        shown=Shown(
            "Memory",
            "MB",
            1 / MEGABYTE,
            phrase="memory",
            limits=LimitSettings("memory_threshold_mb"),
            section=ShownIn.SYSTEM,
            share=Share("of total memory", lambda sample: sample.resources.memory_share),
        ),
    ),
    Measure(
        "cpu_share",
        "1",
        "process.cpu.utilization",
        lambda sample: sample.resources.cpu_share,
        shown=Shown(
            "CPU",
            "%",
            100.0,
            long_title="CPU, of 1 core",
            phrase="CPU",
            limits=LimitSettings("cpu_threshold_percent"),
            section=ShownIn.SYSTEM,
        ),
    ),
    Measure(
        "latency_s",
        "s",
        "discord.gateway.latency",
        lambda sample: sample.latency_s,
        shown=Shown(
            "Latency",
            "ms",
            1000.0,
            phrase="heartbeat latency",
            limits=LimitSettings("latency_threshold_ms", "latency_target_ms"),
            section=ShownIn.CONNECTION,
            now=lambda snapshot: mean_latency_s(snapshot.connection.shards),
        ),
    ),
    Measure(
        "connected_share",
        "1",
        "discord.shard.connected",
        lambda sample: sample.connected,
        shown=Shown(
            "Connected",
            "%",
            100.0,
            long_title="Uptime, 24 h",
            phrase="uptime",
            charted=False,
            limits=LimitSettings("uptime_threshold_percent", "uptime_target_percent", higher_is_better=True),
            section=ShownIn.CONNECTION,
            now=lambda snapshot: snapshot.connection.uptime_share,
        ),
        mean=True,
    ),
    Measure(
        "guilds",
        "{guild}",
        "discord.guild.count",
        lambda sample: sample.guilds,
        adds_up=True,
        shown=Shown("Guilds", section=ShownIn.CONNECTION, now=lambda snapshot: snapshot.connection.guilds),
        explains="guilds",
    ),
    Measure(
        "threads",
        "{thread}",
        "process.thread.count",
        lambda sample: sample.resources.threads,
        shown=Shown("Threads", section=ShownIn.SYSTEM, over_period=False),
        explains="threads",
    ),
    Measure(
        "open_files",
        "{file_descriptor}",
        "process.unix.file_descriptor.count",
        lambda sample: sample.resources.open_files,
        shown=Shown("Open files", section=ShownIn.SYSTEM, over_period=False),
    ),
    Measure("tasks", "{task}", "asyncio.task.count", lambda sample: sample.tasks, explains="tasks"),
    Measure(
        "cache_entries",
        "{entry}",
        "hikari.cache.entry.count",
        lambda sample: sample.cache_entries,
        explains="cache entries",
    ),
    Measure("loop_lag_s", "s", "asyncio.loop.lag", _loop_lag_s),
    Measure(
        "messages",
        "{message}",
        "discord.message.count",
        lambda sample: sample.messages_seen,
        MeasureKind.COUNTER,
        adds_up=True,
    ),
)
"""Read from every sample; pages show them in this order."""

CONNECTED = (
    ConnectionMeasure("members", "{member}", "discord.member.count", "", lambda connection: [("", connection.members)]),
    ConnectionMeasure("latency_s", "s", "discord.gateway.latency", "shard", _shards),
)
"""Read from the connection for every batch."""

_BY_NAME = {measure.name: measure for measure in (*CONNECTED, *SAMPLED)}
_APART = {measure.name: measure for measure in CONNECTED if measure.attribute}


def measure_of(series: str) -> Measure | ConnectionMeasure | None:
    """The measure that a series is of, such as `latency_s.shard0`; None where none is declared."""
    name, dot, _ = series.partition(".")
    return _APART.get(name) if dot else _BY_NAME.get(name)


SHOWN = tuple((measure, measure.shown) for measure in SAMPLED if measure.shown is not None)
"""The measures that pages show."""

TOLD = tuple((measure, shown) for measure, shown in SHOWN if shown.over_period)
"""Those that pages over a period show."""

JUDGED = tuple((measure, shown, shown.limits) for measure, shown in SHOWN if shown.limits is not None)
"""Those that settings judge."""


def present(measure: Measure, snapshot: Snapshot) -> float | None:
    """The present value of a measure, in its own unit; None where it is not known."""
    if measure.shown is not None and measure.shown.now is not None:
        return measure.shown.now(snapshot)
    return measure.read(snapshot.samples[-1]) if snapshot.samples else None


EXPLAINING = {measure.name: measure.explains for measure in SAMPLED if measure.explains}
"""Measures that may explain memory growth, and what a sentence calls them."""
