"""The metrics of one command."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable

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
from plugin.metrics.answers import DeferredAnswers
from plugin.metrics.cuts import Counted, Cut, first_responses
from plugin.metrics.failures import AddedErrors, DenialTable, ErrorTable
from plugin.metrics.recent import Recent
from plugin.metrics.stages import Stages
from plugin.model import (
    NO_RECENT_ANSWERS,
    CommandDelta,
    CommandKey,
    CommandSnapshot,
    ErrorDelta,
    ErrorGroup,
    Outcome,
    RecentAnswers,
)


def _nothing() -> None:
    """Settle nothing: everything is recorded at once."""


class CommandMetrics:
    """Counts, latest answers and histograms of one command; `record` is called for every invocation.

    `record` counts nothing that can be derived. `ok` is the number of answers in the window so far, plus invocations
    without an answer, minus errors. First responses are the answers plus a few others. The window is filled backwards,
    so that a comparison with zero shows when it wraps around.
    """

    __slots__ = (
        "_answers",
        "_answers_ns",
        "_cut",
        "_deferred",
        "_durations",
        "_laps",
        "_last_ended_ns",
        "_other_responses",
        "_position",
        "_recent",
        "_settle",
        "_total_ns",
        "_unanswered",
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
        """`settle` is called before anything is read, and records invocations that have ended but are pending."""
        self.key = key
        self._settle = settle
        self.in_flight = 0
        self.errors: ErrorTable | None = None
        self.denials: DenialTable | None = None
        self._cut = Cut()
        self._uncut_errors: AddedErrors | None = None
        self.stages: Stages | None = None
        self._unsuccessful = [0, 0, 0, 0]
        self._total_ns = 0
        self._last_ended_ns = 0
        self._durations = no_counts()
        self._answers = no_counts()
        self._answers_ns = 0
        self._unanswered = 0
        """`ok` and `error` invocations that deferred or had no first response."""
        self._other_responses: Histogram | None = None
        """First responses that are not answers: defers, and responses to denied or cancelled invocations."""
        self._deferred: DeferredAnswers | None = None
        self._window = array("q", bytes(window_length * array("q").itemsize))
        self._position = window_length - 1
        self._laps = 0
        self._recent = Recent()

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count one invocation that has ended.

        Times are monotonic nanoseconds; `first_response_ns` is 0 if there was none, and not an answer if it only
        `deferred`. Averages and percentiles are over `ok` and `error`, so durations and answers of other outcomes are
        not kept.
        """
        self._last_ended_ns = ended_ns
        if outcome:
            self._unsuccessful[outcome] += 1
            if outcome != 2:
                if first_response_ns:
                    self._count_other_response(first_response_ns - started_ns)
                return
        duration_ns = ended_ns - started_ns
        self._total_ns += duration_ns
        ticks = duration_ns >> TICK_SHIFT
        try:
            self._durations[FINE[ticks] if ticks < FINE_TICKS else COARSE[ticks >> COARSE_SHIFT]] += 1
        except (IndexError, OverflowError):
            count_rare(self._durations, duration_ns)
        if deferred or not first_response_ns:
            self._unanswered += 1
            if first_response_ns:
                self._count_other_response(first_response_ns - started_ns)
            return
        answer_ns = first_response_ns - started_ns
        self._answers_ns += answer_ns
        ticks = answer_ns >> TICK_SHIFT
        try:
            self._answers[FINE[ticks] if ticks < FINE_TICKS else COARSE[ticks >> COARSE_SHIFT]] += 1
        except (IndexError, OverflowError):
            count_rare(self._answers, answer_ns)
        position = self._position
        self._window[position] = answer_ns
        if position:
            self._position = position - 1
        else:
            self._position = len(self._window) - 1
            self._laps += 1

    def responded(self, outcome: int, took_ns: int, deferred: bool) -> None:
        """Add the first response, in nanoseconds since the receipt, of an invocation that was counted without one."""
        if deferred or outcome not in (Outcome.OK, Outcome.ERROR):
            self._count_other_response(took_ns)
            return
        self._unanswered -= 1
        self._answers_ns += took_ns
        count_rare(self._answers, took_ns)
        self._window[self._position] = took_ns
        self._laps += not self._position
        self._position = (self._position or len(self._window)) - 1

    def answered_deferred(self, took_ns: int) -> None:
        """Count the answer, in nanoseconds since the receipt, of an `ok` or `error` invocation that had deferred."""
        if self._deferred is None:
            self._deferred = DeferredAnswers(len(self._window))
        self._deferred.add(took_ns)

    def _count_other_response(self, took_ns: int) -> None:
        if self._other_responses is None:
            self._other_responses = Histogram()
        self._other_responses.record(took_ns)

    def ensure_stages(self) -> Stages:
        """The stages of its interactions, created at the first call."""
        if self.stages is None:
            self.stages = Stages(len(self._window))
        return self.stages

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        """Invocations so far, indexed by `Outcome`."""
        self._settle()
        _, denied, error, cancelled = self._unsuccessful
        return self._answered + self._unanswered - error, denied, error, cancelled

    @property
    def _answered(self) -> int:
        length = len(self._window)
        return self._laps * length + length - 1 - self._position

    def memory_bytes(self) -> int:
        """Memory of this object and its arrays."""
        parts = (self, self._unsuccessful, self._durations, self._answers, self._window)
        return sum(map(sys.getsizeof, parts)) + (self._deferred.memory_bytes() if self._deferred else 0)

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Count the reason for which an invocation ended as `error` or `denied`."""
        if outcome is Outcome.DENIED:
            if self.denials is None:
                self.denials = DenialTable()
            self.denials.add(group.type)
        else:
            if self.errors is None:
                self.errors = ErrorTable()
            if self._uncut_errors is None:
                self._uncut_errors = AddedErrors()
            self.errors.add(group)
            self._uncut_errors.add(group)

    def cut_recent(self, now_s: float) -> None:
        """Date the invocations counted since the last call; call it regularly, with monotonic seconds."""
        ok, _, errors, _ = self.outcomes
        self._recent.cut(now_s, ok, errors)

    def cut(self) -> CommandDelta | None:
        """What was counted since the last cut, or None."""
        before, late = self._cut, self._deferred
        outcomes, answered, deferred = self.outcomes, self._answered, late.number if late is not None else 0
        if (outcomes, answered, deferred) == before[:3]:
            return None
        counted = Counted(
            outcomes,
            answered,
            deferred,
            self._total_ns,
            self._answers_ns,
            late.total_ns if late is not None else 0,
            Histogram.of(self._durations),
            Histogram.of(self._answers),
            Histogram.of(self._others().counts),
            Histogram.of(late.counts) if late is not None else Histogram(),
        )
        self._cut = counted.cut()
        return counted.since(self.key, before)

    def _others(self) -> Histogram:
        return Histogram() if self._other_responses is None else self._other_responses

    def cut_errors(self) -> tuple[list[ErrorDelta], int]:
        """The error groups since the last cut, and the number of failures of groups that found no room."""
        uncut, self._uncut_errors = self._uncut_errors, None
        if uncut is None:
            return [], 0
        return [ErrorDelta(self.key, group) for group in uncut.groups()], uncut.dropped

    def snapshot(self, unix_offset_s: float) -> CommandSnapshot:
        """A copy as of now; the offset turns monotonic seconds into Unix time."""
        self._settle()
        newest = self._position + 1
        window = self._window[newest:] + self._window[:newest] if self._laps else self._window[newest:]
        answers, outcomes = Histogram.of(self._answers[:]), self.outcomes
        return CommandSnapshot(
            self.key,
            outcomes,
            self.in_flight,
            RecentAnswers(self._answered, self._answers_ns, answers, window, sum(window)),
            NO_RECENT_ANSWERS if self._deferred is None else self._deferred.snapshot(),
            self._total_ns,
            Histogram.of(self._durations[:]),
            first_responses(self.key.kind, answers.copy(), self._others()),
            self.errors.newest() if self.errors else (),
            self.denials.most_frequent() if self.denials else (),
            self._last_ended_ns / 1e9 + unix_offset_s if self._last_ended_ns else None,
            self.stages.snapshot() if self.stages else None,
            self._recent.slots(outcomes[0], outcomes[2], self._last_ended_ns / 1e9, unix_offset_s),
        )
