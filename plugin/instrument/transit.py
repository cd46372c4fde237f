"""Estimates the time between the creation of an interaction at Discord and its receipt."""

from __future__ import annotations

import math
from collections import deque

FEWEST = 10
"""The clocks are compared only after this many interactions."""

SPAN_S = 60
SPANS = 10

SET_S = 0.25
"""If the wall clock moved by more against the monotonic clock, it was set, or the machine was asleep."""


class Transit:
    """Compares the wall clock with the time in Discord's snowflakes.

    Their difference is the clocks' offset plus the transit time of the interaction. The smallest difference of the last
    ten minutes is taken for the offset, so the estimate is how much longer an interaction took than the fastest one. It
    is never too high. There is none until a few interactions were received, and again after our clock was set.
    """

    __slots__ = ("_began_s", "_ends_s", "_least_now_s", "_least_s", "_missing", "_spans")

    def __init__(self) -> None:
        self._missing = FEWEST
        self._least_s = self._least_now_s = math.inf
        self._spans: deque[float] = deque(maxlen=SPANS - 1)
        self._ends_s = -math.inf
        self._began_s = 0.0

    def compare(self, began_s: float) -> None:
        """Take the Unix time at which the monotonic clock was 0, as of now; call it before `before_receipt_ns`."""
        if abs(began_s - self._began_s) > SET_S:
            self._ends_s = -math.inf
        self._began_s = began_s

    def before_receipt_ns(self, id: int, received_ns: int) -> int:
        """Time from creation, by the id's timestamp, to receipt at a monotonic time, in nanoseconds; -1 if unknown."""
        received_s = self._began_s + received_ns / 1e9
        apart_s = received_s - (id >> 22) / 1000
        if received_s >= self._ends_s:
            self._turn(received_s)
        if apart_s < self._least_now_s:
            self._least_now_s = apart_s
            if apart_s < self._least_s:
                self._least_s = apart_s
        if self._missing:
            self._missing -= 1
            return -1
        return int((apart_s - self._least_s) * 1e9)

    def _turn(self, now_s: float) -> None:
        if now_s >= self._ends_s + SPANS * SPAN_S:  # all of it is outdated
            self._spans.clear()
            self._missing = FEWEST
        else:
            self._spans.append(self._least_now_s)
        self._least_now_s = math.inf
        self._least_s = min(self._spans, default=math.inf)
        self._ends_s = now_s + SPAN_S
