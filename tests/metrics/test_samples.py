"""Samples keep their order and their distance, whatever the clock does that dates them."""

from __future__ import annotations

import pytest

from plugin.metrics import Samples
from plugin.model import ResourceSample, Sample

NOON = 1_700_000_000.0


def at(unix_s: float) -> Sample:
    """A sample of that moment."""
    return Sample(unix_s, ResourceSample(1, 0.01, 0.5, 2, 3), None, None, None, (0, 0, 0, 0))


def dates(samples: Samples) -> list[float]:
    """When each was taken, in seconds before or after noon."""
    return [sample.at - NOON for sample in samples.kept()]


@pytest.mark.parametrize("jump_s", [-86_400, -61, 0, 1, 3600, 50 * 365 * 86_400])
def test_those_that_are_kept_move_with_the_clock(jump_s: int) -> None:
    """A minute apart they were taken, a minute apart they are."""
    samples = Samples(10)
    for minute in range(3):
        samples.add(at(NOON + minute * 60), 7 + minute * 60)
    samples.add(at(NOON + jump_s + 180), 7 + 180)
    moved = jump_s if abs(jump_s) > 2 else 0
    assert dates(samples) == [moved, moved + 60, moved + 120, jump_s + 180]


def test_the_newest_is_the_one_that_was_added_last() -> None:
    """However many there are, the oldest of which make room."""
    samples = Samples(3)
    assert samples.newest() is None
    for number in range(5):
        samples.add(at(NOON + number), number)
        assert samples.newest() == at(NOON + number)
    assert dates(samples) == [2, 3, 4]


def test_a_machine_that_slept_is_no_jump() -> None:
    """Where the other clock has passed as much, nothing moves."""
    samples = Samples(10)
    samples.add(at(NOON), 7)
    samples.add(at(NOON + 9000), 9007)
    assert dates(samples) == [0, 9000]


@pytest.mark.parametrize(("set_s", "moved"), [(2, 0), (2.5, 2.5), (-2, 0), (-2.5, -2.5)])
def test_a_clock_drifts_by_two_seconds_at_most(set_s: float, moved: float) -> None:
    """By more it was set, and those that are kept move with it."""
    samples = Samples(10)
    samples.add(at(NOON), 7)
    samples.add(at(NOON + 60 + set_s), 67)
    assert dates(samples) == [moved, 60 + set_s]
    assert samples.newest() == samples.kept()[-1]
    samples.add(at(NOON + 120 + set_s), 127)
    assert dates(samples) == [moved, 60 + set_s, 120 + set_s]
