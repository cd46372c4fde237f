"""Unusual volumes, beside the same hours of other days."""

from __future__ import annotations

import math
import random

import pytest

from plugin.insight.systems.volumes import is_unusual, low_hours
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


def ordinary(seed: int, days: int, per_hour: float = 30) -> dict[int, float]:
    """Awards of members: by the hour and the day, some days with twice or half as many as others."""
    chance = random.Random(seed)
    found: dict[int, float] = {}
    for day in range(days):
        factor = chance.lognormvariate(0, 0.4)
        for hour in range(24):
            busy = factor * per_hour * (0.55 - 0.45 * math.cos(2 * math.pi * hour / 24))
            found[BEGIN + HOUR * (24 * day + hour)] = max(0, round(chance.gauss(busy, math.sqrt(busy))))
    return found


@pytest.mark.parametrize("per_hour", [3, 30, 3000])
def test_ordinary_hours_are_never_low(per_hour: float) -> None:
    """Neither by night nor on a slow day."""
    for seed in range(10):
        values = ordinary(seed, 28, per_hour)
        begins = sorted(values)
        assert not [at for at in begins[14 * 24 :] if low_hours(values, {one for one in begins if one < at}, at)]


def silent(values: dict[int, float], hours: int) -> tuple[dict[int, float], int]:
    """The last hours before noon of the last day have nothing; when they end."""
    over = BEGIN + HOUR * (len(values) - 12)
    return {at: 0 if over - hours * HOUR <= at else value for at, value in values.items()}, over


def test_silence_is_low_after_three_hours() -> None:
    """What the other days had is told with it."""
    for hours in (2, 3, 5):
        values, over = silent(ordinary(1, 28), hours)
        found = low_hours(values, {at for at in values if at < over}, over)
        assert (found is not None) == (hours >= 3)
        if found is not None:
            assert (found.since, found.value, len(found.others)) == (over - 3 * HOUR, 0, 27)
            assert 20 <= found.others[0] < found.others[-1] and list(found.others) == sorted(found.others)


def test_hours_that_were_not_watched_prove_nothing() -> None:
    """Of a bot that was down, none of the last hours is low, and its other days are not counted."""
    values, over = silent(ordinary(1, 28), 3)
    watched = {at for at in values if at < over}
    assert low_hours(values, watched - {over - HOUR}, over) is None
    fewer = {at for at in watched if at >= over - 14 * 24 * HOUR - 3 * HOUR}
    assert low_hours(values, fewer, over) is not None
    assert low_hours(values, {at for at in fewer if at >= over - 14 * 24 * HOUR}, over) is None
    assert low_hours(values, set(), over) is None


def test_few_are_never_low() -> None:
    """Where the other days had fewer than 20, silence may be chance."""
    values, over = silent(ordinary(1, 28, 3), 3)
    assert low_hours(values, {at for at in values if at < over}, over) is None


@pytest.mark.parametrize(("least", "low"), [(79.0, False), (80.0, False), (81.0, True)])
def test_low_is_below_a_quarter_of_the_least(least: float, low: bool) -> None:
    """Of the same hours of any other day, one earlier or later included."""
    over = BEGIN + HOUR * (28 * 24 - 12)
    values = {BEGIN + HOUR * hour: 100.0 for hour in range(28 * 24)}
    for at in range(over - 3 * HOUR, over, HOUR):
        values[at] = 20 / 3
        values[at - 5 * 24 * HOUR - HOUR] = least / 3
    assert (low_hours(values, {at for at in values if at < over}, over) is not None) == low


@pytest.mark.parametrize(("others", "low"), [(19.5, False), (21.0, True), (60.0, True)])
def test_where_others_had_twenty_silence_is_low(others: float, low: bool) -> None:
    """In three hours together."""
    over = BEGIN + HOUR * 28 * 24
    values = {at: others / 3 if at < over - 3 * HOUR else 0 for at in range(BEGIN, over, HOUR)}
    assert (low_hours(values, set(values), over) is not None) == low


def test_exactly_twenty_are_enough() -> None:
    """What comes in whole numbers may be just that."""
    over = BEGIN + HOUR * 28 * 24
    values = {at: 20.0 * (at // HOUR % 3 == 0) if at < over - 3 * HOUR else 0 for at in range(BEGIN, over, HOUR)}
    found = low_hours(values, set(values), over)
    assert found is not None and found.others[0] == 20
