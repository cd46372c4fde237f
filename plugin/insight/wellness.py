"""Whether a bot is really healthy: connected, its event loop running, events arriving."""

from __future__ import annotations

from plugin.insight.discord import is_deaf
from plugin.model import ConnectionSnapshot, LoopLag
from plugin.words import lasting, milliseconds, rough_span

STUCK_S = 5.0
"""With this much lag at p99 no answer is in time."""


def what_is_wrong(connection: ConnectionSnapshot, lag: LoopLag | None, at: float) -> str:
    """The gravest thing that keeps a bot from being well at a moment, in Unix seconds; empty where it is well.

    A bot without a gateway is well while its loop moves.
    """
    for shard in connection.shards or ():
        if not shard.connected:
            away = "" if shard.away_since is None else f" for {lasting(max(0.0, at - shard.away_since))}"
            return f"shard {shard.id} is not connected{away}"
    for shard in connection.shards or ():
        if is_deaf(shard):
            return f"shard {shard.id} received nothing for {rough_span(shard.silence_s or 0)}"
    if lag is not None and lag.p99_ns > STUCK_S * 1e9:
        return f"event loop lag {milliseconds(lag.p99_ns / 1e6)}"
    return ""
