"""Whether a series grows, when it reaches a limit, and what grew with it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from plugin.insight.trends import companions, compare_levels, crossing, trend
from plugin.model import ChangeVerdict, Trend

HORIZON = 10
"""What is promised."""

START = 1_700_000_000.0
HOUR, DAY = 3600.0, 86_400.0
Points = list[tuple[float, float]]


def series(value: Callable[[float], float], days: float = 2, step_s: float = 300) -> Points:
    """Points every five minutes, the value by the days that have passed."""
    return [(START + i * step_s, value(i * step_s / DAY)) for i in range(int(days * DAY / step_s) + 1)]


def noise(seed: int, memory: float = 0.9, size: float = 1) -> Callable[[], float]:
    """Noise that remembers so much of its last value; with 1 a random walk."""
    chance, state = random.Random(seed), [0.0]

    def draw() -> float:
        state[0] = memory * state[0] + chance.gauss(0, size)
        return state[0]

    return draw


def noisy(seed: int, value: Callable[[float], float], memory: float = 0.9, days: float = 2) -> Points:
    """A course with noise on it."""
    draw = noise(seed, memory)
    return series(lambda day: value(day) + draw(), days)


@pytest.mark.parametrize("growth", [60, -60])
def test_slope_is_found(growth: float) -> None:
    """The slope of a steady course under correlated noise is met within 15 %, in units per second."""
    found = [trend(noisy(seed, lambda day: 300 + growth * day, days=4)) for seed in range(20)]
    slopes = [one.slope * DAY for one in found if one]
    assert len(slopes) == 20 and all(abs(slope / growth - 1) < 0.15 for slope in slopes)


@pytest.mark.parametrize(("memory", "share"), [(0.0, 0.01), (0.9, 0.01), (0.99, 0.02), (1.0, 0.05)])
def test_noise_is_no_trend(memory: float, share: float) -> None:
    """Noise that fades is taken for a trend in at most 1 or 2 of 100 cases, and a random walk in at most 5."""
    assert sum(trend(noisy(seed, lambda day: 100, memory)) is not None for seed in range(200)) <= 200 * share


@pytest.mark.parametrize("days", [1, 2, 7, 10, 30])
@pytest.mark.parametrize("phase", range(0, 24, 4))
def test_rhythm_of_the_day_is_no_trend(days: float, phase: int) -> None:
    """What rises every morning and falls every night says nothing, wherever the series begins."""
    assert trend(noisy(1, lambda day: 300 + 40 * math.sin((day + phase / 24) * 2 * math.pi), days=days)) is None


def test_growth_is_seen_through_the_rhythm_of_the_day() -> None:
    """From a week on blocks are whole days, so that a leak shows under a rhythm larger than a day's growth."""
    found = trend(noisy(1, lambda day: 300 + 10 * day + 30 * math.sin(day * 2 * math.pi), days=10))
    assert found is not None and found.slope * DAY == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize(
    "value",
    [
        lambda day: 300 + 60 * (day > 1),
        lambda day: 300 - 150 * math.exp(-day / 0.4),
        lambda day: 300 + day,
        lambda day: 300,
    ],
    ids=["jump", "plateau", "too flat", "constant"],
)
def test_other_courses_are_no_trend(value: Callable[[float], float]) -> None:
    """A jump, a warm-up that nears its plateau and a growth of less than 2 % say nothing."""
    assert trend(noisy(1, value)) is None
    assert trend(series(value)) is None


@pytest.mark.parametrize(
    ("bend", "then", "is_trend"), [(1.4, 45, True), (1.4, 30, False), (2.0, 60, True), (2.0, 40, False)]
)
def test_a_second_half_of_half_the_growth_is_enough(bend: float, then: float, is_trend: bool) -> None:
    """Of that of the first half, whenever in it the growth of 100 a day becomes less."""
    found = trend(series(lambda day: 300 + 100 * min(day, bend) + then * max(0, day - bend), days=4))
    assert (found is not None) is is_trend


@pytest.mark.parametrize("points", [[], [(START, 1.0)], series(lambda day: 300 + 60 * day, days=2.9)])
def test_short_series_says_nothing(points: Points) -> None:
    """Less than three days is no evidence: a cache fills as long."""
    assert trend(points) is None


def test_what_trebles_in_a_day_is_said_at_once() -> None:
    """15 MB an hour would not leave a small machine three days."""
    assert trend(series(lambda day: 150 + 360 * day, days=1.2)) is not None


@pytest.mark.parametrize("hours", range(72, 240, 6))
@pytest.mark.parametrize(
    "value",
    [
        lambda hour: 150 * min(1, hour / 48),
        lambda hour: 150 * (1 - math.exp(-hour / 24)),
        lambda hour: 100 * (hour % 60) / 60,
        lambda hour: 100 * (hour % 60) / 60 + 10 * math.sin(hour / 24 * math.tau),
    ],
    ids=["a cache that fills over two days", "and ever slower", "a saw-tooth", "a saw-tooth under a rhythm"],
)
def test_what_falls_or_fills_is_no_trend(value: Callable[[float], float], hours: int) -> None:
    """Whenever it is looked at."""
    assert trend(noisy(1, lambda day: 200 + value(24 * day), days=hours / 24)) is None


