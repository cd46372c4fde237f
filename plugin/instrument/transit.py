"""Estimates what passed between the making of an interaction at Discord and its receipt."""

from __future__ import annotations

import math
from collections import deque

FEWEST = 10
"""With fewer interactions than this the clocks cannot be compared."""

SPAN_S = 60
SPANS = 10

SET_S = 0.25
"""A wall clock that moved by more against the monotonic one between two interactions was set, or the machine slept."""


class Transit:
    """Compares the wall clock with the time in Discord's snowflakes.

    Their difference is how far the clocks are apart plus how long the interaction was on its way. The least of the
    last ten minutes is taken for the former, so what is told is how much longer one took than the quickest did: never
    too much, and not at all before a few were seen, nor until a few were seen after our clock was set.
    """

    __slots__ = ("_began_s", "_ends_s", "_least_now_s", "_least_s", "_missing", "_spans")

    def __init__(self) -> None:
        self._missing = FEWEST
        self._least_s = self._least_now_s = math.inf
        self._spans: deque[float] = deque(maxlen=SPANS - 1)
        self._ends_s = -math.inf
        self._began_s = 0.0

    def compare(self, began_s: float) -> None:
        """Take the Unix time at which the monotonic clock was at 0, as of now: to be told before it is asked."""
        if abs(began_s - self._began_s) > SET_S:
            self._ends_s = -math.inf
        self._began_s = began_s

    def before_receipt_ns(self, id: int, received_ns: int) -> int:
        """What passed before something with that id was received, at that monotonic moment; -1 while not known."""
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
        if now_s >= self._ends_s + SPANS * SPAN_S:  # nothing is left of what was seen
            self._spans.clear()
            self._missing = FEWEST
        else:
            self._spans.append(self._least_now_s)
        self._least_now_s = math.inf
        self._least_s = min(self._spans, default=math.inf)
        self._ends_s = now_s + SPAN_S
