"""What prometheus_client is asked to do for the comparison: the same three metrics of a command."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from plugin.model import Outcome


class Rival:
    """A registry with invocations by command and outcome, and with durations and first responses by command."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._invocations = Counter("invocations", "Invocations", ["command", "outcome"], registry=registry)
        self._durations = Histogram("duration_seconds", "Durations", ["command"], registry=registry)
        self._first_responses = Histogram("first_response_seconds", "First", ["command"], registry=registry)

    def command(self, name: str) -> tuple[list[Counter], Histogram, Histogram]:
        """The children of one command: counters in the order of `Outcome`, durations, first responses."""
        counters = [self._invocations.labels(name, outcome.name.lower()) for outcome in Outcome]
        return counters, self._durations.labels(name), self._first_responses.labels(name)
