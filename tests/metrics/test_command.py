"""What is known of one command."""

from __future__ import annotations

import functools
import sys
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import no_counts
from plugin.metrics import CommandMetrics
from plugin.metrics.batches import merged_batch
from plugin.model import Batch, CommandDelta, CommandKey, CommandKind, CommandSnapshot, ErrorGroup, Outcome
from tests.history.builders import histogram

KEY = CommandKey(CommandKind.SLASH, "ping", None)
DAY_NS = 86_400 * 10**9


class Ended(NamedTuple):
    """One invocation that has ended."""

    outcome: Outcome
    duration_ns: int
    response_ns: int | None
    """None without a first response."""
    deferred: bool
    answer_ns: int | None
    """Of one that deferred; None where nothing followed."""

    @property
    def judged(self) -> bool:
        """Whether its times count."""
        return self.outcome in (Outcome.OK, Outcome.ERROR)

    def record(self, metrics: CommandMetrics, now_ns: int, late: bool = False) -> None:
        """Record it; where it is `late`, its first response is told afterwards."""
        response_ns = 0 if self.response_ns is None or late else now_ns + self.response_ns
        deferred = self.deferred and self.response_ns is not None
        metrics.record(self.outcome, now_ns, response_ns, now_ns + self.duration_ns, deferred and not late)
        if late and self.response_ns is not None:
            metrics.responded(self.outcome, self.response_ns, deferred)
        if deferred and self.judged and self.answer_ns is not None:
            metrics.answered_deferred(self.answer_ns)


times = st.integers(1, DAY_NS)
invocations = st.lists(
    st.builds(
        Ended, st.sampled_from(Outcome), st.integers(0, DAY_NS), st.none() | times, st.booleans(), st.none() | times
    ),
    max_size=60,
)


def filled(window_length: int, ended: list[Ended], late: bool = False) -> CommandSnapshot:
    """A snapshot after these invocations."""
    metrics = CommandMetrics(KEY, window_length)
    now_ns = 5
    for each in ended:
        each.record(metrics, now_ns, late)
        now_ns += each.duration_ns + 1
    return metrics.snapshot(0)


@given(st.integers(1, 12), invocations, st.booleans())
def test_the_windows_hold_exactly_the_last_answers(window_length: int, ended: list[Ended], late: bool) -> None:
    """Of `ok` and `error` the last answers are kept exactly, those after a defer apart, and sums over them and all."""
    found = filled(window_length, ended, late)
    judged = [each for each in ended if each.judged and each.response_ns is not None]
    at_once = [each.response_ns or 0 for each in judged if not each.deferred]
    deferred = [each.answer_ns or 0 for each in judged if each.deferred and each.answer_ns is not None]
    for answers, expected in ((found.answers, at_once), (found.deferred, deferred)):
        assert list(answers.window_ns) == expected[: -window_length - 1 : -1]
        assert answers.window_sum_ns == sum(expected[-window_length:])
        assert (answers.number, answers.total_ns) == (len(expected), sum(expected))
        assert answers.times == histogram(expected)
    durations = [each.duration_ns for each in ended if each.judged]
    assert (found.total_ns, found.durations) == (sum(durations), histogram(durations))


@given(invocations, st.booleans())
def test_every_invocation_is_counted_once(ended: list[Ended], late: bool) -> None:
    """Counts by outcome add up, and first responses count whatever the outcome."""
    found = filled(10, ended, late)
    assert found.invocations == len(ended)
    assert all(found.outcomes[each] == sum(one.outcome is each for one in ended) for each in Outcome)
    assert found.first_responses == histogram([each.response_ns for each in ended if each.response_ns is not None])


def test_the_answer_of_a_prefix_command_is_no_first_response() -> None:
    """First responses are what Discord's three seconds are about, and a message has none."""
    metrics = CommandMetrics(KEY._replace(kind=CommandKind.PREFIX), 10)
    metrics.record(Outcome.OK, 0, 5, 10)
    found, cut = metrics.snapshot(0), metrics.cut()
    assert cut is not None
    assert (
        (found.first_responses.total, found.answers.number) == (cut.first_responses.total, cut.answers.number) == (0, 1)
    )


