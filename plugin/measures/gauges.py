"""Measures that are read with every sample."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.costs import MEGABYTE
from plugin.measures.measure import LimitSettings, Measure, Share, Shown, ShownIn, Value
from plugin.measures.reading import of_shards
from plugin.model import LoopLag, Observation, ShardSnapshot, Snapshot


def mean_latency_s(shards: Iterable[ShardSnapshot] | None) -> float | None:
    """The mean heartbeat latency of the connected shards in seconds; None where there is none."""
    latencies = [shard.latency_s for shard in shards or () if shard.connected and shard.latency_s is not None]
    return sum(latencies) / len(latencies) if latencies else None


def _loop_lag_s(seen: Observation) -> Value:
    return _p99_s(seen.sample.loop_lag)


def _present_lag_s(snapshot: Snapshot) -> Value:
    return None if snapshot.loop is None else _p99_s(snapshot.loop.recent)


def _p99_s(lag: LoopLag | None) -> Value:
    return None if lag is None else lag.p99_ns / 1e9


GAUGES = (
    Measure(
        "memory_bytes",
        "By",
        "process.memory.usage",
        lambda seen: seen.sample.resources.rss_bytes,
        shown=Shown(
            "Memory",
            "MB",
            1 / MEGABYTE,
            phrase="memory",
            limits=LimitSettings("memory_threshold_mb", alert="memory"),
            section=ShownIn.SYSTEM,
            share=Share("of total memory", lambda sample: sample.resources.memory_share),
        ),
    ),
    Measure(
        "cpu_share",
        "1",
        "process.cpu.utilization",
        lambda seen: seen.sample.resources.cpu_share,
        shown=Shown(
            "CPU",
            "%",
            100.0,
            long_title="CPU, of 1 core",
            phrase="CPU",
            limits=LimitSettings("cpu_threshold_percent", alert="cpu", alert_on_mean=True),
            section=ShownIn.SYSTEM,
        ),
    ),
    Measure(
        "latency_s",
        "s",
        "discord.gateway.latency",
        lambda seen: seen.sample.latency_s,
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
        lambda seen: seen.sample.connected,
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
        lambda seen: seen.sample.guilds,
        adds_up=True,
        shown=Shown("Guilds", section=ShownIn.CONNECTION, now=lambda snapshot: snapshot.connection.guilds),
        explains="guilds",
    ),
    Measure(
        "threads",
        "{thread}",
        "process.thread.count",
        lambda seen: seen.sample.resources.threads,
        shown=Shown("Threads", section=ShownIn.SYSTEM, over_period=False),
        explains="threads",
    ),
    Measure(
        "open_files",
        "{file_descriptor}",
        "process.unix.file_descriptor.count",
        lambda seen: seen.sample.resources.open_files,
        shown=Shown("Open files", section=ShownIn.SYSTEM, over_period=False),
    ),
    Measure("tasks", "{task}", "asyncio.task.count", lambda seen: seen.sample.tasks, explains="tasks"),
    Measure(
        "cache_entries",
        "{entry}",
        "hikari.cache.entry.count",
        lambda seen: seen.sample.cache_entries,
        explains="cache entries",
    ),
    Measure(
        "loop_lag_s",
        "s",
        "asyncio.loop.lag",
        _loop_lag_s,
        shown=Shown(
            "Loop lag",
            "ms",
            1000.0,
            phrase="event loop lag",
            charted=False,
            limits=LimitSettings("loop_block_threshold_ms", target_share=0.2, only_warns=True),
            now=_present_lag_s,
            over_period=False,
        ),
    ),
    Measure("shard_latency_s", "s", "discord.shard.latency", of_shards(lambda s: s.latency_s), attribute="shard"),
    Measure(
        "members",
        "{member}",
        "discord.member.count",
        lambda seen: seen.connection.members,
        adds_up=True,
        shown=Shown(
            "Members",
            long_title="Members, total",
            section=ShownIn.CONNECTION,
            now=lambda snapshot: snapshot.connection.members,
            over_period=False,
        ),
    ),
    Measure("in_flight", "{invocation}", "discord.invocation.active", lambda seen: seen.in_flight, adds_up=True),
    Measure("cached", "{entry}", "hikari.cache.kind.entry.count", lambda seen: seen.cached, attribute="kind"),
)
"""Read with every sample; pages show them in this order."""
