"""How a number went, over whatever time, in few points."""

from __future__ import annotations

MOST_POINTS = 96
"""When there are so many, every other one goes, and from then on only every other one is kept."""


class Course:
    """Pairs of Unix time in seconds and number, at even distances."""

    __slots__ = ("_offered", "_points", "_stride")

    def __init__(self) -> None:
        self._points: list[tuple[float, int]] = []
        self._stride = 1
        self._offered = 0

    def add(self, at: float, number: int) -> None:
        """Offer the next point."""
        if self._offered % self._stride == 0:
            if len(self._points) >= MOST_POINTS:
                self._points = self._points[::2]
                self._stride *= 2
            if self._offered % self._stride == 0:
                self._points.append((at, number))
        self._offered += 1

    def points(self) -> tuple[tuple[float, int], ...]:
        """Oldest first."""
        return tuple(self._points)
