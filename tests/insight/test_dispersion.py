"""How much more numbers vary than independent calls would."""

from __future__ import annotations

import random

import pytest

from plugin.histogram import Histogram, bucket_value_ns
from plugin.insight.changes import compare_durations, compare_rates, correct_for_multiple_tests
from plugin.insight.dispersion import Steps, largest, of_answers, of_denials, of_errors, variance
from plugin.model import AnswerTimes, ChangeVerdict, CommandPoint
from tests.insight.lives import DAY, HOUR, MONDAY, Factor, in_fours, points, usual

FEWEST = 12
"""What is promised."""


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
    """Of 30 pages of five commands whose errors come in fours, at most one shows an arrow where nothing changed."""
    chance, end = random.Random(1), MONDAY + 2 * days * DAY
    pages = 0
    for _ in range(30):
        steps = [
            halves(points(chance, MONDAY, end, a_day=100, failing=in_fours(0.03)), MONDAY + days * DAY)
            for _ in range(5)
        ]
        changes = [compare_rates(errors(list(of.before)), errors(list(of.now)), of_errors(of)) for of in steps]
        pages += any(change.holds for change in correct_for_multiple_tests(changes))
    assert pages <= 1


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


def hourly(*events: int, calls: int = 10, start: int = 0) -> list[tuple[int, float, int]]:
    """So many events among the calls of each hour."""
    return [(start + HOUR * number, events_, calls) for number, events_ in enumerate(events)]


@pytest.mark.parametrize(("number", "dispersion"), [(FEWEST, 12 / 9.9), (FEWEST - 1, 1)], ids=["enough", "too few"])
def test_the_dispersion_is_the_variance_over_that_of_independent_calls(number: int, dispersion: float) -> None:
    """Hours with no error and with two of ten by turns; below twelve sums nothing is estimated."""
    steps = ([0, 2] * FEWEST)[:number]
    assert largest([hourly(*steps)], [0.09]) == pytest.approx(dispersion)


def test_sums_of_both_spans_are_held_against_their_own_mean() -> None:
    """The level of one span says nothing about the other, and a span without calls adds nothing."""
    low, high = hourly(*[0, 4] * 6), hourly(*[5, 9] * 6, start=DAY)
    assert largest([low, high], [0.16, 0.21]) == pytest.approx(96 / (110 * 0.37))
    assert largest([low, []], [0.16, 5.0]) == pytest.approx(48 / (110 * 0.16))
    assert largest([low], [0.0]) == largest([], []) == 1


def test_the_length_that_varies_most_decides() -> None:
    """Days that differ have a larger dispersion than their hours, which are all alike within a day."""
    days = [hour for day in range(12) for hour in hourly(*[day % 2 * 2] * 24, start=day * DAY)]
    calls = 12 * 240
    assert largest([days], [0.09]) == pytest.approx(12 * 24**2 / (0.09 * calls * (1 - 240 / calls)))


def test_errors_and_denials_have_their_own_calls() -> None:
    """Errors count among those that ran, denials among all invocations."""
    nothing = AnswerTimes(0, 0, Histogram())
    points_ = [CommandPoint(HOUR * n, (10 - n % 2 * 4, 20, n % 2 * 4, 5), nothing) for n in range(12)]
    assert of_errors(Steps(points_)) == pytest.approx(48 / (0.2 * 0.8 * 110))
    points_ = [CommandPoint(HOUR * n, (3, n % 2 * 4, 2, 5 - n % 2 * 4), nothing) for n in range(12)]
    assert of_denials(Steps((), points_)) == pytest.approx(48 / (0.2 * 0.8 * 110))


def test_the_variance_of_durations_is_that_of_single_calls() -> None:
    """In square nanoseconds; nothing varies where there is nothing."""
    times = Histogram()
    for duration_ns in (1 << 20, 1 << 20, 1 << 20, 1 << 24):
        times.record(duration_ns)
    low, high = sorted({bucket_value_ns(index) for index, count in enumerate(times.counts) if count})
    assert variance(times) == pytest.approx(3 / 16 * (high - low) ** 2)
    assert variance(Histogram()) == 0