@given(st.integers(1, 100), st.lists(st.integers(1, DAY_NS), min_size=1, max_size=120))
def test_quantiles_of_the_window_are_exact(percent: int, answers: list[int]) -> None:
    """A quantile is one of the answers: the smallest that so many percent do not exceed."""
    found = filled(1000, [Ended(Outcome.OK, 0, answer, False, None) for answer in answers]).answers
    quantile = found.quantile_ns(percent / 100)
    assert quantile is not None
    enough = -(-percent * len(answers) // 100)
    assert sum(answer <= quantile for answer in answers) >= enough
    assert sum(answer < quantile for answer in answers) < enough


def test_a_snapshot_does_not_change() -> None:
    """What is recorded later is not in a snapshot that was taken before."""
    metrics = CommandMetrics(KEY, 10)
    metrics.record(Outcome.OK, 0, 5, 10)
    before = metrics.snapshot(0)
    metrics.record(Outcome.ERROR, 0, 5, 30)
    metrics.failed(Outcome.ERROR, ErrorGroup("E", None, 1, 0.0, 0.0))
    assert (before.outcomes, list(before.answers.window_ns), before.durations.total, before.errors) == (
        (1, 0, 0, 0),
        [5],
        1,
        (),
    )


def test_the_last_invocation_is_told_in_unix_time() -> None:
    """The moment of the last end is moved from the monotonic clock to Unix time, whatever its outcome."""
    metrics = CommandMetrics(KEY, 10)
    assert metrics.snapshot(1_000.0).last_invoked is None
    metrics.record(Outcome.DENIED, 10**9, 0, 2 * 10**9)
    assert metrics.snapshot(1_000.0).last_invoked == 1_002.0


@given(st.lists(invocations, max_size=6))
def test_cuts_add_up_to_all_that_was_counted(spans: list[list[Ended]]) -> None:
    """Each cut holds what was added since the one before, and one that adds nothing is none."""
    metrics = CommandMetrics(KEY, 10)
    cuts: list[CommandDelta] = []
    for span in spans:
        for each in span:
            each.record(metrics, 5)
        cut = metrics.cut()
        assert (cut is None) == (not span)
        cuts += [] if cut is None else [cut]
    found = metrics.snapshot(0)
    whole = functools.reduce(
        merged_batch, (Batch(0, n, (cut,), {}, ()) for n, cut in enumerate(cuts)), Batch(0, 0, (), {}, ())
    )
    for cut in whole.commands:
        assert (cut.durations, cut.first_responses) == (found.durations, found.first_responses)
        assert (cut.total_ns, cut.outcomes) == (found.total_ns, found.outcomes)
        assert (cut.answers, cut.deferred) == (found.answers.since_boot, found.deferred.since_boot)


def test_an_answer_that_comes_after_a_cut_is_in_the_next() -> None:
    """A command that was answered late has a cut of that, though nothing of it has ended since."""
    metrics = CommandMetrics(KEY, 10)
    metrics.record(Outcome.OK, 0, 5, 10, True)
    metrics.cut()
    metrics.answered_deferred(3_000)
    cut = metrics.cut()
    assert cut is not None
    assert (cut.outcomes, cut.deferred.number, cut.deferred.total_ns) == ((0, 0, 0, 0), 1, 3_000)
    assert metrics.cut() is None


def test_failures_are_cut_once() -> None:
    """A cut has the failures since the one before, those that found no room counted; what is shown stays."""
    metrics = CommandMetrics(KEY, 10)
    for number in range(12):
        metrics.failed(Outcome.ERROR, ErrorGroup(f"E{number}", None, 1, 1.0, 1.0))
    errors, dropped = metrics.cut_errors()
    assert (len(errors), dropped) == (10, 2)
    assert metrics.cut_errors() == ([], 0)
    assert len(metrics.snapshot(0).errors) == 10


@pytest.mark.parametrize("kinds", [10, 11, 25])
def test_failures_that_take_turns_are_cut_exactly(kinds: int) -> None:
    """A group that others push out of the latest ones, and that comes back, has all its failures in the cut."""
    metrics = CommandMetrics(KEY, 10)
    for number in range(4 * kinds):
        metrics.failed(Outcome.ERROR, ErrorGroup(f"E{number % kinds}", None, 1, float(number), float(number)))
    errors, dropped = metrics.cut_errors()
    assert {error.group.count for error in errors} == {4}
    assert sum(error.group.count for error in errors) + dropped == 4 * kinds


def test_memory_counts_each_window() -> None:
    """A command that has deferred takes more, by a second window and its histogram."""
    metrics = CommandMetrics(KEY, 100)
    before = metrics.memory_bytes()
    assert before > 2 * sys.getsizeof(no_counts()) + 100 * 8
    metrics.answered_deferred(1)
    assert metrics.memory_bytes() > before + sys.getsizeof(no_counts()) + 100 * 8


def test_a_failure_is_kept_where_its_outcome_belongs() -> None:
    """Denials are counted by reason, errors by group; both stay empty until one is met."""
    metrics = CommandMetrics(KEY, 10)
    assert metrics.snapshot(0).errors == metrics.snapshot(0).denials == ()
    for outcome, kind in ((Outcome.DENIED, "NotOwner"), (Outcome.ERROR, "KeyError"), (Outcome.DENIED, "NotOwner")):
        metrics.failed(outcome, ErrorGroup(kind, None, 1, 1.0, 1.0))
    found = metrics.snapshot(0)
    assert [(denials.reason, denials.count) for denials in found.denials] == [("NotOwner", 2)]
    assert [(group.type, group.count) for group in found.errors] == [("KeyError", 1)]
    errors, dropped = metrics.cut_errors()
    assert ([error.group.type for error in errors], dropped) == (["KeyError"], 0)


def test_what_came_since_a_look_is_dated_by_the_last_end() -> None:
    """Up to a look invocations are dated by it, and those after it by the moment the last of them ended."""
    metrics = CommandMetrics(KEY, 10)
    metrics.record(Outcome.OK, 0, 1, 2 * 10**9)
    metrics.cut_recent(60)
    metrics.record(Outcome.ERROR, 0, 1, 90 * 10**9)
    assert list(metrics.snapshot(1000).recent) == [1060, 1, 0, 1090, 0, 1]


def test_stages_hold_as_many_interactions_as_the_window() -> None:
    """There are none before they are watched, and the same ones each time they are asked for."""
    metrics = CommandMetrics(KEY, 3)
    assert metrics.snapshot(0).stages is None
    for _ in range(5):
        metrics.ensure_stages().record(1, 1, 1, 1, 1, 1, -1)
    stages = metrics.snapshot(0).stages
    assert stages is not None and len(stages.splits()) == 3


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
@pytest.mark.parametrize("deferred", [False, True], ids=["at once", "after a defer"])
def test_the_newest_answer_takes_the_place_of_the_oldest(deferred: bool, late: bool) -> None:
    """The window goes round any number of times; it is read newest first, and all answers stay counted."""
    for number in range(1, 11):
        times = range(1, number + 1)
        found = filled(3, [Ended(Outcome.OK, 0, 1 if deferred else took, deferred, took) for took in times], late)
        answers = found.deferred if deferred else found.answers
        assert list(answers.window_ns) == list(times)[: -3 - 1 : -1]
        assert (answers.number, answers.total_ns) == (number, sum(times))
