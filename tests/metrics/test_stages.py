"""Where the time of one handler's interactions went, as it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import TICK_NS
from plugin.metrics.stages import LARGEST_PLACES, Stages
from plugin.model import UNKNOWN_TICKS, Misses, Place, Split

MS = TICK_NS * 1000


def record(stages: Stages, number: int = 1, before_ns: int = 0) -> None:
    """Keep an interaction whose stages are multiples of that number."""
    loop, checks, code, discord, limited, after = (number * MS * factor for factor in range(1, 7))
    stages.record(loop, checks, code, discord, limited, after, before_ns)


def test_each_interaction_keeps_its_own_split() -> None:
    """What is kept of an interaction is what it was, not a sum over many."""
    stages = Stages(10)
    assert (stages.snapshot().splits(), stages.snapshot().deferred) == ([], 0)
    record(stages, 1, before_ns=7 * MS)
    record(stages, 2, before_ns=-1)
    assert stages.snapshot().splits() == [
        Split((MS, 2 * MS, 3 * MS, 4 * MS, 5 * MS, 6 * MS), 7 * MS),
        Split((2 * MS, 4 * MS, 6 * MS, 8 * MS, 10 * MS, 12 * MS), None),
    ]
    assert stages.snapshot().splits()[0].first_response_ns == 15 * MS


def test_only_the_last_ones_are_kept() -> None:
    """The window has room for so many, and the oldest makes room."""
    stages = Stages(3)
    for number in range(1, 6):
        record(stages, number)
    assert sorted(split.stages_ns[0] // MS for split in stages.snapshot().splits()) == [3, 4, 5]


@pytest.mark.parametrize("length_ns", [-5, 2**62], ids=["negative", "146 years"])
def test_no_duration_is_too_odd(length_ns: int) -> None:
    """What cannot be kept as it is stays at the bound, and what is beside it is not hurt."""
    stages = Stages(2)
    stages.record(length_ns, MS, MS, MS, MS, MS, length_ns)
    (split,) = stages.snapshot().splits()
    assert split.stages_ns[0] in (0, (UNKNOWN_TICKS - 1) * TICK_NS)
    assert split.stages_ns[1:] == (MS,) * 5


def test_misses_are_told_apart() -> None:
    """Late, refused and unanswered ones are counted each by itself, with how much and where the time went."""
    stages = Stages(2)
    stages.missed(False, 2 * MS, (1, 2, 3, 4, 5), 10)
    stages.missed(True, -MS, (10, 20, 30, 40, 50), -1)
    stages.unanswered()
    stages.waiting = 4
    assert stages.snapshot().misses == Misses(1, 1, 1, 4, 2 * MS, 2 * MS, (11, 22, 33, 44, 55), 10)
    assert stages.snapshot().misses.number == 7


def test_places_are_few_and_the_most_seen_stay() -> None:
    """A line seen often outlasts many that were seen once, and comes first."""
    stages = Stages(2)
    for _ in range(3):
        stages.waited(Place("cogs/shop.py", "buy", 88))
    for line in range(50):
        stages.waited(Place("cogs/shop.py", "buy", 100 + line))
    places = stages.snapshot().places
    assert len(places) == 5
    assert places[0] == (Place("cogs/shop.py", "buy", 88), 3)


@given(st.integers(1, 5), st.integers(0, 12))
def test_as_many_are_told_as_there_were_until_there_is_no_room(length: int, number: int) -> None:
    """The window is not told before it is full, nor is one of the last interactions missing."""
    stages = Stages(length)
    for each in range(1, number + 1):
        record(stages, each)
    kept = [split.stages_ns[0] // MS for split in stages.snapshot().splits()]
    assert sorted(kept) == list(range(max(1, number - length + 1), number + 1))


def test_a_stage_that_took_hours_is_told_at_the_bound() -> None:
    """The others of the same interaction, and what passed before it, stay exact, or unknown."""
    stages = Stages(3)
    known = {7: 7 * MS, 8: 0, 9: -1}
    for each, before_ns in known.items():
        stages.record(2**62, each * MS, MS, MS, MS, 2 * MS, before_ns)
    longest = (UNKNOWN_TICKS - 1) * TICK_NS
    assert [(split.stages_ns, split.before_receipt_ns) for split in stages.snapshot().splits()] == [
        ((longest, each * MS, MS, MS, MS, 2 * MS), None if before_ns < 0 else before_ns)
        for each, before_ns in known.items()
    ]
    record(stages, 1, before_ns=0)
    assert 0 in [split.before_receipt_ns for split in stages.snapshot().splits() if split.stages_ns[0] == MS]


def test_misses_add_up() -> None:
    """How much too late they were, in sum and at most, and each stage; an answer after the end takes one back."""
    stages = Stages(2)
    assert stages.snapshot().misses.number == 0
    for over_ns in (2 * MS, 5 * MS, 3 * MS):
        stages.missed(False, over_ns, (1, 2, 3, 4, 5), 10)
    for _ in range(2):
        stages.missed(True, 0, (1, 2, 3, 4, 5), 10)
    stages.unanswered(3)
    stages.unanswered(-1)
    assert stages.snapshot().misses == Misses(3, 2, 2, 0, 10 * MS, 5 * MS, (5, 10, 15, 20, 25), 50)
    assert Stages(2).snapshot().misses.number == 0


def test_an_interaction_may_end_without_an_answer_before_any_is_late() -> None:
    """It counts, with nothing known of how late it is."""
    stages = Stages(2)
    stages.unanswered()
    assert stages.misses_by_kind() == {"late": 0, "rejected": 0, "unanswered": 1}
    assert stages.snapshot().misses == Misses(0, 0, 1, 0, 0, 0, (0, 0, 0, 0, 0), 0)


def test_the_line_seen_least_makes_room() -> None:
    """Up to the bound all lines are kept, ordered by how often they were seen."""
    stages = Stages(2)
    lines = {Place("cogs/shop.py", "buy", line): line for line in range(2, LARGEST_PLACES + 2)}
    for place, times in lines.items():
        for _ in range(times):
            stages.waited(place)
    assert stages.snapshot().places == tuple(sorted(lines.items(), key=lambda item: -item[1]))
    new = Place("cogs/shop.py", "sell", 1)
    stages.waited(new)
    assert [line for line, _ in stages.snapshot().places] == [*list(lines)[:0:-1], new]
    assert stages.snapshot().places[-1] == (new, 1)
