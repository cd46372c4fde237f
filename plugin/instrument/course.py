"""How a number went, over whatever time, in few points."""

from __future__ import annotations

from collections import deque

MOST_POINTS = 96
"""When there are so many, every other one goes, and from then on only every other one is kept."""

FINE_S, FINE_POINTS = 300.0, 96
"""The last eight hours are kept every five minutes besides."""


class Course:
    """Pairs of Unix time in seconds and number, at even distances; the latest ones closer together."""

    __slots__ = ("_fine", "_offered", "_points", "_stride")

    def __init__(self) -> None:
        self._points: list[tuple[float, int]] = []
        self._fine = deque[tuple[float, int]](maxlen=FINE_POINTS)
        self._stride = 1
        self._offered = 0

    def add(self, at: float, number: int) -> None:
        """Offer the next point."""
        if not self._fine or not 0 <= at - self._fine[-1][0] < FINE_S:
            self._fine.append((at, number))
        if self._offered % self._stride == 0:
            if len(self._points) >= MOST_POINTS:
                self._points = self._points[::2]
                self._stride *= 2
            if self._offered % self._stride == 0:
                self._points.append((at, number))
        self._offered += 1

    def points(self) -> tuple[tuple[float, int], ...]:
        """Those of the whole time, oldest first."""
        return tuple(self._points)

    def latest(self) -> tuple[tuple[float, int], ...]:
        """Those of the last hours, oldest first."""
        return tuple(self._fine)
