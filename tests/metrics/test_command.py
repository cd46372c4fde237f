"""What is known of one command."""

from __future__ import annotations

from operator import add

from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.metrics import CommandMetrics
from plugin.metrics.failures import LARGEST_GROUPS
from plugin.model import CommandKey, CommandKind, CommandSnapshot, ErrorGroup, Outcome

KEY = CommandKey(CommandKind.SLASH, "ping", None)
DAY_NS = 86_400 * 10**9

invocations = st.lists(
    st.tuples(st.sampled_from(Outcome), st.integers(0, DAY_NS), st.none() | st.integers(1, DAY_NS)), max_size=60
)


def filled(window_length: int, ended: list[tuple[Outcome, int, int | None]]) -> CommandSnapshot:
    """A snapshot after invocations of an outcome, a duration and a time to the first response."""
    metrics = CommandMetrics(KEY, window_length)
    now_ns = 5
    for outcome, duration_ns, response_ns in ended:
        metrics.record(outcome, now_ns, 0 if response_ns is None else now_ns + response_ns, now_ns + duration_ns)
        now_ns += duration_ns + 1
    return metrics.snapshot(0)


@given(st.integers(1, 12), invocations)
def test_the_window_holds_exactly_the_last_durations(
    window_length: int, ended: list[tuple[Outcome, int, int | None]]
) -> None:
    """Of `ok` and `error` invocations the last durations are kept exactly, and sums over them and over all."""
    durations = [duration for outcome, duration, _ in ended if outcome in (Outcome.OK, Outcome.ERROR)]
    found = filled(window_length, ended)
    assert sorted(found.window_ns) == sorted(durations[-window_length:])
    assert found.window_sum_ns == sum(durations[-window_length:])
    assert (found.total_ns, found.durations.total) == (sum(durations), len(durations))


@given(invocations)
def test_every_invocation_is_counted_once(ended: list[tuple[Outcome, int, int | None]]) -> None:
    """Counts by outcome add up, and first responses count whatever the outcome."""
    found = filled(10, ended)
    assert found.invocations == len(ended)
    assert all(found.outcomes[each] == sum(outcome is each for outcome, _, _ in ended) for each in Outcome)
    assert found.first_responses.total == sum(response is not None for _, _, response in ended)


@given(st.integers(1, 100), st.lists(st.integers(0, DAY_NS), min_size=1, max_size=120))
def test_quantiles_of_the_window_are_exact(percent: int, durations: list[int]) -> None:
    """A quantile is one of the durations: the smallest that so many percent do not exceed."""
    found = filled(1000, [(Outcome.OK, duration, None) for duration in durations])
    quantile = found.quantile_ns(percent / 100)
    enough = -(-percent * len(durations) // 100)
    assert sum(duration <= quantile for duration in durations) >= enough
    assert sum(duration < quantile for duration in durations) < enough


def test_a_snapshot_does_not_change() -> None:
    """What is recorded later is not in a snapshot that was taken before."""
    metrics = CommandMetrics(KEY, 10)
    metrics.record(Outcome.OK, 0, 5, 10)
    before = metrics.snapshot(0)
    metrics.record(Outcome.ERROR, 0, 5, 30)
    metrics.failed(Outcome.ERROR, ErrorGroup("E", None, 1, 0.0, 0.0))
    assert (before.outcomes, list(before.window_ns), before.durations.total, before.errors) == (
        (1, 0, 0, 0),
        [10],
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
def test_cuts_add_up_to_all_that_was_counted(spans: list[list[tuple[Outcome, int, int | None]]]) -> None:
    """Each cut holds what was added since the one before, and one that adds nothing is none."""
    metrics = CommandMetrics(KEY, 10)
    durations, first_responses, total_ns, outcomes = Histogram(), Histogram(), 0, [0, 0, 0, 0]
    for span in spans:
        for outcome, duration_ns, response_ns in span:
            metrics.record(outcome, 5, 0 if response_ns is None else 5 + response_ns, 5 + duration_ns)
        cut = metrics.cut()
        assert (cut is None) == (not span)
        if cut is not None:
            durations.merge(cut.durations)
            first_responses.merge(cut.first_responses)
            total_ns += cut.total_ns
            outcomes = list(map(add, outcomes, cut.outcomes))
    found = metrics.snapshot(0)
    assert (durations, first_responses) == (found.durations, found.first_responses)
    assert (total_ns, tuple(outcomes)) == (found.total_ns, found.outcomes)


def test_failures_are_cut_once() -> None:
    """A cut has the failures since the one before, those that found no room counted; what is shown stays."""
    metrics = CommandMetrics(KEY, 10)
    for number in range(LARGEST_GROUPS + 2):
        metrics.failed(Outcome.ERROR, ErrorGroup(f"E{number}", None, 1, 1.0, 1.0))
    errors, dropped = metrics.cut_errors()
    assert (len(errors), dropped) == (LARGEST_GROUPS, 2)
    assert metrics.cut_errors() == ([], 0)
    assert len(metrics.snapshot(0).errors) == LARGEST_GROUPS
