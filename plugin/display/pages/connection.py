"""The bot's connection to Discord and its shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.display import graphs, measures, numbers, text
from plugin.display.book import Rows, Section
from plugin.display.marks import sign
from plugin.display.pages.measured import count_rows, judged_rows
from plugin.measures import ShownIn
from plugin.model import Health, Judged, Severity, ShardSnapshot, Snapshot

SHARD_BAR_CELLS = 12
PAST_INDENT = " " * 10


def connection_section(snapshot: Snapshot, health: Health) -> Section:
    """Shards, latency, uptime, servers and members."""
    connection = snapshot.connection
    rows = [
        measures.plain("Shards connected", connected(connection.shards)),
        *judged_rows(ShownIn.CONNECTION, snapshot, health),
        *_returns(connection.shards or ()),
        *_identifies(connection.identifies_left),
        *count_rows(ShownIn.CONNECTION, snapshot),
    ]
    return Section("Connection", rows)


def connected(shards: tuple[ShardSnapshot, ...] | None) -> str:
    """How many of the shards are connected."""
    if shards is None:
        return "no gateway"
    return f"{sum(shard.connected for shard in shards):,} of {len(shards):,}"


def _returns(shards: Sequence[ShardSnapshot]) -> list[str]:
    lost = sum(shard.disconnects for shard in shards)
    return [measures.plain("Connections lost", numbers.count(lost))] if lost else []


def _identifies(left: int | None) -> list[str]:
    return [] if left is None else [measures.plain("Logins left today", numbers.count(left))]


def shards_section(snapshot: Snapshot, health: Health) -> Section:
    """Every shard, worst first."""
    pairs = list(zip(snapshot.connection.shards or (), health.shards, strict=False))
    pairs.sort(key=lambda pair: (pair[0].connected, pair[0].id not in health.deaf, -pair[1].severity, pair[0].id))
    return Section("Shards, worst first", Rows(lambda pair: _shard(*pair, deaf=pair[0].id in health.deaf), pairs))


def _shard(shard: ShardSnapshot, judged: Judged, *, deaf: bool) -> str:
    if deaf:
        judged = judged._replace(severity=max(judged.severity, Severity.WARNING))
    return "\n".join([_latency(shard, judged), *_past(shard, deaf=deaf)])


def _past(shard: ShardSnapshot, *, deaf: bool) -> Iterator[str]:
    if deaf and shard.silence_s is not None:
        yield f"{PAST_INDENT}silent for {numbers.rough_span(shard.silence_s)}"
    if shard.disconnects:
        lost = f"lost {numbers.short_count(shard.disconnects)}x"
        codes = ", ".join(str(code) for code, _ in sorted(shard.close_codes, key=lambda pair: -pair[1]))
        yield PAST_INDENT + text.clip(f"{lost}: {codes}" if codes else lost, text.LINE_CELLS - len(PAST_INDENT))


def _latency(shard: ShardSnapshot, judged: Judged) -> str:
    head = f"{sign(judged.severity)} {shard.id:>5}"
    if not shard.connected:
        return f"{head}  not connected"
    shown = f"{head}{text.right(numbers.milliseconds(judged.value), 9)}"
    if judged.value is None or judged.threshold is None:
        return shown
    return f"{shown} {graphs.gauge(judged.value, judged.threshold, SHARD_BAR_CELLS)}"
