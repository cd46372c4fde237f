"""What holds of every trend: lines that are exact, at the edges of what is evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.trends import companions, compare_levels, hourly, trend, without_rhythm
from plugin.model import Change, ChangeVerdict, Trend
from tests.insight.test_trends import DAY, HOUR, START, Points, noisy, series

MINIMUM_POINTS = 24
"""What is promised."""

courses = st.builds(
    lambda seed, slope, days: noisy(seed, lambda day: 300 + slope * day, days=days),
    st.integers(0, 99),
    st.sampled_from([-40, -12, 5, 12, 40]),
    st.sampled_from([3, 4, 6.96, 8, 15]),
)


def found(value: Callable[[float], float], days: float, step_s: float = 1800) -> bool:
    """Whether a course without noise is a trend."""
    return trend(series(value, days, step_s)) is not None


def of(value: Callable[[float], float], days: float, step_s: float = 1800) -> Trend:
    """The trend of a course that has one."""
    known = trend(series(value, days, step_s))
    assert known is not None
    return known


@pytest.mark.parametrize("days", [3, 5, 7, 13, 14, 30])
@pytest.mark.parametrize("slope", [-20, 20])
def test_a_line_is_its_own_trend(days: int, slope: float) -> None:
    """From its first point to its last, at the level of the last."""
    line = of(lambda day: 2000 + slope * day, days)
    assert (line.since, line.at) == (START, START + days * DAY)
    assert line.slope * DAY == pytest.approx(slope, rel=1e-3)
    assert line.level == pytest.approx(2000 + slope * days, rel=1e-4)


@given(courses)
def test_a_mirrored_course_has_the_mirrored_trend(points: Points) -> None:
    """What rises one way falls the other, and is as certain; only the level is another."""
    there, back = trend(points), trend([(at, 600 - value) for at, value in points])
    if there is not None and back is not None:
        assert (back.since, back.at) == (there.since, there.at)
        assert back.slope == pytest.approx(-there.slope) and back.level == pytest.approx(600 - there.level)
    else:
        large = there or back
        assert large is None or abs(large.slope) * (large.at - large.since) < 0.04 * 600


@given(courses, st.sampled_from([0.001, 7, 1 << 20]), st.integers(-9, 9))
def test_units_and_the_calendar_change_nothing(points: Points, unit: float, days: int) -> None:
    """A series in bytes, days later, has the same trend in bytes, days later."""
    there, moved = trend(points), trend([(at + days * DAY, value * unit) for at, value in points])
    assert (there is None) is (moved is None)
    if there is not None and moved is not None:
        assert (moved.since, moved.at) == (there.since + days * DAY, there.at + days * DAY)
        assert (moved.slope, moved.level) == (pytest.approx(there.slope * unit), pytest.approx(there.level * unit))


def test_three_days_and_24_points_are_evidence() -> None:
    """A moment or a point less is none."""
    step_s = 3 * DAY / (MINIMUM_POINTS - 1)
    points = [(START + index * step_s, 300 + 10.0 * index) for index in range(MINIMUM_POINTS)]
    assert trend(points) is not None
    assert trend([*points[:-1], (points[-1][0] - 1, points[-1][1])]) is None
    assert trend(points[1:]) is None
    assert trend([*points[:11], *points[12:]]) is None


@pytest.mark.parametrize(("days", "times", "told"), [(1, 3, True), (1, 2.9, False), (0.99, 3, False), (2, 4, True)])
def test_what_trebles_takes_a_day(days: float, times: float, told: bool) -> None:
    """What grows by less takes three."""
    assert found(lambda day: 100 * (1 + (times - 1) * day / days), days, 900) is told


def test_what_begins_at_nothing_has_not_trebled() -> None:
    """Any growth is many times nothing."""
    assert not found(lambda day: 100 * day, 1, 900)
    assert found(lambda day: 100 * day, 3)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("share", "told"), [(0.018, False), (0.023, True)])
def test_two_percent_of_the_level_are_the_least(share: float, told: bool, sign: int) -> None:
    """Over the whole span, up or down."""
    assert found(lambda day: 1000 + sign * 1000 * share * day / 4, 4) is told


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("later", "told"), [(0.4, False), (0.7, True), (1.4, True), (-0.2, False)])
def test_the_second_half_goes_at_least_half_as_fast(later: float, told: bool, sign: int) -> None:
    """What slows down further nears a plateau; what turns back is no trend."""
    assert found(lambda day: 1000 + sign * 50 * (min(day, 2) + later * max(0, day - 2)), 4) is told


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("depth", "told"), [(0.8, True), (1.4, False)])
def test_no_fall_is_larger_than_the_growth(depth: float, told: bool, sign: int) -> None:
    """A dip of five hours, as a share of all growth; after it the series goes on as before."""
    dip = lambda day: depth * 100 * (2 <= day < 2.2)  # noqa: E731 # a course like the others
    assert found(lambda day: 1000 + sign * (100 * day / 5 - dip(day)), 5, 900) is told


@pytest.mark.parametrize(("share", "named"), [(0.4, []), (0.6, ["tasks"])])
def test_a_companion_grew_at_least_half_as_much(share: float, named: list[str]) -> None:
    """In proportion to where each began."""
    memory = series(lambda day: 500 * (1 + day / 4), 4, 1800)
    assert companions(memory, {"tasks": series(lambda day: 80 * (1 + share * day / 4), 4, 1800)}) == named


@pytest.mark.parametrize(
    ("memory", "tasks", "is_named"), [(0.4, 0.25, True), (0.4, 0.15, False), (3, 1.7, True), (3, 1.3, False)]
)
def test_half_as_much_is_half_of_its_growth(memory: float, tasks: float, is_named: bool) -> None:
    """Whether that is small or large."""
    main, other = (series(lambda day, share=share: 500 * (1 + share * day / 4), 4, 1800) for share in (memory, tasks))
    assert companions(main, {"tasks": other}) == (["tasks"] if is_named else [])


def test_what_is_left_of_a_block_of_days_does_not_count() -> None:
    """Of fifteen days the first, as there are seven blocks of two."""
    found = trend(series(lambda day: (300 if day >= 0.9 else 100) + 10 * day, 15, HOUR))
    assert found is not None and found.slope * DAY == pytest.approx(10)


def test_steps_of_two_sizes_are_followed_too() -> None:
    """Each day one of two."""
    levels = [300, *accumulate(([10, 30] * 5), initial=300)]

    def stairs(times: float) -> Points:
        return [(START + HOUR * hour, times * levels[(hour + 23) // 24]) for hour in range(10 * 24 + 1)]

    others = {"cache": stairs(20), "tasks": series(lambda day: 10 + 10 * day, 10, HOUR)}
    assert companions(stairs(1), others) == ["cache"]


def test_what_begins_at_nothing_grew_most() -> None:
    """It comes before what only doubled."""
    memory = series(lambda day: 500 * (1 + day / 4), 4, 1800)
    others = {
        "guilds": series(lambda day: 10 + 10 * day / 4, 4, 1800),
        "tasks": series(lambda day: 10 * day, 4, 1800),
    }
    assert companions(memory, others) == ["tasks", "guilds"]


def levels(*eighths: float) -> list[float]:
    """Three values for each eighth of a span, one of them far off."""
    return [value for each in eighths for value in (each, 10 * each, each)]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([10] * 8, [12] * 8, ChangeVerdict.WORSE),
        ([10] * 8, [11.9] * 8, ChangeVerdict.SAME),
        ([10] * 8, [*[15] * 7, 10], ChangeVerdict.SAME),
        ([10] * 8, [*[15] * 7, 10.1], ChangeVerdict.WORSE),
        ([*[10] * 7, 15], [15] * 8, ChangeVerdict.SAME),
        ([15] * 8, [*[10] * 7, 15], ChangeVerdict.SAME),
        ([15] * 8, [*[10] * 7, 14.9], ChangeVerdict.BETTER),
        ([*[15] * 7, 10], [10] * 8, ChangeVerdict.SAME),
    ],
)
def test_all_eighths_of_one_span_lie_beyond_all_of_the_other(
    before: Sequence[float], after: Sequence[float], verdict: ChangeVerdict
) -> None:
    """By medians, so that single values do not matter, and by a fifth or more."""
    change = compare_levels(levels(*before), levels(*after))
    assert change.verdict is verdict
    assert (change.before, change.after) == (before[0], after[0])


def test_levels_are_apart_by_chance_in_two_of_12870() -> None:
    """So often all eighths of one span lie beyond all of the other; levels that overlap prove nothing."""
    assert compare_levels(levels(*[10] * 8), levels(*[12] * 8)).p_value == pytest.approx(2 / 12_870)
    assert compare_levels(levels(*[10] * 8), levels(*[15] * 7, 10)).p_value == 1


def test_a_span_without_values_is_set_beside_nothing() -> None:
    """On either side; with eight values something is said."""
    for spans in (([], [1.0] * 9), ([1.0] * 9, [])):
        assert compare_levels(*spans) == Change(None, None, None, ChangeVerdict.UNKNOWN)
    assert compare_levels([1.0] * 8, [2.0] * 8).verdict is ChangeVerdict.WORSE
    assert compare_levels([1.0] * 8, [2.0] * 7).verdict is ChangeVerdict.UNKNOWN


@given(st.lists(st.integers(-50, 50), min_size=24, max_size=24), st.integers(2, 9), st.integers(-5, 5))
def test_a_rhythm_is_taken_away_and_the_rest_stays(rhythm: list[int], days: int, slope: int) -> None:
    """What is left of a line with a rhythm is the line, at the same height on average."""
    points = [(START + hour * HOUR, slope * hour + rhythm[hour % 24]) for hour in range(24 * days)]
    left = without_rhythm(points)
    middle = sum(rhythm) / 24
    assert [value for _, value in left] == pytest.approx([slope * hour + middle for hour in range(24 * days)], abs=1e-6)
    assert without_rhythm(points[:20]) == points[:20]


def test_hours_have_their_mean() -> None:
    """An hour without a point has none."""
    begin = START // HOUR
    assert hourly([(begin * HOUR, 2), (begin * HOUR + 3599, 4), (begin * HOUR + 7200, 9)]) == {begin: 3, begin + 2: 9}


STUDENT = {5: 4.032, 6: 3.707, 7: 3.499, 8: 3.355, 9: 3.250, 10: 3.169, 11: 3.106}
"""Student's t, two-sided 1 %, by degrees of freedom."""


@pytest.mark.parametrize("days", range(7, 14))
@pytest.mark.parametrize(("share", "told"), [(1.01, True), (0.99, False)], ids=["beyond", "below"])
def test_steps_differ_from_zero_by_students_t(days: int, share: float, told: bool) -> None:
    """From seven to thirteen days, whose steps are larger and smaller than their mean by turns."""
    steps = days - 1
    signs = [(1, -1)[n % 2] if n < steps // 2 * 2 else 0 for n in range(steps)]
    spread = 10 * math.sqrt(steps) / (share * STUDENT[steps - 1]) / stdev(signs)
    levels = [1000 + 10 * day + spread * sum(signs[:day]) for day in range(days)]
    found = trend([(START + hour * HOUR, levels[hour // 24]) for hour in range(24 * days)])
    assert (found is not None) is told
