"""What the latest invocations prove, held against exact and printed values."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.chances import student_tail
from plugin.insight.evidence import Evidence, least_mean, mean_evidence, share_evidence, student_quantile

CLEARED_BY, GROWTH, RAISED_BY = 0.001, 1.25, 0.0001
"""What is promised."""

spread = st.lists(st.integers(1, 1000), min_size=12, max_size=60)


@given(spread, st.sampled_from([0.1, 0.01, 0.001]))
def test_the_lower_bound_of_a_mean_is_that_of_student(values: list[int], level: float) -> None:
    """The chance that a mean lies so far above a true one at the bound is the level."""
    error = stdev(values) / math.sqrt(len(values))
    bound = least_mean(values, level)
    if error:
        chance = student_tail((fmean(values) - bound) / error, len(values) - 1)
        assert chance == pytest.approx(level, rel=0.15)
    else:
        assert bound == values[0]


@pytest.mark.parametrize("values", [[], [5.0]])
def test_one_value_bounds_nothing(values: list[float]) -> None:
    """Two do."""
    assert least_mean(values, 0.01) == -math.inf
    assert least_mean([4.0, 4.0], 0.01) == 4


def test_a_mean_decides_with_the_fewest_values_that_do() -> None:
    """Not before the minimum; alike values decide at once, and older ones change nothing."""
    assert mean_evidence([30.0] * 4, 5, 20) == Evidence(None)
    assert mean_evidence([30.0] * 5 + [1.0] * 90, 5, 20) == Evidence(30, crossed=True)
    assert mean_evidence([10.0] * 5 + [99.0] * 90, 5, 20) == Evidence(10, over=True)
    assert mean_evidence([20.0] * 50, 5, 20) == Evidence(20)
    assert mean_evidence([30.0], 0, 20) == Evidence(None)
    assert mean_evidence([30.0] * 2, 0, 20).crossed


def test_a_mean_that_decides_nothing_is_that_of_the_last_number_tried() -> None:
    """Numbers grow by a quarter: of 4, 5 and 7 values the last mean is told."""
    values = [5.0, 35.0, 5.0, 35.0, 5.0, 35.0, 20.0, 99.0]
    assert math.ceil(4 * GROWTH) == 5
    assert mean_evidence(values, 4, 20) == Evidence(fmean(values[:7]))


@given(spread, st.integers(1, 1000))
def test_a_mean_is_proven_only_beyond_its_bounds(values: list[int], threshold: int) -> None:
    """Crossed by one chance in ten thousand, and over by one in a thousand."""
    found = mean_evidence(values, len(values), threshold)
    assert found.value == pytest.approx(fmean(values))
    error = stdev(values) / math.sqrt(len(values)) or 1e-12
    chance = student_tail(abs(fmean(values) - threshold) / error, len(values) - 1)
    if fmean(values) > threshold:
        assert not found.over and (found.crossed or chance > 0.8e-4) and not (found.crossed and chance > 1.3e-4)
    elif fmean(values) < threshold:
        assert not found.crossed and (found.over or chance > 0.8e-3) and not (found.over and chance > 1.3e-3)


def test_a_share_decides_with_the_fewest_slots_that_do() -> None:
    """Not before the minimum of invocations; the slots that come after are older, and change nothing."""
    assert share_evidence([(0, 9)], 10, 0.25, 0.002) == Evidence(None)
    crossed = share_evidence([(5, 15), (500, 0)], 10, 0.25, 0.002)
    assert crossed == Evidence(0.75, crossed=True, least=pytest.approx(0.397, abs=0.001))  # 12 of 17 tell as much
    assert share_evidence([(15, 5)], 10, 0.25, 0.002) == Evidence(0.25)
    assert share_evidence([(14, 6), (10, 0)], 10, 0.25, 0.002) == Evidence(0.2)
    assert share_evidence([], 10, 0.25, 0.002) == Evidence(None)


@pytest.mark.parametrize(
    ("slots", "was", "over"),
    [
        ([(20, 0)] * 3, 0.5, True),
        ([(30, 0)] * 2, 0.5, False),
        ([(20, 0)] * 3, None, False),
        ([(5, 0)] * 3, 0.5, False),
        ([(5, 0)] * 3 + [(0, 20)] * 3, 1.0, True),
        ([(20, 0)] * 3 + [(95, 5)] * 9, 0.9, True),
        ([(7, 0)] * 3 + [(70, 30)] * 9, 0.9, False),
        ([(7, 0)] * 3, 0.9, True),
        ([(13, 0)] * 3 + [(85, 15)] * 9, 0.9, False),
        ([(18, 0)] * 3 + [(85, 15)] * 9, 0.9, True),
    ],
    ids=[
        "three slots without errors",
        "two slots",
        "nothing was said",
        "too few to tell it from a half",
        "enough after nothing but errors",
        "never taken for less than twice the bound",
        "what went before was less",
        "nothing went before",
        "too few to tell it from twice the bound",
        "enough to tell it from twice the bound",
    ],
)
def test_a_share_is_over_where_it_is_less_than_it_was(
    slots: list[tuple[int, int]], was: float | None, over: bool
) -> None:
    """And not beyond the bound any more."""
    assert share_evidence(slots, 9, 0.1, 0.002, was).over is over


def test_what_raised_an_alert_was_higher_by_chance() -> None:
    """A fifth fails: 17 of 43 raise an alert, and 6 of the next 62 do not end it."""
    raised = share_evidence([(26, 17)], 10, 0.1, 0.002)
    later = [(20, 2), (18, 2), (18, 2)]
    assert raised.crossed and raised.value == pytest.approx(0.395, abs=0.001)
    assert not share_evidence(later, 10, 0.1, 0.002, raised.least).over
    assert share_evidence(later, 10, 0.1, 0.002, raised.value) == Evidence(6 / 62, over=True)


@pytest.mark.parametrize(
    ("values", "level", "deviations"),
    [(20, 0.001, 3.579), (20, 0.01, 2.539), (10, 0.001, 4.297), (10, 0.01, 2.821), (5, 0.05, 2.132)],
)
def test_the_bounds_of_few_values_are_those_of_the_tables(values: int, level: float, deviations: float) -> None:
    """Half of the values a little above the mean, half of them below, but for one at it."""
    sides = [(-1) ** index * 1.0 for index in range(values // 2 * 2)] + [0.0] * (values % 2)
    error = stdev(sides) / math.sqrt(values)
    assert -least_mean([100 + side for side in sides], level) + 100 == pytest.approx(deviations * error, rel=0.008)


@pytest.mark.parametrize(
    ("deviations", "expected"),
    [
        (4.75, Evidence(100, crossed=True)),
        (4.45, Evidence(100)),
        (-3.4, Evidence(100)),
        (-3.75, Evidence(100, over=True)),
    ],
    ids=["surely above", "hardly above", "hardly below", "surely below"],
)
def test_an_alert_takes_more_evidence_than_its_end(deviations: float, expected: Evidence) -> None:
    """Of 20 values the mean is above by 4.59 standard errors by chance once in 10,000, and by 3.58 once in 1,000."""
    values = [99.0, 101.0] * 10
    threshold = 100 - deviations * stdev(values) / math.sqrt(20)
    assert mean_evidence(values, 20, threshold) == expected


@pytest.mark.parametrize("number", [5, 6, 20])
@pytest.mark.parametrize(("level", "sign", "field"), [(RAISED_BY, -1, "crossed"), (CLEARED_BY, 1, "over")])
def test_a_mean_is_beyond_its_threshold_by_the_error_of_student(
    number: int, level: float, sign: int, field: str
) -> None:
    """With one degree of freedom less than values."""
    values = [10.0 + n % 3 for n in range(number)]
    away = student_quantile(number - 1, level) * stdev(values) / math.sqrt(number)
    found = [mean_evidence(values, number, fmean(values) + sign * share * away) for share in (1.001, 0.999)]
    assert [getattr(one, field) for one in found] == [True, False]


@pytest.mark.parametrize(
    ("freedom", "chance", "deviations", "within"),
    [
        (9, 0.05, 1.8331, 0.0001),
        (9, 0.01, 2.8214, 0.001),
        (20, 0.05, 1.7247, 0.0001),
        (20, 0.01, 2.5280, 0.0001),
        (20, 0.001, 3.5518, 0.0004),
        (30, 0.05, 1.6973, 0.0001),
        (30, 0.01, 2.4573, 0.0001),
        (30, 0.001, 3.3852, 0.0001),
    ],
)
def test_the_quantiles_of_student_are_those_of_the_tables(
    freedom: int, chance: float, deviations: float, within: float
) -> None:
    """To the last printed digit where there is some freedom, and a little less where chances are small."""
    assert student_quantile(freedom, chance) == pytest.approx(deviations, abs=within)


def test_a_share_of_exactly_enough_invocations_is_told() -> None:
    """Though it proves nothing."""
    assert share_evidence([(6, 3)], 9, 0.4, 0.002) == Evidence(1 / 3)
    assert share_evidence([(6, 3)], 10, 0.4, 0.002) == Evidence(None)
