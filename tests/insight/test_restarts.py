"""Memory that grows after every restart."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from plugin.insight.growth import growth
from plugin.insight.restarts import life_trend

START = 1_764_561_600.0
"""A day at 4:00 UTC."""
HOUR, DAY = 3600.0, 86_400.0
MB = 1 << 20
Grown = Callable[[float], float]
"""MB by the hours since the start of a process."""


def lives(
    grown: Grown, hours: int, days: int = 18, rhythm: float = 25, seed: int = 1
) -> tuple[list[tuple[float, float]], list[float]]:
    """One point an hour of a bot that is restarted every so many hours, in MB, and its starts."""
    chance = random.Random(seed)
    points = [
        (
            START + hour * HOUR,
            200 + grown(hour % hours) + rhythm / 2 * math.sin((hour - 6) / 24 * math.tau) + chance.gauss(0, 3),
        )
        for hour in range(days * 24)
    ]
    return points, [START + hour * HOUR for hour in range(0, days * 24, hours)]


@pytest.mark.parametrize(("a_day", "hours", "days"), [(360, 24, 5), (24, 72, 10), (24, 96, 13), (48, 48, 7)], ids=str)
def test_leak_is_found_through_restarts(a_day: float, hours: int, days: int) -> None:
    """15 MB an hour under nightly restarts, and 1 MB an hour under a rhythm of 25 MB with restarts every three days."""
    for seed in range(5):
        found = life_trend(*lives(lambda hour: a_day / 24 * hour, hours, days, seed=seed))
        assert found is not None and found.trend.slope * DAY == pytest.approx(a_day, rel=0.2)


@pytest.mark.parametrize("rhythm", [25, 60])
@pytest.mark.parametrize("hours", [12, 24, 72])
@pytest.mark.parametrize(
    "grown",
    [
        lambda hour: 0,
        lambda hour: 100 * (1 - math.exp(-hour / 3)),
        lambda hour: 150 * (1 - math.exp(-hour / 16)),
    ],
    ids=["a rhythm", "a warm-up", "a cache that fills over two days"],
)
def test_what_every_day_does_is_no_leak(grown: Grown, hours: int, rhythm: float) -> None:
    """Whenever it is looked at, whenever the restarts come."""
    for seed in range(3):
        points, starts = lives(grown, hours, rhythm=rhythm, seed=seed)
        for until in range(96, len(points), 36):
            begun = [start for start in starts if start <= points[until - 1][0]]
            assert life_trend(points[:until], begun) is None


@pytest.mark.parametrize("lives_of", [([], []), ([(START, 1.0)], [START])], ids=["nothing", "one point"])
def test_thin_evidence_says_nothing(lives_of: tuple[list[tuple[float, float]], list[float]]) -> None:
    """No life is long enough."""
    assert life_trend(*lives_of) is None


def test_a_leak_that_is_mended_is_not_spoken_of() -> None:
    """The last life no longer grows."""
    points, starts = lives(lambda hour: 15 * hour, 24, days=8)
    well, _ = lives(lambda hour: 0, 24, days=9)
    assert life_trend([*points, *well[len(points) :]], [*starts, START + 8 * DAY]) is None


def test_growth_of_all_lives_is_told_with_what_it_reaches_before_the_next_restart() -> None:
    """The sentence says how fast, how often, and since when; a limit beyond the next restart is not named."""
    points, starts = lives(lambda hour: 15 * hour, 24, days=7)
    memory = [(at, value * MB) for at, value in points[:-8]]
    found = growth(memory, {}, {"500 MB": 500.0 * MB, "900 MB": 900.0 * MB}, memory[-1][0], starts=starts)
    assert found is not None
    assert found.sentences.startswith("Memory grows 15 MB an hour after every restart, 6 times since 1 Dec; it would ")
    assert "reach 500 MB in " in found.sentences and "900" not in found.sentences
