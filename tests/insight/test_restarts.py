"""Memory that grows after every restart."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import stdev

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
    assert found.sentences.startswith("Memory grows 15 MB an hour after each restart (6 since 1 Dec); at this rate it ")
    assert "reaches 500 MB in " in found.sentences and "900" not in found.sentences


def exact(
    grown: Grown, hours: int, days: float, level: float = 200, rhythm: float = 0
) -> tuple[list[tuple[float, float]], list[float]]:
    """The same without noise, one point an hour."""
    points = [
        (START + hour * HOUR, level + grown(hour % hours) + rhythm / 2 * math.sin(hour / 24 * math.tau))
        for hour in range(int(days * 24))
    ]
    return points, [START + hour * HOUR for hour in range(0, int(days * 24), hours)]


@pytest.mark.parametrize(("hours", "lives_seen"), [(24, 6), (72, 4), (96, 3)])
def test_a_leak_is_told_from_the_first_life_to_now(hours: int, lives_seen: int) -> None:
    """Its speed, at the level of now, and until when the present life lasts if it is as long as the others."""
    points, starts = exact(lambda hour: 2 * hour, hours, hours * lives_seen / 24)
    found = life_trend(points, starts)
    assert found is not None
    assert found.trend.slope * HOUR == pytest.approx(2)
    assert (found.trend.since, found.trend.at, found.trend.level) == (START, points[-1][0], points[-1][1])
    assert (found.lives, found.ends) == (lives_seen, starts[-1] + hours * HOUR)


@pytest.mark.parametrize(("lives_seen", "told"), [(2, None), (3, 3), (12, 12), (15, 12)])
def test_three_to_twelve_lives_are_looked_at(lives_seen: int, told: int | None) -> None:
    """The last ones; a start that is still to come is none."""
    points, starts = exact(lambda hour: 2 * hour, 24, lives_seen)
    found = life_trend(points, [*reversed(starts), points[-1][0] + 1])
    assert (found and found.lives) == told
    if found is not None:
        assert found.trend.since == starts[-found.lives]


@pytest.mark.parametrize(("hours", "told"), [(21, False), (22, True)])
def test_a_life_of_twenty_hours_is_long_enough(hours: int, told: bool) -> None:
    """Beside the first two, in which a bot fills its caches."""
    points, starts = exact(lambda hour: 3 * hour, hours, hours * 5 / 24)
    assert (life_trend(points, starts) is not None) is told


def test_hours_without_points_make_a_life_too_short() -> None:
    """At least as many hours must have been seen."""
    points, starts = exact(lambda hour: 3 * hour, 22, 22 * 5 / 24)
    assert life_trend([point for point in points if (point[0] - START) // HOUR % 22 != 9], starts) is None


@pytest.mark.parametrize(("grown", "told"), [(9, False), (12, True)])
def test_a_life_adds_five_percent_at_least(grown: float, told: bool) -> None:
    """Of where it begins, which is 200 MB here."""
    points, starts = exact(lambda hour: grown * hour / 22, 24, 8)
    assert (life_trend(points, starts) is not None) is told


@pytest.mark.parametrize(("rhythm", "told"), [(20, True), (60, False)])
def test_a_life_adds_more_than_its_ups_and_downs(rhythm: float, told: bool) -> None:
    """20 MB in a day, under a rhythm of that day."""
    points, starts = exact(lambda hour: 20 * hour / 24, 72, 12, rhythm=rhythm)
    grows_little, _ = exact(lambda hour: 8 * hour / 24, 72, 12, rhythm=rhythm)
    assert life_trend(points, starts) is not None
    assert (life_trend(grows_little, starts) is not None) is told


@pytest.mark.parametrize("hours", [24, 72, 96])
@pytest.mark.parametrize(("later", "told"), [(0.5, False), (0.8, True), (1.5, True)])
def test_the_second_half_of_a_life_grows_on(hours: int, later: float, told: bool) -> None:
    """At least 0.7 times as fast as the first: what fills ever slower is a cache."""
    middle = hours / 2 + 1
    points, starts = exact(
        lambda hour: 3 * (min(hour, middle) + later * max(0, hour - middle)), hours, hours * 5 / 24, level=100
    )
    assert (life_trend(points, starts) is not None) is told


@pytest.mark.parametrize(("last", "told"), [(0.3, False), (0.8, True)])
def test_the_last_life_grows_at_least_half_as_much(last: float, told: bool) -> None:
    """Else what made it grow was mended."""
    points, starts = exact(lambda hour: 5 * hour, 24, 8, level=100)
    for index in range(7 * 24, 8 * 24):
        points[index] = points[index][0], 100 + last * 5 * (index % 24)
    assert (life_trend(points, starts) is not None) is told


def test_lives_that_differ_much_prove_nothing() -> None:
    """Three that grow by 1, 2 and 9 may have grown by chance; by 4, 5 and 6 they did not."""
    for growths, told in (((1, 9, 2), False), ((4.7, 5, 5.3), True)):
        points, starts = exact(lambda hour: hour, 24, 3, level=10)
        points = [(at, 10 + growths[index // 24] * (index % 24)) for index, (at, _) in enumerate(points)]
        assert (life_trend(points, starts) is not None) is told


def test_lives_of_less_than_half_the_longest_are_left_out() -> None:
    """They tell less, the present one included; the growth is said from the first that counts."""
    points, starts = exact(lambda hour: 2 * hour, 72, 12.9)
    found = life_trend(points, starts)
    assert found is not None and (found.lives, found.ends) == (4, starts[-1] + 72 * HOUR)
    short = [START - 24 * HOUR + hour * HOUR for hour in range(24)]
    found = life_trend([*((at, 100.0 + 9 * n) for n, at in enumerate(short)), *points], [short[0], *starts])
    assert found is not None and (found.lives, found.trend.since) == (4, START)


STUDENT = {2: 9.925, 3: 5.841, 4: 4.604, 5: 4.032, 6: 3.707, 7: 3.499, 8: 3.355, 9: 3.250, 10: 3.169, 11: 3.106}
"""Student's t, two-sided 1 %, by degrees of freedom."""


