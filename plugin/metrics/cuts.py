"""What was counted for a command between two cuts, for history."""

from __future__ import annotations

from operator import sub
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model import NO_ANSWERS, AnswerTimes, CommandDelta, CommandKey, CommandKind


class Cut(NamedTuple):
    """The counts of a command at the last cut; the histograms are packed, since most buckets are empty."""

    outcomes: tuple[int, int, int, int] = (0, 0, 0, 0)
    answered: int = 0
    deferred: int = 0
    total_ns: int = 0
    answers_ns: int = 0
    deferred_ns: int = 0
    durations: bytes = b""
    answers: bytes = b""
    other_responses: bytes = b""
    deferred_answers: bytes = b""


class Counted(NamedTuple):
    """The counts of a command now."""

    outcomes: tuple[int, int, int, int]
    answered: int
    deferred: int
    total_ns: int
    answers_ns: int
    deferred_ns: int
    durations: Histogram
    answers: Histogram
    other_responses: Histogram
    deferred_answers: Histogram

    def cut(self) -> Cut:
        """These counts, to compare the next ones with."""
        durations, answers, others, deferred_answers = (histogram.pack() for histogram in self[6:])
        return Cut(*self[:6], durations, answers, others, deferred_answers)

    def since(self, key: CommandKey, before: Cut) -> CommandDelta:
        """What was added since a cut."""
        ok, denied, error, cancelled = map(sub, self.outcomes, before.outcomes)
        answers = self.answers.since(Histogram.unpack(before.answers))
        others = self.other_responses.since(Histogram.unpack(before.other_responses))
        return CommandDelta(
            key,
            (ok, denied, error, cancelled),
            self.total_ns - before.total_ns,
            self.durations.since(Histogram.unpack(before.durations)),
            first_responses(key.kind, answers.copy(), others),
            AnswerTimes(self.answered - before.answered, self.answers_ns - before.answers_ns, answers),
            self._deferred_since(before) if self.deferred > before.deferred else NO_ANSWERS,
        )

    def _deferred_since(self, before: Cut) -> AnswerTimes:
        times = self.deferred_answers.since(Histogram.unpack(before.deferred_answers))
        return AnswerTimes(self.deferred - before.deferred, self.deferred_ns - before.deferred_ns, times)


def first_responses(kind: CommandKind, answers: Histogram, others: Histogram) -> Histogram:
    """Merge the other first responses into `answers`; empty for prefix commands, whose messages are not responses."""
    if kind is CommandKind.PREFIX:
        return Histogram()
    answers.merge(others)
    return answers
