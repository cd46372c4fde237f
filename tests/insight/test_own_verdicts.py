"""What the values of a histogram must show to be beyond a bound: exact bounds of the mean and of quantiles."""

from __future__ import annotations

import math
from statistics import fmean, pstdev

import pytest

from plugin.histogram import TICK_NS, Histogram
from plugin.insight.evidence import student_quantile
from plugin.insight.own_verdicts import OwnVerdict, Side, of_histogram
from plugin.insight.own_windows import WindowSum
from plugin.model import SeriesKind
from plugin.own_rules import OwnThreshold

CLEARED_BY, RAISED_BY = 0.001, 0.0001
"""What is promised."""

KIND = SeriesKind("{coin}", "histogram/1", "")


def window(*values: int) -> WindowSum:
    """What was recorded, in ticks."""
    histogram = Histogram()
    for value in values:
        histogram.record(value * TICK_NS)
    return WindowSum(float(sum(values)), len(values), histogram)


def judge(*values: int, bound: float, below: bool = False, value: str = "mean", least: int | None = None) -> OwnVerdict:
    """The verdict of these values."""
    return of_histogram(OwnThreshold("economy.price", bound, below, value=value, least=least), window(*values), KIND)


SPREAD = (64, 128) * 10
"""Bounds of buckets, which stand for values a little above them."""
VALUES = [2 * low * high / (low + high) for low, high in ((64, 72), (128, 144))]
ERROR = pstdev(VALUES * 10) / math.sqrt(19)
"""The standard error of their mean."""


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize(
    ("chance", "sign", "side"), [(RAISED_BY, 1, Side.CROSSED), (CLEARED_BY, -1, Side.WITHIN)], ids=["crossed", "within"]
)
def test_a_mean_is_beyond_a_bound_by_the_error_of_student(below: bool, chance: float, sign: int, side: Side) -> None:
    """By one chance in ten thousand; back within it by one in a thousand, on the other side."""
    away = student_quantile(19, chance) * ERROR
    direction = (1 if below else -1) * sign
    mean = fmean(SPREAD)
    sure, unsure = (judge(*SPREAD, bound=mean + direction * share * away, below=below) for share in (1.003, 0.997))
    assert (sure, unsure) == ((side, mean, 20), (Side.UNDECIDED, mean, 20))


@pytest.mark.parametrize("below", [False, True])
def test_a_mean_at_its_bound_is_undecided(below: bool) -> None:
    """Though all values are the same."""
    assert judge(*[96] * 20, bound=96, below=below) == (Side.UNDECIDED, 96, 20)


@pytest.mark.parametrize(("price", "side"), [(10, Side.CROSSED), (1000, Side.WITHIN)])
def test_a_mean_below_a_bound_crosses_it(price: int, side: Side) -> None:
    """One above it does not."""
    assert judge(*[price] * 20, bound=100, below=True).side is side


@pytest.mark.parametrize(("number", "least", "is_judged"), [(1, 1, False), (2, 1, True), (2, 2, True), (2, 3, False)])
def test_two_values_are_the_fewest(number: int, least: int, is_judged: bool) -> None:
    """One has no spread, whatever the threshold says."""
    assert (judge(*[1000] * number, bound=100, least=least).side is Side.CROSSED) is is_judged


@pytest.mark.parametrize(
    ("bound", "above", "below"),
    [
        pytest.param(100, Side.CROSSED, Side.WITHIN, id="all values are above"),
        pytest.param(128, Side.CROSSED, Side.WITHIN, id="it begins where their bucket does"),
        pytest.param(136, Side.UNDECIDED, Side.UNDECIDED, id="it cuts their bucket"),
        pytest.param(144, Side.WITHIN, Side.CROSSED, id="it begins where their bucket ends"),
        pytest.param(200, Side.WITHIN, Side.CROSSED, id="all values are below"),
    ],
)
def test_a_bucket_that_a_bound_cuts_counts_for_neither_side(bound: float, above: Side, below: Side) -> None:
    """Its values may be on either."""
    found = [judge(*[130] * 40, bound=bound, value="median", below=side) for side in (False, True)]
    assert [verdict.side for verdict in found] == [above, below]


@pytest.mark.parametrize(
    ("value", "share"), [("median", 0.5), ("p95", 0.05), ("p99", 0.01)], ids=["median", "p95", "p99"]
)
def test_a_quantile_is_beyond_a_bound_where_more_values_are_than_belong_there(value: str, share: float) -> None:
    """As many as belong there decide nothing; far more or far fewer do, in both directions."""
    number = 1000
    expected = round(number * share)
    sides = [
        [
            judge(*[1000] * high, *[10] * (number - high), bound=100, value=value, below=below).side
            for high in (0, expected, 4 * expected if share < 0.5 else number)
        ]
        for below in (False, True)
    ]
    assert sides == [
        [Side.WITHIN, Side.UNDECIDED, Side.CROSSED],
        [Side.CROSSED, Side.UNDECIDED, Side.WITHIN],
    ]


@pytest.mark.parametrize(("kind", "value"), [("histogram/1", 128), ("histogram/0.5", 64), ("histogram", 128)])
def test_values_are_told_in_the_unit_of_the_measure(kind: str, value: float) -> None:
    """A tick is its resolution, or one where it has none."""
    threshold = OwnThreshold("economy.price", 1, value="median")
    verdict = of_histogram(threshold, window(*[128] * 40), SeriesKind("1", kind, ""))
    assert verdict == (Side.CROSSED, pytest.approx(value, rel=1 / 17), 40)


def test_a_quantile_of_nothing_but_zeros_is_next_to_zero() -> None:
    """It is less than the finest bucket is wide."""
    side, value, number = judge(*[0] * 40, bound=1, value="median")
    assert (side, number) == (Side.WITHIN, 40)
    assert value is not None and 0 <= value < 1


def test_without_a_distribution_nothing_is_judged() -> None:
    """What was recorded elsewhere may have none."""
    assert of_histogram(OwnThreshold("economy.price", 1), WindowSum(900, 30), KIND).side is Side.UNDECIDED
