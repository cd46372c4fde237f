"""The share of time with every shard connected."""

from __future__ import annotations


class UptimeMeter:
    """Adds up how long every shard was connected; all times are monotonic nanoseconds."""

    __slots__ = ("_connected", "_connected_ns", "_started_ns", "_updated_ns")

    def __init__(self) -> None:
        self._started_ns: int | None = None
        self._updated_ns = 0
        self._connected_ns = 0
        self._connected = False

    def start(self, now_ns: int) -> None:
        """Begin anew, not connected."""
        self._started_ns = self._updated_ns = now_ns
        self._connected_ns = 0
        self._connected = False

    def update(self, now_ns: int, all_connected: bool) -> None:
        """Say what holds from now on; before `start` nothing counts."""
        if self._started_ns is None:
            return
        if now_ns > self._updated_ns:
            self._connected_ns += self._since_update(now_ns)
            self._updated_ns = now_ns
        self._connected = all_connected

    def share(self, now_ns: int) -> float | None:
        """Share of the time since the start with every shard connected, 0 to 1; None before any time has passed."""
        if self._started_ns is None or now_ns <= self._started_ns:
            return None
        now_ns = max(now_ns, self._updated_ns)
        return (self._connected_ns + self._since_update(now_ns)) / (now_ns - self._started_ns)

    def _since_update(self, now_ns: int) -> int:
        return now_ns - self._updated_ns if self._connected else 0
