"""What is known of the interactions that call no command, by handler, bounded."""

from __future__ import annotations

from collections import Counter

from plugin.metrics.stages import Stages
from plugin.model import ErrorGroup, InteractionKey, InteractionSnapshot, Outcome

MAXIMUM_HANDLERS = 500
OTHERS = "(others)"


class InteractionMetrics:
    """Counts and stages of one handler."""

    __slots__ = ("_length", "ended", "in_flight", "key", "stages")

    def __init__(self, key: InteractionKey, length: int) -> None:
        self.key = key
        self.in_flight = 0
        self.stages: Stages | None = None
        self.ended = 0
        self._length = length

    def watched(self) -> Stages:
        """Where the time of its interactions went."""
        if self.stages is None:
            self.stages = Stages(self._length)
        return self.stages

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count one that has ended."""
        self.ended += 1

    def responded(self, outcome: int, took_ns: int, deferred: bool) -> None:
        """One of these is counted with its first response only."""

    def answered_deferred(self, took_ns: int) -> None:
        """Nobody judges how long these take once they have deferred."""

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Nobody tells of failures here: libraries log them and go on."""

    def snapshot(self) -> InteractionSnapshot:
        """A copy as of now."""
        return InteractionSnapshot(self.key, self.ended, self.in_flight, self.watched().snapshot())


class Handlers:
    """The metrics of every handler; what finds no room is counted together, by kind."""

    def __init__(self, window_length: int) -> None:
        self._window_length = window_length
        self._handlers: dict[InteractionKey, InteractionMetrics] = {}

    def handler(self, key: InteractionKey) -> InteractionMetrics:
        """The metrics of a handler."""
        known = self._handlers.get(key)
        if known is not None:
            return known
        if len(self._handlers) >= MAXIMUM_HANDLERS and key.name != OTHERS:
            return self.handler(InteractionKey(key.kind, OTHERS))
        created = self._handlers[key] = InteractionMetrics(key, self._window_length)
        return created

    def ended(self) -> Counter[str]:
        """How many interactions have ended, by kind."""
        found = Counter[str]()
        for handler in self._handlers.values():
            found[handler.key.kind.value] += handler.ended
        return found

    def snapshot(self) -> tuple[InteractionSnapshot, ...]:
        """All of them, those with most interactions first."""
        found = [handler.snapshot() for handler in self._handlers.values()]
        return tuple(sorted(found, key=lambda handler: -handler.ended))
