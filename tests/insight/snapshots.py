"""Snapshots for tests: everything is well unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.histogram import Histogram
from plugin.model import (
    CommandKey,
    CommandKind,
    CommandSnapshot,
    ConnectionSnapshot,
    MonitorState,
    RecentAnswers,
    ResourceSample,
    Sample,
    ShardSnapshot,
    Snapshot,
)

MS = 1_000_000
MB = 1 << 20


def command(
    name: str = "ping",
    *,
    cog: str | None = None,
    kind: CommandKind = CommandKind.SLASH,
    ok: int = 0,
    denied: int = 0,
    error: int = 0,
    cancelled: int = 0,
    mean_ms: float = 10,
    deferred: int = 0,
    deferred_ms: float = 4000,
) -> CommandSnapshot:
    """A command that answered all `ok` and `error` invocations at once, in the mean, but for those that deferred."""
    duration_ns = int(mean_ms * MS)
    ended = ok + error
    return CommandSnapshot(
        key=CommandKey(kind, name, cog),
        outcomes=(ok, denied, error, cancelled),
        in_flight=0,
        answers=answers(ended - deferred, mean_ms),
        deferred=answers(deferred, deferred_ms),
        total_ns=ended * duration_ns,
        durations=Histogram(),
        first_responses=Histogram(),
        errors=(),
        denials=(),
        last_invoked=None,
        recent=(0.0, ok, error) if ok or error else (),
    )


def answers(number: int, mean_ms: float) -> RecentAnswers:
    """So many answers, each as long as the mean."""
    each_ns = int(mean_ms * MS)
    window = [each_ns] * min(number, 100)
    return RecentAnswers(number, number * each_ns, Histogram(), window, sum(window))


def shard(latency_ms: float | None = 40, *, connected: bool = True, id: int = 0) -> ShardSnapshot:
    """One shard."""
    return ShardSnapshot(id, connected, None if latency_ms is None else latency_ms / 1000)


def connection(*shards: ShardSnapshot, gateway: bool = True, uptime_share: float | None = 1.0) -> ConnectionSnapshot:
    """Discord's side."""
    return ConnectionSnapshot(shards or (shard(),) if gateway else None, None, None, None, uptime_share)


def sample(
    at: float = 0, *, memory_mb: float = 100, cpu_percent: float | None = 5, limit_mb: float | None = None
) -> Sample:
    """One look at the process."""
    cpu_share = None if cpu_percent is None else cpu_percent / 100
    resources = ResourceSample(int(memory_mb * MB), memory_mb / limit_mb if limit_mb else None, cpu_share, 1, None)
    return Sample(at, resources, None, None, None, (0, 0, 0, 0))


def snapshot(
    *commands: CommandSnapshot,
    cogs: Sequence[str] = (),
    samples: Sequence[Sample] | None = None,
    connection: ConnectionSnapshot = connection(),  # noqa: B008 # a constant
    faults: Mapping[str, int] | None = None,
    dropped: Mapping[str, int] | None = None,
) -> Snapshot:
    """All that is known of a bot."""
    return Snapshot(
        at=0,
        uptime_s=0,
        commands=commands,
        cogs=tuple(cogs),
        samples=(sample(),) if samples is None else tuple(samples),
        connection=connection,
        findings=(),
        monitor=MonitorState(faults or {}, dropped or {}, {}),
        recent=(0.0, sum(one.outcomes[0] for one in commands), sum(one.outcomes[2] for one in commands)),
    )
