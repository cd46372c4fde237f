"""What is known of one command."""

from __future__ import annotations

from array import array

from plugin.histogram import BUCKETS, Histogram
from plugin.metrics.failures import DenialTable, ErrorTable
from plugin.model import CommandKey, CommandSnapshot, ErrorGroup, Outcome

_LAST_BUCKET = BUCKETS - 1


class CommandMetrics:
    """Counts, the last durations and histograms of one command; `record` is the only method on the hot path."""

    __slots__ = (
        "_next",
        "denials",
        "durations",
        "errors",
        "first_responses",
        "in_flight",
        "key",
        "last_ended_ns",
        "outcomes",
        "total_ns",
        "window",
        "window_length",
        "window_sum_ns",
    )

    def __init__(self, key: CommandKey, window_length: int) -> None:
        self.key = key
        self.window_length = window_length
        self.outcomes = [0, 0, 0, 0]
        self.in_flight = 0
        self.window: array[int] = array("q")
        self.window_sum_ns = 0
        self.total_ns = 0
        self.durations = Histogram()
        self.first_responses = Histogram()
        self.errors: ErrorTable | None = None
        self.denials: DenialTable | None = None
        self.last_ended_ns = 0
        self._next = 0

    def record(self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int) -> None:
        """Count one invocation that has ended.

        The three moments are monotonic nanoseconds; `first_response_ns` is 0 where there was none. Averages and
        percentiles are over `ok` and `error`, so the durations of the other outcomes are not kept.
        """
        self.outcomes[outcome] += 1
        self.last_ended_ns = ended_ns
        if first_response_ns:
            self.first_responses.record(first_response_ns - started_ns)
        if outcome == 1 or outcome == 3:
            return
        duration_ns = ended_ns - started_ns
        self.total_ns += duration_ns
        window = self.window
        if len(window) < self.window_length:
            window.append(duration_ns)
            self.window_sum_ns += duration_ns
        else:
            position = self._next
            self.window_sum_ns += duration_ns - window[position]
            window[position] = duration_ns
            self._next = position + 1 if position + 1 < self.window_length else 0
        self.durations.record(duration_ns)

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Remember why an invocation ended as `error` or `denied`."""
        if outcome is Outcome.DENIED:
            if self.denials is None:
                self.denials = DenialTable()
            self.denials.add(group.type)
        else:
            if self.errors is None:
                self.errors = ErrorTable()
            self.errors.add(group)

    def snapshot(self, unix_offset_s: float) -> CommandSnapshot:
        """A copy as of now; the offset turns monotonic seconds into Unix time."""
        return CommandSnapshot(
            self.key,
            tuple(self.outcomes),  # type: ignore[arg-type]
            self.in_flight,
            self.window[:],
            self.window_sum_ns,
            self.total_ns,
            self.durations.copy(),
            self.first_responses.copy(),
            self.errors.newest() if self.errors else (),
            self.denials.most_frequent() if self.denials else (),
            self.last_ended_ns / 1e9 + unix_offset_s if self.last_ended_ns else None,
        )
