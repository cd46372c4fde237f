"""The table of measures: one record says how a value is sampled, stored, judged, shown, charted and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from plugin.model import ConnectionSnapshot, Sample

MOST_SHARDS = 64
"""How many shards of one process have a series of their own."""

MEGABYTE = 1 << 20


class MeasureKind(Enum):
    """How the values of a series add up over time, in the words of OpenTelemetry."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """Only grows; history stores the increase."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a measure is shown: its title and unit, and the setting that judges it."""

    title: str
    unit: str = ""
    """`MB`, `%`, `ms`; empty for a plain count."""
    factor: float = 1.0
    """Multiplies the measure's value to get the shown unit."""
    chart: str = ""
    """The chart's title, if not the same."""
    charted: bool = True
    """Whether a judged measure gets a sparkline and a chart."""
    setting: str = ""
    """The field of `Scales` and of `Health` that judges it; empty: not judged."""


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


def _shards(connection: ConnectionSnapshot) -> Iterable[tuple[str, float | None]]:
    return ((f".shard{shard.id}", shard.latency_s) for shard in (connection.shards or ())[:MOST_SHARDS])


SAMPLED = (
    Measure(
        "memory_bytes",
        "By",
        "process.memory.usage",
        lambda sample: sample.resources.rss_bytes,
        shown=Shown("Memory", "MB", 1 / MEGABYTE, setting="memory_mb"),
    ),
    Measure(
        "cpu_share",
        "1",
        "process.cpu.utilization",
        lambda sample: sample.resources.cpu_share,
        shown=Shown("CPU", "%", 100.0, chart="CPU, of 1 core", setting="cpu_percent"),
    ),
    Measure(
        "latency_s",
        "s",
        "discord.gateway.latency",
        lambda sample: sample.latency_s,
        shown=Shown("Latency", "ms", 1000.0, setting="latency_ms"),
    ),
    Measure(
        "connected_share",
        "1",
        "discord.shard.connected",
        lambda sample: sample.connected,
        shown=Shown("Connected", "%", 100.0, charted=False, setting="uptime_percent"),
        mean=True,
    ),
    Measure(
        "guilds",
        "{guild}",
        "discord.guild.count",
        lambda sample: sample.guilds,
        adds_up=True,
        shown=Shown("Guilds"),
        explains="guilds",
    ),
    Measure("threads", "{thread}", "process.thread.count", lambda sample: sample.resources.threads, explains="threads"),
    Measure(
        "open_files",
        "{file_descriptor}",
        "process.unix.file_descriptor.count",
        lambda sample: sample.resources.open_files,
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


TOLD = tuple((measure, measure.shown) for measure in SAMPLED if measure.shown is not None)
"""The measures that pages show."""

EXPLAINING = {measure.name: measure.explains for measure in SAMPLED if measure.explains}
"""Measures that may explain memory growth, and what a sentence calls them."""
