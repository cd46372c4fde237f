"""Where the time of one handler's interactions went, as it is kept."""

from __future__ import annotations

import pytest

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
    assert len(places) == LARGEST_PLACES
    assert places[0] == (Place("cogs/shop.py", "buy", 88), 3)
