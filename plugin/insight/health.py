"""A snapshot, judged: the same rule of severity for every value."""

from __future__ import annotations

from collections.abc import Generator

from plugin.insight.cogs import judging_cogs
from plugin.insight.commands import judging_commands
from plugin.insight.discord import is_deaf, rest_reasons
from plugin.insight.finishing import finish
from plugin.insight.outcomes import lately, sums
from plugin.insight.reasons import kept_findings, troubles_of
from plugin.insight.scales import CRITICAL, UNKNOWN, Scales, memory_limit_bytes
from plugin.insight.tasks import judge_listeners, judge_tasks
from plugin.measures import JUDGED, Measure, Shown, present
from plugin.model import Health, Judged, ShardSnapshot, Snapshot
from plugin.settings import Settings


def judge(snapshot: Snapshot, settings: Settings) -> Health:
    """What is well, what is not, and why; a value without data is UNKNOWN.

    The whole is as bad as its worst value, and critical with a shard that is away or beyond the threshold. Single cogs
    and commands that are critical, active alerts, background work that stopped, dies or piles up, and faults of the
    monitor itself make it a WARNING at worst.
    """
    return finish(judging(snapshot, settings))


def judging(snapshot: Snapshot, settings: Settings) -> Generator[None, None, Health]:
    """The same as `judge`, but yields so that other work can run in between."""
    scales = Scales.of(settings, memory_limit_bytes(snapshot))
    shards = snapshot.connection.shards or ()
    commands = yield from judging_commands(snapshot.commands, scales, snapshot.at)
    yield
    cogs = yield from judging_cogs(commands, snapshot.cogs, scales, snapshot.at)
    yield
    tasks = judge_tasks(snapshot)
    yield
    latest = lately([snapshot.recent], snapshot.at, scales.minimum_invocations)
    health = Health(
        severity=UNKNOWN,
        reasons=(),
        measured={
            measure.name: scales.measured[measure.name].judge(_present(measure, shown, snapshot))
            for measure, shown, _ in JUDGED
        },
        response_ms=scales.judge_recent([command.answers for command in snapshot.commands]),
        deferred_ms=scales.judge_recent([command.deferred for command in snapshot.commands], deferred=True),
        error_rate_percent=scales.judge_slots(latest),
        shards=tuple(_judge_shard(shard, scales) for shard in shards),
        cogs=cogs,
        commands=commands,
        tasks=tasks,
        listeners=judge_listeners(snapshot.background, snapshot.at),
        deaf=frozenset(shard.id for shard in shards if is_deaf(shard)),
        latest=sums(latest),
    )
    return _conclude(health, snapshot)


def _conclude(health: Health, snapshot: Snapshot) -> Health:
    findings = kept_findings(health, snapshot)
    health = health._replace(findings=findings, rest_reasons=tuple(rest_reasons(findings, snapshot.at)))
    troubles = troubles_of(health, snapshot)
    values = (
        *health.measured.values(),
        health.response_ms,
        health.deferred_ms,
        health.error_rate_percent,
    )
    severity = max(*(value.severity for value in values), *(severity for severity, _ in troubles))
    return health._replace(severity=severity, reasons=tuple(text for _, text in troubles))


def _present(measure: Measure, shown: Shown, snapshot: Snapshot) -> float | None:
    value = shown.scaled(present(measure, snapshot))
    # Rounded, since 0.29 * 100 is 28.999999999999996.
    return None if value is None else round(value, 9)


def _judge_shard(shard: ShardSnapshot, scales: Scales) -> Judged:
    scale = scales.measured["latency_s"]
    if not shard.connected:
        return scale.judge(None)._replace(severity=CRITICAL)
    return scale.judge(None if shard.latency_s is None else 1000 * shard.latency_s)
