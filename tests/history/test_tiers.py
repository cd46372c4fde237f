"""Which rows answer for which time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugin.history.tiers import Kept, Marks, Segment, Tier, cover

minutes = st.integers(0, 20_000).map(lambda minute: minute * 60)
marks = st.tuples(st.integers(0, 1800), st.integers(0, 12)).map(lambda both: Marks(both[0] * 600, both[1] * 86_400))
kept = st.tuples(st.integers(0, 300), st.integers(0, 12)).map(lambda both: Kept(both[0] * 3600, both[1] * 86_400))


@given(minutes, minutes, marks)
def test_a_span_is_covered_once(start: int, end: int, until: Marks) -> None:
    """The segments of a span follow each other without gap or overlap, from its start to its end."""
    edges = [(segment.start, segment.end) for segment in cover(start, end, until)]
    if start >= end:
        assert not edges
        return
    assert (edges[0][0], edges[-1][1]) == (start, end)
    assert all(before[1] == after[0] for before, after in pairwise(edges))


@given(minutes, minutes, marks)
def test_coarse_rows_are_read_only_where_they_are_complete(start: int, end: int, until: Marks) -> None:
    """A segment consists of whole rows, below the mark of its tier; only the row in which the mark lies has a part."""
    limits = {Tier.MINUTE: end, Tier.HOUR: until.hours_until, Tier.DAY: until.days_until}
    for tier, first, last in cover(start, end, until):
        assert first % tier == 0
        assert last % tier == 0 or last == limits[tier]
        assert last <= limits[tier]


def test_an_hour_that_is_rolled_up_in_part_is_taken_up_to_its_mark() -> None:
    """What a span has of the last hour is one row and the minutes since, unless the span ends before the mark."""
    until = Marks(hours_until=7200 + 1800, days_until=0)
    assert cover(3600, 7200 + 2400, until) == [Segment(Tier.HOUR, 3600, 9000), Segment(Tier.MINUTE, 9000, 9600)]
    assert cover(3600, 7200 + 1200, until) == [Segment(Tier.HOUR, 3600, 7200), Segment(Tier.MINUTE, 7200, 8400)]
    assert cover(7260, 7200 + 2400, until) == [Segment(Tier.MINUTE, 7260, 9600)]


def test_the_coarsest_rows_are_taken() -> None:
    """Days in the middle, hours and minutes only at the edges and where nothing is rolled up yet."""
    until = Marks(hours_until=5 * 86_400 + 7200, days_until=5 * 86_400)
    assert cover(86_400 - 3660, 5 * 86_400 + 7260, until) == [
        Segment(Tier.MINUTE, 86_400 - 3660, 86_400 - 3600),
        Segment(Tier.HOUR, 86_400 - 3600, 86_400),
        Segment(Tier.DAY, 86_400, 5 * 86_400),
        Segment(Tier.HOUR, 5 * 86_400, 5 * 86_400 + 7200),
        Segment(Tier.MINUTE, 5 * 86_400 + 7200, 5 * 86_400 + 7260),
    ]


@given(minutes, minutes, kept)
def test_alignment_keeps_the_order(one: int, other: int, known: Kept) -> None:
    """Of two moments the earlier one is never aligned to after the later one, and none to after itself."""
    first, second = sorted((one, other))
    assert known.aligned(first) <= known.aligned(second) <= second


@given(minutes, kept)
def test_alignment_is_final(at: int, known: Kept) -> None:
    """What is aligned begins a row that is kept, and stays where it is."""
    assert known.aligned(known.aligned(at)) == known.aligned(at)
    assert known.aligned(at) % known.tier(at) == 0
