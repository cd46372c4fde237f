"""How a command's latest invocations ended, in a bounded amount of memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.recent import WIDTH, Recent

SLOT_S, SPAN_S, LONGEST_S = 300, 3600, 7 * 86_400
"""What is promised: slots of five minutes, over an hour, or for a week where there is little."""
ENOUGH = 60
"""So many younger invocations are enough to forget older ones."""


def test_what_ends_within_minutes_is_counted_together() -> None:
    """Each slot says when it began and what it counted; what was not cut yet is one more."""
    recent = Recent()
    for now_s, ok in ((60, 3), (120, 5), (60 + SLOT_S, 6)):
        recent.cut(now_s, ok, 0)
    assert list(recent.slots(6, 2, 400, 1000)) == [1060, 5, 0, 1360, 1, 0, 1400, 0, 2]


def test_only_the_last_hour_is_kept_of_a_busy_command() -> None:
    """Older slots go where younger ones are enough."""
    recent = Recent()
    for number in range(100):
        recent.cut(number * SLOT_S, 100 * number, 0)
    slots = recent.slots(9900, 0, 0, 0)
    assert slots[0] >= 99 * SLOT_S - SPAN_S


def test_a_rarely_called_command_is_known_for_longer() -> None:
    """Its latest invocations are kept, however far apart, but for a week only."""
    recent = Recent()
    for number in range(1, 5):
        recent.cut(number * 86_400, number, 0)
    assert len(recent.slots(4, 0, 0, 0)) == 4 * WIDTH
    recent.cut(4 * 86_400 + LONGEST_S + 1, 4, 0)
    assert not recent.slots(4, 0, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.integers(0, 60)), max_size=200))
def test_memory_is_bounded_and_nothing_young_is_lost(looks: list[tuple[int, int, int]]) -> None:
    """At most an hour's slots and as many as hold enough; those of the last hour count all that ended in it."""
    recent, now_s, ok, errors = Recent(), 0.0, 0, 0
    cut = list[tuple[float, int]]()
    for pause_s, added, failed in looks:
        now_s, ok, errors = now_s + pause_s, ok + added, errors + failed
        recent.cut(now_s, ok, errors)
        cut.append((now_s, added + failed))
    slots = recent.slots(ok, errors, now_s, 0)
    assert len(slots) // WIDTH <= SPAN_S // SLOT_S + 1 + ENOUGH
    young = sum(count for at, count in cut if now_s - at < SPAN_S - SLOT_S)
    assert sum(slots[1::WIDTH]) + sum(slots[2::WIDTH]) >= young


def test_slots_and_spans_end_where_they_say() -> None:
    """A slot takes what is cut before it has lasted its time; one that is as old as the span is kept."""
    recent, begin_s = Recent(), 10_000
    recent.cut(begin_s, ENOUGH, 0)
    recent.cut(begin_s + SLOT_S - 1, ENOUGH + 1, 0)
    recent.cut(begin_s + SLOT_S, 2 * ENOUGH, 0)
    assert list(recent.slots(2 * ENOUGH, 0, 0, 0)) == [begin_s, ENOUGH + 1, 0, begin_s + SLOT_S, ENOUGH - 1, 0]
    recent.cut(begin_s + SPAN_S, 3 * ENOUGH, 0)
    assert recent.slots(3 * ENOUGH, 0, 0, 0)[0] == begin_s
    recent.cut(begin_s + SPAN_S + 1, 3 * ENOUGH, 0)
    assert recent.slots(3 * ENOUGH, 0, 0, 0)[0] == begin_s + SLOT_S


@pytest.mark.parametrize(("younger", "kept"), [(ENOUGH - 1, True), (ENOUGH, False)])
@pytest.mark.parametrize("fails", [False, True], ids=["ok", "error"])
def test_an_old_slot_goes_where_younger_ones_count_enough(younger: int, kept: bool, fails: bool) -> None:
    """Both outcomes count, those of the old slot do not, and one invocation too few keeps it."""
    recent = Recent()
    recent.cut(0, 5 * (not fails), 5 * fails)
    counts = (0, 5 + younger) if fails else (5 + younger, 0)
    recent.cut(SPAN_S, *counts)
    recent.cut(SPAN_S + 1, *counts)
    assert (recent.slots(*counts, 0, 0)[0] == 0) is kept


def test_a_week_old_slot_is_kept_until_the_week_is_over() -> None:
    """Whatever it counts, it goes after that."""
    recent = Recent()
    recent.cut(5, 1, 0)
    recent.cut(5 + LONGEST_S, 1, 0)
    assert list(recent.slots(1, 0, 0, 0)) == [5, 1, 0]
    recent.cut(5 + LONGEST_S + 1, 1, 0)
    assert not recent.slots(1, 0, 0, 0)


def test_a_slot_as_old_as_the_span_stays_where_an_older_one_goes() -> None:
    """Though younger ones are enough without it."""
    recent = Recent()
    for at_s, ok in ((0, 5), (SLOT_S, 10), (SLOT_S + SPAN_S, 10 + ENOUGH)):
        recent.cut(at_s, ok, 0)
    assert list(recent.slots(10 + ENOUGH, 0, 0, 0)) == [SLOT_S, 5, 0, SLOT_S + SPAN_S, ENOUGH, 0]