def test_growth_is_seen_through_a_rhythm_within_four_days() -> None:
    """1 MB an hour under a daily rhythm of 25 MB."""
    found = trend(noisy(1, lambda day: 200 + 24 * day + 12.5 * math.sin(day * math.tau), days=4, memory=0.5))
    assert found is not None and found.slope * DAY == pytest.approx(24, rel=0.15)


def test_few_points_say_nothing() -> None:
    """Neither do 23 points over two days, nor points with long gaps."""
    assert trend(series(lambda day: 300 + 60 * day, step_s=2 * DAY / 22)) is None
    points = series(lambda day: 300 + 60 * day, days=4)
    assert trend([point for point in points if abs(point[0] - START - 2 * DAY) > 30 * HOUR]) is None


def test_only_the_last_life_counts() -> None:
    """Before the last start and for half an hour after it nothing counts; a start still to come changes nothing."""
    points = series(lambda day: 500 if day < 1 else 300 + 60 * day, days=5)
    found = trend(points, starts=[START, START + DAY, START + 9 * DAY])
    assert found is not None and found.since == START + DAY + HOUR / 2
    assert trend(points, starts=[START + 3 * DAY]) is None


def test_crossing_is_on_the_line() -> None:
    """The limit is met where the line meets it, or now where it is met already."""
    found = trend(series(lambda day: 300 + 60 * day, days=4))
    assert found is not None
    assert crossing(found, 600, found.at) == pytest.approx(START + 5 * DAY)
    assert crossing(found, 500, found.at) == found.at


def test_far_crossing_is_not_foretold() -> None:
    """Nothing is said of a decline, nor of what lies further ahead than ten times what was seen."""
    grows = Trend(START, START + DAY, 100, 1 / DAY)
    assert crossing(grows, 100 + HORIZON - 0.1, grows.at) is not None
    assert crossing(grows, 100 + HORIZON + 0.1, grows.at) is None
    assert crossing(grows._replace(slope=-1), 50, grows.at) is None


def test_companion_is_what_grew_too() -> None:
    """Of series that grow steadily those are named that grew about as much in proportion, the greatest first."""
    others = {
        "cache entries": noisy(2, lambda day: 1000 + 800 * day, days=4),
        "tasks": noisy(3, lambda day: 100 + 30 * day, days=4),
        "guilds": noisy(4, lambda day: 1000 + 20 * day, days=4),
        "threads": noisy(5, lambda day: 40, days=4),
        "short": [],
    }
    assert companions(noisy(1, lambda day: 300 + 60 * day, days=4), others) == ["cache entries", "tasks"]


def test_companion_that_follows_is_named_alone() -> None:
    """Where one series follows the steps of the growth, another that only grew too is not named."""
    chance = random.Random(6)
    course = [0.0]
    for _ in range(10):
        course.append(course[-1] + chance.uniform(5, 15))

    def grown(day: float) -> float:
        step = min(int(day * 2.5), 9)
        return course[step] + (course[step + 1] - course[step]) * (day * 2.5 - step)

    memory, cache = (series(lambda day, times=times: 300 + times * grown(day), days=4) for times in (1, 20))
    tasks = noisy(2, lambda day: 100 + 40 * day, days=4)
    assert companions(memory, {"tasks": tasks, "cache": cache}) == ["cache"]


def test_no_companion_without_growth() -> None:
    """Nothing is named for a series that does not grow, nor where nothing else grew."""
    grows, flat = noisy(1, lambda day: 300 + 60 * day, days=4), noisy(2, lambda day: 300, days=4)
    assert companions(flat, {"cache": grows}) == []
    assert companions(grows, {"cache": flat}) == []


@pytest.mark.parametrize(
    ("level", "verdict"),
    [(300, ChangeVerdict.SAME), (310, ChangeVerdict.SAME), (400, ChangeVerdict.WORSE), (200, ChangeVerdict.BETTER)],
)
def test_levels_are_compared(level: float, verdict: ChangeVerdict) -> None:
    """A level that is another throughout, by a fifth or more, is a change; less of it is better unless told."""
    before, after = noisy(1, lambda day: 300), noisy(2, lambda day: level)
    assert compare_levels([v for _, v in before], [v for _, v in after]).verdict is verdict


def test_few_levels_are_unknown() -> None:
    """With fewer than eight values on either side nothing is said."""
    assert compare_levels([1.0] * 7, [2.0] * 100).verdict is ChangeVerdict.UNKNOWN
    assert compare_levels([], [2.0] * 100).after is None
