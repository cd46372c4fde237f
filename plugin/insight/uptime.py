"""The share of the last day in which the shards were connected."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

S_NS = 1_000_000_000
WINDOW_NS = 86_400 * S_NS
"""Length of the window."""

FORGIVEN_NS = 60 * S_NS
"""Shorter gaps are normal resumes, which Discord requests several times a day."""

MOST_GAPS = WINDOW_NS // FORGIVEN_NS


class _ShardGaps:
    """The gaps of one shard; times are monotonic nanoseconds."""

    __slots__ = ("away_since_ns", "gaps")

    def __init__(self, away_since_ns: int) -> None:
        self.away_since_ns: int | None = away_since_ns
        self.gaps = deque[tuple[int, int]](maxlen=MOST_GAPS)

    def update(self, now_ns: int, connected: bool) -> None:
        since_ns = self.away_since_ns
        if not connected:
            self.away_since_ns = now_ns if since_ns is None else since_ns
            return
        if since_ns is not None and now_ns - since_ns >= FORGIVEN_NS:
            self.gaps.append((since_ns, now_ns))
        self.away_since_ns = None

    def is_away(self, now_ns: int) -> bool:
        """Whether it is away for longer than is forgiven."""
        return self.away_since_ns is not None and now_ns - self.away_since_ns >= FORGIVEN_NS

    def away_ns(self, begin_ns: int, now_ns: int) -> int:
        while self.gaps and self.gaps[0][1] <= begin_ns:
            self.gaps.popleft()
        since_ns = self.away_since_ns
        open_ns = now_ns - max(since_ns, begin_ns) if since_ns is not None and self.is_away(now_ns) else 0
        return open_ns + sum(end - max(start, begin_ns) for start, end in self.gaps)


class UptimeMeter:
    """Follows the connection of every shard; all times are monotonic nanoseconds."""

    __slots__ = ("_shards", "_started_ns")

    def __init__(self) -> None:
        self._started_ns: int | None = None
        self._shards: dict[int, _ShardGaps] = {}

    def start(self, now_ns: int) -> None:
        """Begin anew, with no shard connected."""
        self._started_ns = now_ns
        self._shards = {}

    def update(self, now_ns: int, connected: Mapping[int, bool]) -> None:
        """Say which shards are connected from now on; before `start` nothing counts."""
        if self._started_ns is None:
            return
        for shard_id, is_connected in connected.items():
            shard = self._shards.get(shard_id)
            if shard is None:
                shard = self._shards[shard_id] = _ShardGaps(self._started_ns)
            shard.update(now_ns, is_connected)

    def connected_share(self, now_ns: int) -> float | None:
        """The share of the shards that are connected at this moment, 0 to 1, those counted that may yet resume.

        None before the start and without shards.
        """
        if self._started_ns is None or not self._shards:
            return None
        return sum(not shard.is_away(now_ns) for shard in self._shards.values()) / len(self._shards)

    def share(self, now_ns: int) -> float | None:
        """The mean over all shards of the share of the last 24 h in which they were connected, 0 to 1.

        Gaps of less than a minute are forgiven. It is of the time since the start where that is shorter; None before
        any time has passed, and without shards.
        """
        if self._started_ns is None or now_ns <= self._started_ns or not self._shards:
            return None
        begin_ns = max(self._started_ns, now_ns - WINDOW_NS)
        away_ns = sum(shard.away_ns(begin_ns, now_ns) for shard in self._shards.values())
        return min(1.0, max(0.0, 1 - away_ns / (now_ns - begin_ns) / len(self._shards)))
