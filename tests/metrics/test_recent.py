"""How a command's latest invocations ended, in a bounded amount of memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.recent import ENOUGH, LONGEST_S, SLOT_S, SPAN_S, WIDTH, Recent


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
