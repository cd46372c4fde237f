"""Failures beside commands, as history is told of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.new_failures import NewFailures, other_failures
from plugin.model import (
    HELD_THE_LOOP,
    BackgroundSnapshot,
    CommandKind,
    ErrorGroup,
    Holding,
    ListenerSnapshot,
    LoopBlock,
    Place,
    TaskGroupSnapshot,
    TaskKind,
)
from tests.history.builders import failure

looks = st.lists(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 3)), max_size=4), max_size=8)


@given(looks)
def test_what_looks_add_is_what_was_counted(found: list[list[tuple[str, int]]]) -> None:
    """The sum of what each look adds is the count at the last one."""
    tally, counts, told = NewFailures(), Counter[str](), Counter[str]()
    for look in found:
        counts.update(dict.fromkeys((kind for kind, _ in look), 0))
        for kind, more in look:
            counts[kind] += more
        errors = [failure(type=kind, count=count) for kind, count in counts.items()]
        told.update({error.group.type: error.group.count for error in tally.since(errors)})
    assert told == counts


def test_one_that_begins_anew_counts_anew() -> None:
    """A group whose count has fallen was forgotten in between, so all it counts is new."""
    tally = NewFailures()
    tally.since([failure(count=5)])
    assert [error.group.count for error in tally.since([failure(count=2)])] == [2]
    assert tally.since([failure(count=2)]) == []


def test_one_that_was_forgotten_between_two_looks_counts_anew() -> None:
    """Its first failure is later than before, so all it counts is new, even if that is as much or more."""
    tally = NewFailures()
    tally.since([failure(count=5, seen=10.0)])
    assert [error.group.count for error in tally.since([failure(count=6, seen=20.0)])] == [6]
    assert [error.group.count for error in tally.since([failure(count=6, seen=30.0)])] == [6]


def test_a_line_that_is_forgotten_takes_nothing_from_another() -> None:
    """Both are one group of history, of which only what is new is told."""
    tally, one, other = (
        NewFailures(),
        failure(place=Place("a.py", "f", 7)),
        failure(place=Place("a.py", "f", 9), seen=9.0),
    )
    tally.since([one._replace(group=replace(one.group, count=5)), other])
    (found,) = tally.since([one._replace(group=replace(one.group, count=6))])
    assert found.group.count == 1


def test_two_lines_of_one_function_are_one_group() -> None:
    """History knows no lines, so what is told of two of them is told together."""
    lines = [failure(place=Place("shop.py", "buy", line), count=2) for line in (7, 9)]
    assert [error.group.count for error in NewFailures().since(lines)] == [4]


def test_tasks_and_listeners_fail_by_name() -> None:
    """What failed is named by what it is, and is no command."""
    group = ErrorGroup("KeyError", None, 3, 1.0, 2.0)
    task = TaskGroupSnapshot("restock", TaskKind.SCHEDULED, None, 1, 0, 3, 0, group, None, None, ())
    calm = task._replace(name="calm", error=None)
    listener = ListenerSnapshot("MessageCreateEvent", "on_message", 3, (2.0,), group)
    found = list(other_failures(BackgroundSnapshot(2, (task, calm), (listener,))))
    assert [(error.command.kind, error.command.name) for error in found] == [
        (CommandKind.BACKGROUND, "scheduled task restock"),
        (CommandKind.BACKGROUND, "listener on_message"),
    ]
    assert list(other_failures(None)) == []


def test_what_held_the_loop_is_kept_like_a_failure() -> None:
    """A block of the event loop is kept by what ran and where, with how often it happened."""
    place = Place("cogs/shop.py", "buy", 88)
    block = LoopBlock("/shop buy", place, "time.sleep", Holding.WAITING, 3, 10**9, 5 * 10**8, 1.0, 2.0)
    (found,) = other_failures(None, [block])
    assert (found.command.name, found.group) == ("/shop buy", ErrorGroup(HELD_THE_LOOP, place, 3, 1.0, 2.0))


def test_a_block_without_a_name_still_has_one() -> None:
    """What nobody could name is kept as unknown."""
    (found,) = other_failures(None, [LoopBlock(None, None, None, Holding.WAITING, 1, 1, 1, 1.0, 1.0)])
    assert found.command.name == "something unknown"