@pytest.mark.parametrize("number", range(3, 13))
@pytest.mark.parametrize(("share", "told"), [(1.01, True), (0.99, False)], ids=["beyond", "below"])
def test_lives_are_alike_by_students_t(number: int, share: float, told: bool) -> None:
    """From three to twelve lives, which grow less and more than their mean by turns."""
    signs = [(-1, 1)[n % 2] if n < number // 2 * 2 else 0 for n in range(number)]
    spread = 10 * math.sqrt(number) / (share * STUDENT[number - 1]) / stdev(signs)
    points, starts = exact(lambda hour: hour, 24, number)
    points = [(at, 10 + (10 + spread * signs[n // 24]) * (n % 24)) for n, (at, _) in enumerate(points)]
    assert (life_trend(points, starts) is not None) is told


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_what_grows_changes_nothing(unit: float) -> None:
    """Terabytes leak as bytes do."""
    points, starts = exact(lambda hour: 2 * hour, 24, 6)
    found, other = life_trend(points, starts), life_trend([(at, value * unit) for at, value in points], starts)
    assert found is not None and other is not None
    assert other.trend.slope == pytest.approx(found.trend.slope * unit)


@pytest.mark.parametrize(("hours", "lives_seen"), [(28, 3), (36, 3), (37, 4)])
def test_a_life_of_half_the_longest_counts(hours: int, lives_seen: int) -> None:
    """Each without its first two hours: 35 of 70."""
    points, starts = exact(lambda hour: 2 * hour, 72, 9 + hours / 24)
    found = life_trend(points, starts)
    assert found is not None and found.lives == lives_seen


@pytest.mark.parametrize(("last", "told"), [(0.4, False), (0.45, False), (0.55, True)])
def test_growth_that_has_nearly_ended_is_not_told(last: float, told: bool) -> None:
    """Of 12 lives all grew alike but for the last, which grew by half of the mean or less."""
    points, starts = exact(lambda hour: 5 * hour, 24, 12, level=100)
    for index in range(11 * 24, 12 * 24):
        points[index] = points[index][0], 100 + last * 5 * (index % 24)
    assert (life_trend(points, starts) is not None) is told


@pytest.mark.parametrize("hours", [28, 48, 72, 100])
def test_the_rhythm_of_the_day_has_no_part_in_the_speed(hours: int) -> None:
    """It is taken from day to day."""
    points, starts = exact(lambda hour: 3 * hour, hours, hours * 6 / 24, rhythm=10)
    found = life_trend(points, starts)
    assert found is not None and found.trend.slope * HOUR == pytest.approx(3)


def test_a_start_that_is_still_to_come_is_no_life() -> None:
    """The present one goes on until it is as long as the others; without points there is none."""
    points, starts = exact(lambda hour: 2 * hour, 24, 6)
    with_next = life_trend(points, [*starts, points[-1][0] + 1])
    assert with_next == life_trend(points, starts)
    assert life_trend([], starts) is None
