"""Batches that wait for the database."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.batches import MOST_ROWS_AGAIN, Waiting, together
from plugin.model import Batch, CommandKey, CommandKind
from tests.history.builders import batch, delta, failure

MOST_ROWS = 20
keys = [CommandKey(CommandKind.SLASH, f"command {number}", None) for number in range(30)]
minutes = st.lists(st.lists(st.sampled_from(keys), max_size=8, unique=True), max_size=40)


def put(waiting: Waiting, found: list[list[CommandKey]]) -> Counter[CommandKey]:
    """Put a batch for each minute; how often each command was counted in all of them."""
    counts: Counter[CommandKey] = Counter()
    for number, minute in enumerate(found):
        waiting.put(batch(60 * number, *map(delta, minute), sequence=number))
        counts.update(minute)
    return counts


def drained(waiting: Waiting) -> list[Batch]:
    """All batches, as they are written."""
    found: list[Batch] = []
    while waiting:
        found.append(waiting.first())
        waiting.written(found[-1])
    return found


@given(minutes)
def test_no_count_is_lost_however_long_they_wait(found: list[list[CommandKey]]) -> None:
    """Batches that are put together keep every count; they stay in order of time and of sequence."""
    waiting = Waiting(MOST_ROWS)
    counts = put(waiting, found)
    written = drained(waiting)
    kept: Counter[CommandKey] = Counter()
    for one in written:
        kept.update({command.key: command.outcomes[0] for command in one.commands})
    assert kept == counts
    assert len(written) + waiting.put_together == len(found)
    assert [one.start for one in written] == sorted(one.start for one in written)
    assert [one.sequence for one in written] == sorted(one.sequence for one in written)


@given(minutes)
def test_what_waits_is_bounded(found: list[list[CommandKey]]) -> None:
    """However many minutes wait, rows are at most the bound, or as many as there are different ones."""
    waiting = Waiting(MOST_ROWS)
    put(waiting, found)
    rows = sum(len(one.commands) for one in drained(waiting))
    assert rows <= max(MOST_ROWS, len({key for minute in found for key in minute}))


def test_one_that_was_tried_stays_as_it_is() -> None:
    """A batch that may be in the database already is not mixed with another, or it would be counted twice."""
    waiting = Waiting(2)
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
    joined = together(one, other)
    found = {error.group.type: error.group for error in joined.errors}
    assert (found["ValueError"].count, found["ValueError"].first_seen, found["ValueError"].last_seen) == (5, 10, 70)
    assert found["KeyError"].count == 1
    assert (joined.start, joined.sequence) == (0, 2)


@given(minutes, minutes)
def test_what_was_written_last_can_be_written_again(
    found: list[list[CommandKey]], more: list[list[CommandKey]]
) -> None:
    """The last batches come again as they were written, before all others, however much waits behind them."""
    waiting = Waiting(MOST_ROWS)
    put(waiting, found)
    written = drained(waiting)
    waiting.again()
    for number, minute in enumerate(more, len(found)):
        waiting.put(batch(60 * number, *map(delta, minute), sequence=number))
    again = drained(waiting)
    assert again[: len(written)] == written
    assert [one.sequence for one in again] == sorted({one.sequence for one in again})


def test_what_is_remembered_is_bounded() -> None:
    """Of what was written only so many rows are remembered, the last ones."""
    waiting = Waiting()
    for number in range(MOST_ROWS_AGAIN):
        waiting.put(batch(60 * number, *map(delta, keys), sequence=number))
        drained(waiting)
    waiting.again()
    again = drained(waiting)
    assert [one.sequence for one in again] == list(range(MOST_ROWS_AGAIN - MOST_ROWS_AGAIN // 30, MOST_ROWS_AGAIN))
