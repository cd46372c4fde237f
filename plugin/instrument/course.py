"""Keeps the course of a number over any length of time in a bounded number of points."""

from __future__ import annotations

from collections import deque

MOST_POINTS = 96
"""At this size the resolution is halved: every second point is dropped and every second new one kept."""

FINE_S, FINE_POINTS = 300.0, 96
"""The last eight hours are also kept, at one point in five minutes."""


class Course:
    """Pairs of Unix time in seconds and number, at even intervals, with a finer series of the last hours."""

    __slots__ = ("_fine", "_offered", "_points", "_stride")

    def __init__(self) -> None:
        self._points: list[tuple[float, int]] = []
        self._fine = deque[tuple[float, int]](maxlen=FINE_POINTS)
        self._stride = 1
        self._offered = 0

    def add(self, at: float, number: int) -> None:
        """Add a point; it may be skipped, depending on the resolution."""
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
        """The whole time, oldest first."""
        return tuple(self._points)

    def latest(self) -> tuple[tuple[float, int], ...]:
        """The last hours at fine resolution, oldest first."""
        return tuple(self._fine)
