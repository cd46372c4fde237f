"""Answers of a command after a defer."""

from __future__ import annotations

import sys
from array import array

from plugin.histogram import Histogram, count_rare, no_counts
from plugin.model import RecentAnswers


class DeferredAnswers:
    """A window of the latest answers and a histogram of all; created only for commands that defer."""

    __slots__ = ("_laps", "_position", "_window", "counts", "total_ns")

    def __init__(self, window_length: int) -> None:
        self.counts = no_counts()
        self.total_ns = 0
        self._window = array("q", bytes(window_length * array("q").itemsize))
        self._position = self._laps = 0

    def add(self, took_ns: int) -> None:
        """Count one answer, in nanoseconds since the receipt."""
        count_rare(self.counts, took_ns)
        self.total_ns += took_ns
        self._window[self._position] = took_ns
        self._position += 1
        if self._position == len(self._window):
            self._position = 0
            self._laps += 1

    @property
    def number(self) -> int:
        """Answers counted so far."""
        return self._laps * len(self._window) + self._position

    def snapshot(self) -> RecentAnswers:
        """A copy as of now."""
        window = self._window[: self._position][::-1]
        if self._laps:
            window += self._window[self._position :][::-1]
        return RecentAnswers(self.number, self.total_ns, Histogram.of(self.counts[:]), window, sum(window))

    def memory_bytes(self) -> int:
        """Memory of this object and its arrays."""
        return sum(map(sys.getsizeof, (self, self.counts, self._window)))
