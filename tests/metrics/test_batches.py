"""Batches that wait for the database."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import TICK_NS, Histogram
from plugin.metrics.batches import MOST_ROWS_AGAIN, Backlog, merged_batch
from plugin.model import Batch, CommandKey, CommandKind, Place, SeriesDelta, SeriesKind
from tests.history.builders import batch, delta, failure, finding, histogram

MOST_ROWS = 20
keys = [CommandKey(CommandKind.SLASH, f"command {number}", None) for number in range(30)]
minutes = st.lists(st.lists(st.sampled_from(keys), max_size=8, unique=True), max_size=40)


def put(waiting: Backlog, found: list[list[CommandKey]]) -> Counter[CommandKey]:
    """Put a batch for each minute; how often each command was counted in all of them."""
    counts: Counter[CommandKey] = Counter()
    for number, minute in enumerate(found):
        waiting.put(batch(60 * number, *map(delta, minute), sequence=number))
        counts.update(minute)
    return counts


def drained(waiting: Backlog) -> list[Batch]:
    """All batches, as they are written."""
    found: list[Batch] = []
    while waiting:
        found.append(waiting.first())
        waiting.written(found[-1])
    return found


def merged(histograms: list[Histogram]) -> Histogram:
    """The sum of all."""
    total = Histogram()
    for each in histograms:
        total.merge(each)
    return total


@given(minutes)
def test_no_count_is_lost_however_long_they_wait(found: list[list[CommandKey]]) -> None:
    """Batches that are merged keep every count; they stay in order of time and of sequence."""
    waiting = Backlog(MOST_ROWS)
    counts = put(waiting, found)
    written = drained(waiting)
    kept: Counter[CommandKey] = Counter()
    for one in written:
        kept.update({command.key: command.outcomes[0] for command in one.commands})
    assert kept == counts
    assert len(written) + waiting.merged == len(found)
    assert [one.start for one in written] == sorted(one.start for one in written)
    assert [one.sequence for one in written] == sorted(one.sequence for one in written)


@given(minutes)
def test_what_waits_is_bounded(found: list[list[CommandKey]]) -> None:
    """However many minutes wait, rows are at most the bound, or as many as there are different ones."""
    waiting = Backlog(MOST_ROWS)
    put(waiting, found)
    rows = sum(len(one.commands) for one in drained(waiting))
    assert rows <= max(MOST_ROWS, len({key for minute in found for key in minute}))


def test_one_that_was_tried_stays_as_it_is() -> None:
    """A batch that may be in the database already is not mixed with another, or it would be counted twice."""
    waiting = Backlog(2)
    waiting.put(batch(0, delta(keys[0]), sequence=1))
    tried = waiting.first()
    for number in range(2, 6):
        waiting.put(batch(60 * number, delta(keys[number]), sequence=number))
    assert waiting.first() is tried
    assert [one.sequence for one in drained(waiting)] == [1, 5]


def test_the_same_failure_of_two_minutes_is_one() -> None:
    """Failures of one command at one place add up, with the first and the last of their moments."""
    one = batch(0, errors=[failure(count=2, seen=10)], sequence=1)
    other = batch(60, errors=[failure(count=3, seen=70), failure(type="KeyError", seen=80)], sequence=2)
    joined = merged_batch(one, other)
    found = {error.group.type: error.group for error in joined.errors}
    assert (found["ValueError"].count, found["ValueError"].first_seen, found["ValueError"].last_seen) == (5, 10, 70)
    assert found["KeyError"].count == 1
    assert (joined.start, joined.sequence) == (0, 2)


@given(minutes, minutes)
def test_what_was_written_last_can_be_written_again(
    found: list[list[CommandKey]], more: list[list[CommandKey]]
) -> None:
    """The last batches come again as they were written, before all others, however much waits behind them."""
    waiting = Backlog(MOST_ROWS)
    put(waiting, found)
    written = drained(waiting)
    waiting.requeue_written()
    for number, minute in enumerate(more, len(found)):
        waiting.put(batch(60 * number, *map(delta, minute), sequence=number))
    again = drained(waiting)
    assert again[: len(written)] == written
    assert [one.sequence for one in again] == sorted({one.sequence for one in again})


def test_what_is_remembered_is_bounded() -> None:
    """Of what was written only so many rows are remembered, the last ones."""
    waiting = Backlog()
    for number in range(MOST_ROWS_AGAIN):
        waiting.put(batch(60 * number, *map(delta, keys), sequence=number))
        drained(waiting)
    waiting.requeue_written()
    again = drained(waiting)
    assert [one.sequence for one in again] == list(range(MOST_ROWS_AGAIN - MOST_ROWS_AGAIN // 30, MOST_ROWS_AGAIN))


@pytest.mark.parametrize("deferred", [(0, 0), (1, 0), (0, 2), (1, 2)])
def test_two_minutes_of_one_command_are_the_sum_of_both(deferred: tuple[int, int]) -> None:
    """All that is counted of it, answers that came at once and those after a defer included."""
    minutes = [
        delta(ok=3, error=1, each_ms=7, deferred=deferred[0]),
        delta(ok=2, error=2, each_ms=90, deferred=deferred[1]),
    ]
    (found,) = merged_batch(batch(0, minutes[0]), batch(60, minutes[1])).commands
    assert found.outcomes == (5, 4, 3, 6)
    assert found.total_ns == sum(minute.total_ns for minute in minutes)
    for name in ("answers", "deferred"):
        times = [getattr(minute, name) for minute in minutes]
        summed = getattr(found, name)
        assert (summed.number, summed.total_ns) == tuple(map(sum, zip(*(time[:2] for time in times), strict=True)))
        assert summed.times == merged([time.times for time in times])
    assert found.durations == merged([minute.durations for minute in minutes])
    assert found.first_responses == merged([minute.first_responses for minute in minutes])


def test_series_of_two_minutes_are_one() -> None:
    """A series that both have keeps the sum and the extremes; one of either minute only stays as it is."""
    found = merged_batch(batch(0, guilds=5, threads=3), batch(60, guilds=9, tasks=4)).series
    assert found == {
        "guilds": SeriesDelta(2, 14, 5, 9),
        "threads": SeriesDelta(1, 3, 3, 3),
        "tasks": SeriesDelta(1, 4, 4, 4),
    }


def test_own_series_of_two_minutes_are_one() -> None:
    """Distributions are merged, a gauge ends where the later one does, and both keep what they are."""
    low, high = merged([]), merged([])
    low.record(5 * TICK_NS)
    high.record(99 * TICK_NS)
    coin, piece = SeriesKind("{coin}", "histogram/1"), SeriesKind("{piece}", "gauge")
    first = batch(0)._replace(
        series={"shop.price": SeriesDelta(1, 5, 5, 5, low), "shop.gone": SeriesDelta(1, 7, 7, 7, last=7)},
        kinds={"shop.price": coin},
    )
    second = batch(60)._replace(
        series={"shop.price": SeriesDelta(1, 99, 99, 99, high), "shop.gone": SeriesDelta(1, 3, 3, 3, last=3)},
        kinds={"shop.gone": piece},
    )
    found = merged_batch(first, second)
    assert found.kinds == {"shop.price": coin, "shop.gone": piece}
    assert found.series == {
        "shop.price": SeriesDelta(2, 104, 5, 99, merged([low, high])),
        "shop.gone": SeriesDelta(2, 10, 3, 7, last=3),
    }
    assert first.series["shop.price"].distribution == low


def test_a_large_batch_is_remembered() -> None:
    """The last one always is, whatever it holds."""
    waiting = Backlog()
    waiting.put(batch(0, **{f"s{number}": 1.0 for number in range(MOST_ROWS_AGAIN + 1)}))
    drained(waiting)
    waiting.requeue_written()
    assert len(waiting) == 1


def test_the_emptiest_neighbours_are_put_together() -> None:
    """So minutes in which little happened grow longer first; other rows count like those of commands."""
    waiting = Backlog(12)
    quiet = {"errors": (failure(),), "guilds": 1.0}
    waiting.put(batch(0, *map(delta, keys[:5]), sequence=0))
    waiting.put(batch(60, delta(keys[5]), sequence=1, **quiet))
    waiting.put(batch(120, delta(keys[5]), sequence=2, **quiet))
    assert (waiting.merged, len(waiting)) == (0, 3)
    waiting.put(batch(180, *map(delta, keys[6:10]), sequence=3))
    assert waiting.merged == 1
    assert [one.start for one in drained(waiting)] == [0, 60, 180]


def test_failures_apart_stay_apart() -> None:
    """Another command, type, file or function is another failure; another line of one function is not."""
    found = [
        failure(),
        failure(place=Place("shop.py", "buy", 99)),
        failure(place=Place("shop.py", "sell", 7)),
        failure(place=Place("bank.py", "buy", 7)),
        failure(place=None),
        failure("KeyError"),
        failure(key=keys[0]),
    ]
    joined = merged_batch(batch(0, errors=tuple(found[:3])), batch(60, errors=tuple(found[3:])))
    assert [error.group.count for error in joined.errors] == [2, 1, 1, 1, 1, 1]


def test_of_a_finding_of_two_minutes_the_last_state_is_kept() -> None:
    """One that began anew, or is about something else or about every instance, is another; none is lost."""
    first, ended = finding(since=10.0), finding(since=10.0, until=70.0)
    others = (
        finding(since=65.0),
        finding("error_rate", since=10.0),
        finding(name="/shop sell", since=10.0),
        finding(since=10.0, everywhere=True),
    )
    early = finding("memory", since=5.0)
    joined = merged_batch(batch(0, findings=(early, first)), batch(60, findings=(*others, ended)))
    assert sorted(map(repr, joined.findings)) == sorted(map(repr, (early, ended, *others)))
    assert merged_batch(batch(0, findings=(ended,)), batch(60)).findings == (ended,)


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=6), max_size=30))
def test_no_finding_is_lost_however_long_they_wait(found: list[list[tuple[str, bool]]]) -> None:
    """Of each finding the last state is written last, and findings count as rows of what waits."""
    waiting, last = Backlog(MOST_ROWS), dict[str, bool]()
    for number, minute in enumerate(found):
        states = [finding(name=name, since=1.0, until=float(number) if over else None) for name, over in minute]
        waiting.put(batch(60 * number, findings=tuple(states), sequence=number))
        last |= dict(minute)
    written = drained(waiting)
    assert {one.subject.name: one.until is not None for each in written for one in each.findings} == last
    assert sum(len(each.findings) for each in written) <= MOST_ROWS


def test_only_what_waits_first_is_taken_out() -> None:
    """A batch that is not the first, or is told twice to be written, takes none of the others out."""
    waiting = Backlog()
    for number in range(3):
        waiting.put(batch(60 * number, sequence=number))
    first = waiting.first()
    waiting.written(batch(0, sequence=0))
    assert len(waiting) == 3
    for _ in range(2):
        waiting.written(first)
    assert [one.sequence for one in drained(waiting)] == [1, 2]
    waiting.written(first)
    assert len(waiting) == 0


def test_a_row_more_than_is_remembered_lets_the_oldest_go() -> None:
    """Exactly as many rows as the bound are remembered."""
    waiting = Backlog()
    for number in range(MOST_ROWS_AGAIN + 1):
        waiting.put(batch(60 * number, delta(keys[0]), sequence=number))
        drained(waiting)
    waiting.requeue_written()
    assert [one.sequence for one in drained(waiting)] == list(range(1, MOST_ROWS_AGAIN + 1))


def test_what_is_written_again_is_not_mixed_with_what_came_later() -> None:
    """The database may still have the last of it, so it stays as it was written."""
    waiting = Backlog(1)
    waiting.put(batch(0, delta(keys[0]), sequence=0))
    drained(waiting)
    waiting.requeue_written()
    for number in range(1, 4):
        waiting.put(batch(60 * number, delta(keys[number]), sequence=number))
    assert [one.sequence for one in drained(waiting)] == [0, 3]


def test_one_that_was_tried_stays_as_it_is_behind_what_comes_again() -> None:
    """What is written once more does not make that forgotten."""
    waiting = Backlog(1)
    waiting.put(batch(0, delta(keys[0]), sequence=0))
    drained(waiting)
    waiting.put(batch(60, delta(keys[1]), sequence=1))
    waiting.first()
    waiting.requeue_written()
    for number in (2, 3):
        waiting.put(batch(60 * number, delta(keys[number]), sequence=number))
    assert [one.sequence for one in drained(waiting)] == [0, 1, 3]


def test_distributions_of_two_minutes_are_merged() -> None:
    """A minute in which the histogram took no values changes nothing of the other's."""
    one, other = (SeriesDelta(2, 3.0, 1.0, 2.0, histogram(times)) for times in ([5, 6], [7, 900]))
    none = SeriesDelta(1, 1.0, 1.0, 1.0)
    for first, second, expected in ((one, other, [5, 6, 7, 900]), (one, none, [5, 6]), (none, other, [7, 900])):
        minutes = (Batch(0, number, (), {"shop.price": values}, ()) for number, values in enumerate((first, second)))
        assert merged_batch(*minutes).series["shop.price"].distribution == histogram(expected)
