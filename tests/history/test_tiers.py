"""Which rows answer for which time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.history.tiers import KeptFrom, Marks, Segment, Tier, cover

minutes = st.integers(0, 20_000).map(lambda minute: minute * 60)
marks = st.tuples(st.integers(0, 1800), st.integers(0, 12)).map(lambda both: Marks(both[0] * 600, both[1] * 86_400))
kept = st.tuples(st.integers(0, 300), st.integers(0, 12)).map(lambda both: KeptFrom(both[0] * 3600, both[1] * 86_400))


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
def test_alignment_keeps_the_order(one: int, other: int, known: KeptFrom) -> None:
    """Of two moments the earlier one is never aligned to after the later one, and none to after itself."""
    first, second = sorted((one, other))
    assert known.aligned(first) <= known.aligned(second) <= second


@given(minutes, kept)
def test_alignment_is_final(at: int, known: KeptFrom) -> None:
    """What is aligned begins a row that is kept, and stays where it is."""
    assert known.aligned(known.aligned(at)) == known.aligned(at)
    assert known.aligned(at) % known.tier(at) == 0


def test_a_tier_is_kept_from_its_moment_on() -> None:
    """Where hours were deleted further than minutes, there is neither."""
    known = KeptFrom(minutes_from=7200, hours_from=3600)
    assert [known.tier(at) for at in (0, 3599, 3600, 7199, 7200)] == [Tier.DAY] * 2 + [Tier.HOUR] * 2 + [Tier.MINUTE]
    assert KeptFrom(minutes_from=60, hours_from=3600).tier(120) is Tier.DAY
    assert {KeptFrom().tier(0), KeptFrom().tier(5)} == {Tier.MINUTE}


@pytest.mark.parametrize("tier", [Tier.MINUTE, Tier.HOUR, Tier.DAY])
def test_a_row_covers_its_begin_and_not_its_end(tier: Tier) -> None:
    """Floor and ceiling of a moment are the rows around it, and of the begin of a row that row."""
    begin = 5 * tier
    assert [tier.floor(at) for at in (begin, begin + 1, begin + tier - 1, begin + tier)] == [begin] * 3 + [begin + tier]
    assert [tier.ceil(at) for at in (begin, begin + 1, begin + tier)] == [begin, begin + tier, begin + tier]


@pytest.mark.parametrize(("end", "times"), [(540, [[300, 360], [420, 480]]), (541, [[300, 360], [420, 480], [540]])])
def test_the_times_of_a_segment_come_some_at_once(end: int, times: list[list[int]]) -> None:
    """All of them, the last of which begins before the end."""
    assert [list(one) for one in Segment(Tier.MINUTE, 300, end).slices(2)] == times


def test_no_row_is_coarser_than_a_step() -> None:
    """Where steps are hours, days are no answer."""
    until = Marks(hours_until=3 * 86_400, days_until=3 * 86_400)
    assert cover(0, 2 * 86_400, until, Tier.HOUR) == [Segment(Tier.HOUR, 0, 2 * 86_400)]
    assert cover(0, 86_400, until, Tier.MINUTE) == [Segment(Tier.MINUTE, 0, 86_400)]
    assert cover(0, 86_400, until) == [Segment(Tier.DAY, 0, 86_400)]
    assert cover(86_400, 86_400, until) == []
