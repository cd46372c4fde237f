"""Values over time, gathered until history is told of them."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.model import ConnectionSnapshot, Sample, SeriesDelta

MOST_SHARDS = 64
"""How many shards of one process have a series of their own."""


class Gathering:
    """The count, sum and extremes of each series since they were last taken."""

    def __init__(self) -> None:
        self._found: dict[str, SeriesDelta] = {}

    def add(self, name: str, value: float | None) -> None:
        """Add one value; None is unknown and adds nothing."""
        if value is not None:
            one = SeriesDelta(1, float(value), float(value), float(value))
            known = self._found.get(name)
            self._found[name] = one if known is None else joined(known, one)

    def sample(self, sample: Sample, before: Sample | None) -> None:
        """Add what a sample says, given the one before it."""
        resources = sample.resources
        self.add("memory_bytes", resources.rss_bytes)
        self.add("cpu_share", resources.cpu_share)
        self.add("threads", resources.threads)
        self.add("open_files", resources.open_files)
        self.add("latency_s", sample.latency_s)
        self.add("guilds", sample.guilds)
        self.add("tasks", sample.tasks)
        if sample.loop_lag is not None:
            self.add("loop_lag_s", sample.loop_lag.p99_ns / 1e9)
        self.add("cache_entries", sample.cache_entries)
        if before is not None and sample.messages_seen is not None:
            self.add("messages", max(0, sample.messages_seen - (before.messages_seen or 0)))

    def connection(self, connection: ConnectionSnapshot) -> None:
        """Add what the connection is like now."""
        self.add("members", connection.members)
        for shard in (connection.shards or ())[:MOST_SHARDS]:
            self.add(f"latency_s.shard{shard.id}", shard.latency_s)

    def take(self) -> Mapping[str, SeriesDelta]:
        """All that was gathered; from here on it begins anew."""
        found, self._found = self._found, {}
        return found


def joined(one: SeriesDelta, other: SeriesDelta) -> SeriesDelta:
    """The values of both."""
    return SeriesDelta(
        one.count + other.count,
        one.sum + other.sum,
        min(one.minimum, other.minimum),
        max(one.maximum, other.maximum),
    )
