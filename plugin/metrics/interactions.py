"""Interactions that call no command, by handler, bounded."""

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

    def ensure_stages(self) -> Stages:
        """The stages of its interactions, created at the first call."""
        if self.stages is None:
            self.stages = Stages(self._length)
        return self.stages

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count an interaction that has ended."""
        self.ended += 1

    def responded(self, outcome: int, took_ns: int, deferred: bool) -> None:
        """Do nothing: an interaction is counted with its first response."""

    def answered_deferred(self, took_ns: int) -> None:
        """Do nothing: answers after a defer are not judged."""

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Do nothing: libraries log these failures themselves."""

    def snapshot(self) -> InteractionSnapshot:
        """A copy as of now."""
        return InteractionSnapshot(self.key, self.ended, self.in_flight, self.ensure_stages().snapshot())


class Handlers:
    """The metrics of every handler; beyond `MAXIMUM_HANDLERS` they are counted together, by kind."""

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
        """Ended interactions by kind."""
        found = Counter[str]()
        for handler in self._handlers.values():
            found[handler.key.kind.value] += handler.ended
        return found

    def snapshot(self) -> tuple[InteractionSnapshot, ...]:
        """All handlers, those with most interactions first."""
        found = [handler.snapshot() for handler in self._handlers.values()]
        return tuple(sorted(found, key=lambda handler: -handler.ended))
