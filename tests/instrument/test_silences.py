"""How unusual a silence is, by what is known of the hours that it lasts through."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from plugin.instrument.silences import DAY_S, HOUR_S, Silences

MONDAY = 4 * DAY_S
"""The first one of Unix time."""

MINUTES = 24 * 60


def lived(days: int, lively: Callable[[float], float], begin: float = MONDAY) -> tuple[Silences, float]:
    """What is known after so many days in which something is heard with a chance that depends on the hour."""
    chance, silences = random.Random(7), Silences()
    for minute in range(days * MINUTES):
        at = begin + 60 * minute
        silences.look(at, chance.random() < lively(at // HOUR_S % 24))
    return silences, begin + days * DAY_S


def missed(silences: Silences, at: float, minutes: int) -> float:
    """How often a silence that begins then should have ended."""
    silences.look(at, heard=True)
    for minute in range(1, minutes + 1):
        silences.look(at + 60 * minute, heard=False)
    return silences.missed


def sleepers(hour: float) -> float:
    """Hardly anybody at night."""
    return 0.001 if hour < 7 else 0.95


@pytest.mark.parametrize(("hour", "minutes", "deaf"), [(14, 15, True), (14, 5, False), (1, 240, False)])
def test_the_hour_of_the_day_counts(hour: int, minutes: int, deaf: bool) -> None:
    """Fifteen minutes are much by day, and four hours are nothing at night."""
    silences, now = lived(3, sleepers)
    assert (missed(silences, now + hour * HOUR_S, minutes) > 20) is deaf


def test_a_first_night_explains_itself() -> None:
    """A bot that was started at 14:00 has not seen a night, and does not take its first for deafness."""
    silences = Silences()
    for minute in range(10 * 60):
        silences.look(MONDAY + 14 * HOUR_S + 60 * minute, minute % 10 != 0)
    assert missed(silences, MONDAY + DAY_S, 7 * 60) < 20


def test_talk_in_bursts_is_told_from_talk_that_never_stops() -> None:
    """Where ten lively minutes follow twenty silent ones, half an hour is no wonder."""
    silences = Silences()
    for minute in range(3 * MINUTES):
        silences.look(MONDAY + 60 * minute, minute % 30 < 10)
    assert missed(silences, MONDAY + 3 * DAY_S, 30) < 5


@pytest.mark.parametrize("burst", [10, 20, 40])
def test_one_lively_stretch_promises_no_other(burst: int) -> None:
    """On a bot's first day, a community that talks in bursts may fall silent after each of them."""
    for begun in range(0, MINUTES, 97):
        silences = Silences()
        for minute in range(begun, begun + burst + 5):
            silences.look(MONDAY + 60 * minute, minute >= begun + 5)
        assert missed(silences, MONDAY + 60 * (begun + burst + 5), 60) < 20


def test_hours_of_talk_without_a_pause_promise_more() -> None:
    """After four such hours a quarter of an hour of silence is deafness, on the first day too."""
    silences = Silences()
    for minute in range(4 * 60):
        silences.look(MONDAY + 14 * HOUR_S + 60 * minute, True)
    assert missed(silences, MONDAY + 17.7 * HOUR_S, 15) > 20


def test_the_longest_silence_counts_in_the_hours_around_it() -> None:
    """A pause of 40 minutes at noon is known at one o'clock, and not in the evening."""
    silences = Silences()
    for minute in range(MINUTES):
        silences.look(MONDAY + 60 * minute, not 12 * 60 + 10 <= minute < 12 * 60 + 50)
    now = MONDAY + DAY_S
    assert silences.longest_s(now + 13.5 * HOUR_S) > 2000 > 600 > silences.longest_s(now + 18 * HOUR_S)


def test_weekends_are_known_apart() -> None:
    """An office that is silent on Saturdays is not deaf on Saturdays."""
    silences = Silences()
    for minute in range(14 * MINUTES):
        day = minute // MINUTES % 7
        silences.look(MONDAY + 60 * minute, day < 5 or minute % 100 == 0)
    saturday = MONDAY + (14 + 5) * DAY_S + 14 * HOUR_S
    assert missed(silences, saturday, 60) < 20
    assert missed(silences, saturday + 2 * DAY_S, 15) > 20


def test_an_interruption_ends_a_silence_without_learning_from_it() -> None:
    """What was not heard while the shard was away says nothing of its hours."""
    silences, now = lived(2, sleepers)
    missed(silences, now + 14 * HOUR_S, 600)
    silences.interrupt(now + DAY_S)
    assert (silences.missed, silences.longest_s(now + 15 * HOUR_S) < 900) == (0, True)


def test_the_longest_silence_of_an_hour_is_known() -> None:
    """It is known for every hour that it lasted into, and the two beside, once it is over."""
    silences, now = lived(2, lambda _: 1)
    missed(silences, now + 14 * HOUR_S, 100)
    assert silences.longest_s(now + 14 * HOUR_S) == 0
    silences.look(now + 16 * HOUR_S, heard=True)
    assert silences.longest_s(now + 14 * HOUR_S) == silences.longest_s(now + 15 * HOUR_S) == 6000
    assert silences.longest_s(now + 18 * HOUR_S) == 0
