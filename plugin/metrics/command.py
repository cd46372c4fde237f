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
from plugin.metrics.answers import DeferredAnswers
from plugin.metrics.failures import DenialTable, ErrorTable
from plugin.metrics.recent import Recent
from plugin.metrics.stages import Stages
from plugin.model import (
    NO_ANSWERS,
    NO_RECENT_ANSWERS,
    AnswerTimes,
    CommandDelta,
    CommandKey,
    CommandKind,
    CommandSnapshot,
    ErrorDelta,
    ErrorGroup,
    Outcome,
    RecentAnswers,
)


class _Cut(NamedTuple):
    """What had been counted when history was last told; the histograms are packed, since most buckets are empty."""

    outcomes: tuple[int, int, int, int] = (0, 0, 0, 0)
    total_ns: int = 0
    durations: bytes = b""
    answered: int = 0
    answers_ns: int = 0
    answers: bytes = b""
    other_responses: bytes = b""
    deferred: int = 0
    deferred_ns: int = 0
    deferred_answers: bytes = b""


def _nothing() -> None:
    """What there is to settle where everything is recorded at once."""


class CommandMetrics:
    """Counts, the last answers and histograms of one command; `record` is called for every invocation.

    What can be derived is not counted there. `ok` is what the window of answers has seen, and what had no answer at
    once, less the errors. First responses are the answers and the few that are none. The window is filled from its end
    towards its beginning, so that one comparison with zero tells when it has wrapped around.
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
        self._answers = no_counts()
        self._answers_ns = 0
        self._unanswered = 0
        """How many `ok` and `error` invocations deferred, or had no first response."""
        self._other_responses: Histogram | None = None
        """First responses that are no answers: those that defer, and those of invocations that were refused."""
        self._deferred: DeferredAnswers | None = None
        self._window = array("q", bytes(window_length * array("q").itemsize))
        self._position = window_length - 1
        self._laps = 0
        self._recent = Recent()

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count one invocation that has ended.

        The three moments are monotonic nanoseconds; `first_response_ns` is 0 where there was none, and no answer where
        it only `deferred`. Averages and percentiles are over `ok` and `error`, so neither durations nor answers of the
        other outcomes are kept.
        """
        self._last_ended_ns = ended_ns
        if outcome:
            self._unsuccessful[outcome] += 1
            if outcome != 2:
                if first_response_ns:
                    self._respond_otherwise(first_response_ns - started_ns)
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
                self._respond_otherwise(first_response_ns - started_ns)
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
        """Add the first response of an invocation that was counted without one, in nanoseconds since its receipt."""
        if deferred or outcome not in (Outcome.OK, Outcome.ERROR):
            self._respond_otherwise(took_ns)
            return
        self._unanswered -= 1
        self._answers_ns += took_ns
        count_rare(self._answers, took_ns)
        self._window[self._position] = took_ns
        self._laps += not self._position
        self._position = (self._position or len(self._window)) - 1

    def answered_deferred(self, took_ns: int) -> None:
        """Count the answer of an `ok` or `error` invocation that had deferred it, in nanoseconds since its receipt."""
        if self._deferred is None:
            self._deferred = DeferredAnswers(len(self._window))
        self._deferred.add(took_ns)

    def _respond_otherwise(self, took_ns: int) -> None:
        if self._other_responses is None:
            self._other_responses = Histogram()
        self._other_responses.record(took_ns)

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
        return self._answered + self._unanswered - error, denied, error, cancelled

    @property
    def _answered(self) -> int:
        length = len(self._window)
        return self._laps * length + length - 1 - self._position

    def memory_bytes(self) -> int:
        """Memory that it takes by itself."""
        parts = (self, self._unsuccessful, self._durations, self._answers, self._window)
        return sum(map(sys.getsizeof, parts)) + (self._deferred.memory_bytes() if self._deferred else 0)

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

    def look(self, now_s: float) -> None:
        """Date what was counted since the last look; to be called now and then, with monotonic seconds."""
        ok, _, errors, _ = self.outcomes
        self._recent.cut(now_s, ok, errors)

    def cut(self) -> CommandDelta | None:
        """What was counted since the cut before; None where that is nothing."""
        before, late = self._cut, self._deferred
        outcomes, answered, deferred = self.outcomes, self._answered, late.number if late is not None else 0
        if (outcomes, answered, deferred) == (before.outcomes, before.answered, before.deferred):
            return None
        durations, answers, others = map(Histogram.of, (self._durations, self._answers, self._others().counts))
        deferred_ns, deferred_answers = (0, b"") if late is None else (late.total_ns, Histogram.of(late.counts).pack())
        now = self._cut = _Cut(
            outcomes,
            self._total_ns,
            durations.pack(),
            answered,
            self._answers_ns,
            answers.pack(),
            others.pack(),
            deferred,
            deferred_ns,
            deferred_answers,
        )
        added = tuple(map(sub, outcomes, before.outcomes))
        times = answers.since(Histogram.unpack(before.answers))
        return CommandDelta(
            self.key,
            (added[0], added[1], added[2], added[3]),
            now.total_ns - before.total_ns,
            durations.since(Histogram.unpack(before.durations)),
            self._responses(times.copy(), others.since(Histogram.unpack(before.other_responses))),
            AnswerTimes(answered - before.answered, now.answers_ns - before.answers_ns, times),
            _late(now, before) if deferred > before.deferred else NO_ANSWERS,
        )

    def _others(self) -> Histogram:
        return Histogram() if self._other_responses is None else self._other_responses

    def _responses(self, answers: Histogram, others: Histogram) -> Histogram:
        """First responses: answers, which become these, and others; the messages of prefix commands are none."""
        if self.key.kind is CommandKind.PREFIX:
            return Histogram()
        answers.merge(others)
        return answers

    def cut_errors(self) -> tuple[list[ErrorDelta], int]:
        """The error groups that were met since the cut before, and how many more there was no room for."""
        uncut, self._uncut_errors = self._uncut_errors, None
        if uncut is None:
            return [], 0
        return [ErrorDelta(self.key, group) for group in uncut.newest()], uncut.dropped

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
            self._responses(answers.copy(), self._others()),
            self.errors.newest() if self.errors else (),
            self.denials.most_frequent() if self.denials else (),
            self._last_ended_ns / 1e9 + unix_offset_s if self._last_ended_ns else None,
            self.stages.snapshot() if self.stages else None,
            self._recent.slots(outcomes[0], outcomes[2], self._last_ended_ns / 1e9, unix_offset_s),
        )


def _late(now: _Cut, before: _Cut) -> AnswerTimes:
    times = Histogram.unpack(now.deferred_answers).since(Histogram.unpack(before.deferred_answers))
    return AnswerTimes(now.deferred - before.deferred, now.deferred_ns - before.deferred_ns, times)
