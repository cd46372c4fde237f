"""How much more numbers vary than independent calls would."""

from __future__ import annotations

import random

import pytest

from plugin.histogram import Histogram
from plugin.insight.changes import compare_durations, compare_rates, correct_for_multiple_tests
from plugin.insight.dispersion import Steps, of_answers, of_denials, of_errors
from plugin.model import ChangeVerdict, CommandPoint
from tests.insight.lives import DAY, HOUR, MONDAY, Factor, in_fours, points, usual


def halves(course: list[CommandPoint], at: int) -> Steps:
    """The steps from a moment on, and those before it."""
    return Steps([point for point in course if point.at >= at], [point for point in course if point.at < at])


def errors(course: list[CommandPoint]) -> tuple[int, int]:
    """Errors, out of all that ran."""
    return sum(point.outcomes[2] for point in course), sum(sum(point.outcomes) for point in course)


def whole(course: list[CommandPoint]) -> Histogram:
    """All durations."""
    merged = Histogram()
    for point in course:
        merged.merge(point.answers.times)
    return merged


def alone(chance: random.Random, calls: int) -> int:
    """Failures that know nothing of each other, two in a hundred calls."""
    return sum(chance.random() < 0.02 for _ in range(calls))


@pytest.mark.parametrize("days", [1, 7])
def test_clumps_of_errors_make_no_arrow(days: int) -> None:
    """Of 60 pages of five commands whose errors come in fours, at most two show an arrow where nothing changed."""
    chance, end = random.Random(1), MONDAY + 2 * days * DAY
    pages = 0
    for _ in range(60):
        steps = [
            halves(points(chance, MONDAY, end, a_day=100, failing=in_fours(0.03)), MONDAY + days * DAY)
            for _ in range(5)
        ]
        changes = [compare_rates(errors(list(of.before)), errors(list(of.now)), of_errors(of)) for of in steps]
        pages += any(change.holds for change in correct_for_multiple_tests(changes))
    assert pages <= 2


def test_clumps_are_counted_as_one() -> None:
    """Errors in fours have a dispersion of about four, single ones one of hardly more than one."""
    chance = random.Random(2)
    fours = [
        halves(points(chance, MONDAY, MONDAY + 14 * DAY, failing=in_fours(0.02)), MONDAY + 7 * DAY) for _ in range(10)
    ]
    single = [halves(points(chance, MONDAY, MONDAY + 14 * DAY, failing=alone), MONDAY + 7 * DAY) for _ in range(10)]
    assert 3 < sum(map(of_errors, fours)) / 10 < 6
    assert 1 <= sum(map(of_errors, single)) / 10 < 1.5


def now_and_then(chance: random.Random) -> Factor:
    """One hour in ten is three times as slow."""
    slow: dict[int, float] = {}
    return lambda at: slow.setdefault(at, 3.0 if chance.random() < 0.1 else 1.0)


def test_slow_hours_make_no_arrow() -> None:
    """A database that is slow for an hour now and then slows whole hours, in both spans alike."""
    chance, arrows = random.Random(3), 0
    for _ in range(40):
        hourly = now_and_then(chance)
        steps = halves(points(chance, MONDAY, MONDAY + 2 * DAY, a_day=2000, slow=hourly), MONDAY + DAY)
        before, now = whole(list(steps.before)), whole(list(steps.now))
        arrows += compare_durations(before, now, dispersion=of_answers(steps, now, before)).holds
    assert arrows <= 2


def test_a_change_throughout_is_found() -> None:
    """Errors in fours that are four times as many, and durations that double, keep their arrows."""
    chance, at = random.Random(4), MONDAY + 7 * DAY
    before = points(chance, MONDAY, at, failing=in_fours(0.02))
    after = points(chance, at, at + 7 * DAY, failing=in_fours(0.08), slow=lambda _: 2.0)
    steps = Steps(after, before)
    assert compare_rates(errors(before), errors(after), of_errors(steps)).verdict is ChangeVerdict.WORSE
    old, new = whole(before), whole(after)
    assert compare_durations(old, new, dispersion=of_answers(steps, new, old)).verdict is ChangeVerdict.WORSE


def test_without_steps_calls_count_as_independent() -> None:
    """Nothing known, or too few steps to tell, is a dispersion of one."""
    few = halves(points(random.Random(5), MONDAY, MONDAY + 4 * HOUR, slow=usual), MONDAY + 2 * HOUR)
    assert of_errors(Steps()) == of_denials(Steps()) == of_errors(few) == 1
    assert of_answers(few, whole(list(few.now)), whole(list(few.before))) == 1
