"""Measures that are read with every cut; history keeps their increase."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.measures.measure import Measure, MeasureKind, Value
from plugin.measures.reading import of_routes, of_shards
from plugin.model import Observation, TaskKind


def _task_failures(seen: Observation) -> Mapping[str, Value]:
    work = seen.background
    if work is None:
        return {}
    failures: dict[str, Value] = {"listener": sum(listener.failures for listener in work.listeners)}
    for kind in TaskKind:
        failures[kind.value] = sum(group.died for group in work.tasks if group.kind is kind)
    return failures


def _processor_s(seen: Observation) -> Mapping[str, Value]:
    return {part: spent_ns / 1e9 for part, spent_ns in seen.processor_ns.items()}


_COUNTER = MeasureKind.COUNTER

COUNTERS = (
    Measure("messages", "{message}", "discord.message.count", lambda seen: seen.connection.messages_seen, _COUNTER),
    Measure("rest_calls", "{call}", "discord.rest.calls", of_routes(lambda r: r.calls), _COUNTER, "route"),
    Measure(
        "rest_limit_wait_s",
        "s",
        "discord.rest.limit.wait",
        of_routes(lambda route: route.wait_ns / 1e9),
        _COUNTER,
        "route",
    ),
    Measure(
        "rest_rate_limited",
        "{response}",
        "discord.rest.rate_limited",
        of_routes(lambda route: sum(route.rate_limited)),
        _COUNTER,
        "route",
    ),
    Measure("rest_refusals", "{response}", "discord.rest.refusals", of_routes(lambda r: r.refused), _COUNTER, "route"),
    Measure(
        "rest_failures",
        "{request}",
        "discord.rest.failures",
        of_routes(lambda route: route.server_errors + route.unanswered),
        _COUNTER,
        "route",
    ),
    Measure(
        "invalid_requests",
        "{response}",
        "discord.rest.invalid_requests",
        lambda seen: None if seen.rest is None else seen.rest.invalid_since_start,
        _COUNTER,
    ),
    Measure(
        "disconnects",
        "{connection}",
        "discord.shard.disconnects",
        of_shards(lambda s: s.disconnects),
        _COUNTER,
        "shard",
    ),
    Measure("resumes", "{connection}", "discord.shard.resumes", of_shards(lambda s: s.resumes), _COUNTER, "shard"),
    Measure(
        "new_sessions",
        "{session}",
        "discord.shard.new_sessions",
        of_shards(lambda s: s.new_sessions),
        _COUNTER,
        "shard",
    ),
    Measure("deadline_misses", "{interaction}", "discord.deadline.misses", lambda seen: seen.misses, _COUNTER, "kind"),
    Measure(
        "interactions", "{interaction}", "discord.interaction.count", lambda seen: seen.interactions, _COUNTER, "kind"
    ),
    Measure("loop_blocks", "{block}", "asyncio.loop.blocks", lambda seen: seen.loop and seen.loop.blocks, _COUNTER),
    Measure(
        "loop_blocked_s",
        "s",
        "asyncio.loop.blocked",
        lambda seen: None if seen.loop is None else seen.loop.blocked_ns / 1e9,
        _COUNTER,
    ),
    Measure(
        "suspended_s",
        "s",
        "process.suspended",
        lambda seen: None if seen.loop is None else seen.loop.paused_ns / 1e9,
        _COUNTER,
    ),
    Measure("task_failures", "{failure}", "asyncio.task.failures", _task_failures, _COUNTER, "kind"),
    Measure(
        "gc_collections",
        "{collection}",
        "cpython.gc.collections",
        lambda seen: seen.collections,
        _COUNTER,
        "generation",
    ),
    Measure("monitor_cpu_s", "s", "monitor.cpu.time", _processor_s, _COUNTER, "part"),
    Measure("monitor_errors", "{error}", "monitor.errors", lambda seen: seen.faults, _COUNTER, "part"),
    Measure("monitor_dropped", "{record}", "monitor.dropped", lambda seen: seen.dropped, _COUNTER, "kind"),
)
