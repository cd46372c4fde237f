"""What is known of one command."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from operator import sub
from typing import NamedTuple

from plugin.histogram import (
    COARSE,
    COARSE_SHIFT,
    FINE,
    FINE_TICKS,
    TICK_SHIFT,
    Histogram,
    count_rare,
    no_counts,
)
from plugin.metrics.failures import DenialTable, ErrorTable
from plugin.metrics.stages import Stages
from plugin.model import CommandDelta, CommandKey, CommandSnapshot, ErrorDelta, ErrorGroup, Outcome


class _Cut(NamedTuple):
    """What had been counted when history was last told; the histograms are packed, since most buckets are empty."""

    outcomes: tuple[int, int, int, int] = (0, 0, 0, 0)
    total_ns: int = 0
    durations: bytes = b""
    first_responses: bytes = b""


def _nothing() -> None:
    """What there is to settle where everything is recorded at once."""


class CommandMetrics:
    """Counts, the last durations and histograms of one command; `record` is called for every invocation.

    What can be derived is not counted there: `ok` is what the window has seen less the errors, and the window is
    filled from its end towards its beginning, so that one comparison with zero tells when it has wrapped around.
    """

    __slots__ = (
        "_cut",
        "_durations",
        "_first_responses",
        "_laps",
        "_last_ended_ns",
        "_position",
        "_settle",
        "_total_ns",
        "_uncut_errors",
        "_unsuccessful",
        "_window",
        "denials",
        "errors",
        "in_flight",
        "key",
        "stages",
    )

    def __init__(self, key: CommandKey, window_length: int, settle: Callable[[], object] = _nothing) -> None:
        """`settle` is called before anything is read: it records what has ended and is not recorded yet."""
        self.key = key
        self._settle = settle
        self.in_flight = 0
        self.errors: ErrorTable | None = None
        self.denials: DenialTable | None = None
        self._cut = _Cut()
        self._uncut_errors: ErrorTable | None = None
        self.stages: Stages | None = None
        self._unsuccessful = [0, 0, 0, 0]
        self._total_ns = 0
        self._last_ended_ns = 0
        self._durations = no_counts()
        self._first_responses = no_counts()
        self._window = array("q", bytes(window_length * array("q").itemsize))
        self._position = window_length - 1
        self._laps = 0

    def record(self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int) -> None:
        """Count one invocation that has ended.

        The three moments are monotonic nanoseconds; `first_response_ns` is 0 where there was none. Averages and
        percentiles are over `ok` and `error`, so the durations of the other outcomes are not kept.
        """
        self._last_ended_ns = ended_ns
        if first_response_ns:
            ticks = first_response_ns - started_ns >> TICK_SHIFT
            try:
                self._first_responses[FINE[ticks] if ticks < FINE_TICKS else COARSE[ticks >> COARSE_SHIFT]] += 1
            except (IndexError, OverflowError):
                count_rare(self._first_responses, first_response_ns - started_ns)
        if outcome:
            self._unsuccessful[outcome] += 1
            if outcome != 2:
                return
        duration_ns = ended_ns - started_ns
        self._total_ns += duration_ns
        ticks = duration_ns >> TICK_SHIFT
        try:
            self._durations[FINE[ticks] if ticks < FINE_TICKS else COARSE[ticks >> COARSE_SHIFT]] += 1
        except (IndexError, OverflowError):
            count_rare(self._durations, duration_ns)
        position = self._position
        self._window[position] = duration_ns
        if position:
            self._position = position - 1
        else:
            self._position = len(self._window) - 1
            self._laps += 1

    def watched(self) -> Stages:
        """Where the time of its interactions went; there is nothing of the kind before the first call of this."""
        if self.stages is None:
            self.stages = Stages(len(self._window))
        return self.stages

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        """Invocations so far, indexed by `Outcome`."""
        self._settle()
        _, denied, error, cancelled = self._unsuccessful
        length = len(self._window)
        return self._laps * length + length - 1 - self._position - error, denied, error, cancelled

    def memory_bytes(self) -> int:
        """Memory that it takes by itself."""
        parts = (self, self._unsuccessful, self._durations, self._first_responses, self._window)
        return sum(map(sys.getsizeof, parts))

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Remember why an invocation ended as `error` or `denied`."""
        if outcome is Outcome.DENIED:
            if self.denials is None:
                self.denials = DenialTable()
            self.denials.add(group.type)
        else:
            if self.errors is None:
                self.errors = ErrorTable()
            if self._uncut_errors is None:
                self._uncut_errors = ErrorTable()
            self.errors.add(group)
            self._uncut_errors.add(group)

    def cut(self) -> CommandDelta | None:
        """What was counted since the cut before; None where that is nothing."""
        before, outcomes = self._cut, self.outcomes
        if outcomes == before.outcomes:
            return None
        durations, first_responses = Histogram.of(self._durations), Histogram.of(self._first_responses)
        self._cut = _Cut(outcomes, self._total_ns, durations.pack(), first_responses.pack())
        added = tuple(map(sub, outcomes, before.outcomes))
        return CommandDelta(
            self.key,
            (added[0], added[1], added[2], added[3]),
            self._total_ns - before.total_ns,
            durations.since(Histogram.unpack(before.durations)),
            first_responses.since(Histogram.unpack(before.first_responses)),
        )

    def cut_errors(self) -> tuple[list[ErrorDelta], int]:
        """The error groups that were met since the cut before, and how many more there was no room for."""
        uncut, self._uncut_errors = self._uncut_errors, None
        if uncut is None:
            return [], 0
        return [ErrorDelta(self.key, group) for group in uncut.newest()], uncut.dropped

    def snapshot(self, unix_offset_s: float) -> CommandSnapshot:
        """A copy as of now; the offset turns monotonic seconds into Unix time."""
        self._settle()
        window = self._window[:] if self._laps else self._window[self._position + 1 :]
        return CommandSnapshot(
            self.key,
            self.outcomes,
            self.in_flight,
            window,
            sum(window),
            self._total_ns,
            Histogram.of(self._durations[:]),
            Histogram.of(self._first_responses[:]),
            self.errors.newest() if self.errors else (),
            self.denials.most_frequent() if self.denials else (),
            self._last_ended_ns / 1e9 + unix_offset_s if self._last_ended_ns else None,
            self.stages.snapshot() if self.stages else None,
        )
