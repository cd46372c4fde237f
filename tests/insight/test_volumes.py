"""Unusual volumes, beside the same hours of other days."""

from __future__ import annotations

import math
import random

import pytest

from plugin.insight.systems.volumes import is_unusual
from tests.insight.economies import BEGIN, HOUR


def weeks(seed: int, hours: int, spread: float, per_hour: float) -> dict[int, float]:
    """Hours of an economy with the rhythm of the day, in which amounts are spread by that many e-foldings."""
    chance = random.Random(seed)
    found: dict[int, float] = {}
    for hour in range(hours):
        busy = per_hour * (0.55 - 0.45 * math.cos(2 * math.pi * hour / 24)) * chance.lognormvariate(0, 0.3)
        number = max(0, round(chance.gauss(busy, math.sqrt(busy))))
        found[BEGIN + HOUR * hour] = sum(chance.lognormvariate(3, spread) for _ in range(number))
    return found


@pytest.mark.parametrize(("spread", "per_hour"), [(1, 2), (1, 20), (2, 10)], ids=["small", "large", "lumpy"])
def test_no_hour_of_an_ordinary_month_is_unusual(spread: float, per_hour: float) -> None:
    """However small the bot, and however lumpy its money."""
    for seed in range(5):
        values = weeks(seed, 28 * 24, spread, per_hour)
        assert not [at for at in values if is_unusual(at, {old: one for old, one in values.items() if old <= at})]


def test_a_flood_is_unusual() -> None:
    """A hundred times what the same hours of other days had."""
    values = weeks(1, 21 * 24, 1, 20)
    at = BEGIN + HOUR * (21 * 24 - 8)
    values[at] *= 100
    assert is_unusual(at, values)


def test_what_is_usual_at_noon_is_unusual_by_night() -> None:
    """Only the same hours of other days count, with one before and after."""
    values = {BEGIN + HOUR * hour: (10_000.0 if 10 <= hour % 24 <= 14 else 10.0 + hour % 7) for hour in range(14 * 24)}
    night = BEGIN + HOUR * (13 * 24 + 3)
    values[night] = 9_000
    assert is_unusual(night, values)
    assert not is_unusual(BEGIN + HOUR * (13 * 24 + 12), values)


def test_a_young_economy_has_no_unusual_hours() -> None:
    """With less than a week nobody knows what is usual."""
    values = weeks(1, 7 * 24, 1, 20)
    at = BEGIN + HOUR * (7 * 24 - 8)
    values[at] = 1e9
    assert not is_unusual(at, values)
