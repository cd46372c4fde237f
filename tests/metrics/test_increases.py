"""What was added to counters since they were last asked."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.increases import Increases


@given(st.lists(st.integers(0, 50)))
def test_the_increases_add_up_to_the_total(added: list[int]) -> None:
    """All of it at the first look, then what came since."""
    increases = Increases[str]()
    assert [increases.since("calls", total) for total in accumulate(added)] == added


def test_counters_are_told_apart() -> None:
    """Each has a total of its own."""
    increases = Increases[str]()
    increases.since("a", 5)
    assert increases.since("b", 3) == 3 and increases.since("a", 6) == 1


def test_a_total_that_fell_adds_nothing_unless_it_may_have_begun_anew() -> None:
    """A sum over fewer parts is no news; a counter that restarted counts all it has."""
    increases = Increases[str]()
    increases.since("a", 5)
    assert increases.since("a", 2) == 0 and increases.since("a", 4) == 2
    assert increases.since("a", 3, begins_anew=True) == 3


@given(st.permutations(range(1, 8)))
def test_totals_in_any_order_add_up_to_the_highest(totals: list[int]) -> None:
    """One that was read earlier than another that was told brings nothing more."""
    increases = Increases[str]()
    assert sum(increases.beyond("a", total) for total in totals) == 7


def test_a_forgotten_counter_begins_at_zero() -> None:
    """So a group that made room for others counts anew when it comes back."""
    increases = Increases[str]()
    increases.since("a", 5)
    increases.since("b", 5)
    increases.keep({"b"})
    assert (increases.since("a", 5), increases.since("b", 5)) == (5, 0)
