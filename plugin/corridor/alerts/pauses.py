"""Growing pauses after failures."""

from __future__ import annotations

FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 1800.0
"""How long after a failure the next attempt is made, and at most."""


class Pauses:
    """When to try again. A clock that is set back does not make a pause longer."""

    def __init__(self) -> None:
        self._pause_s, self._until = FIRST_PAUSE_S, 0.0
        self.failing = False

    def due(self, now: float) -> bool:
        """Whether to try."""
        return not 0 < self._until - now <= LONGEST_PAUSE_S

    def failed(self, now: float) -> None:
        """Wait, and longer next time."""
        self.failing = True
        self._until = now + self._pause_s
        self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s)
