"""Durations that are nearly all alike, where few tell of a shift."""

from __future__ import annotations

import math

import pytest

from plugin.histogram import Histogram
from plugin.insight.changes import compare_durations
from plugin.model import Change, ChangeVerdict


def times(number: int, each_ns: int) -> Histogram:
    """So many that all take as long."""
    histogram = Histogram()
    for _ in range(number):
        histogram.record(each_ns)
    return histogram


def slower(few: int, dispersion: float = 1.0) -> Change:
    """Ten thousand that take 1 ms, and then a few that take 8 ms."""
    return compare_durations(times(10_000, 1_000_000), times(few, 8_000_000), quantile=None, dispersion=dispersion)


@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_few_calls_are_judged_by_the_bound_of_kolmogorov_and_smirnov(dispersion: float) -> None:
    """Twice, as either of two tests may decide, and two-sided; less than a chance of one in a hundred holds."""
    change = slower(12, dispersion)
    share = 12 * 10_000 / 10_012
    assert change.p_value == pytest.approx(4 * math.exp(-2 * share / dispersion))
    assert change.holds


def test_calls_that_are_alike_prove_less() -> None:
    """The same with a larger dispersion is no change; and twenty are enough for one to be the same."""
    assert slower(12, 8.0).verdict is ChangeVerdict.UNKNOWN
    assert slower(20, 20.0).verdict is ChangeVerdict.SAME
    assert slower(19, 20.0).verdict is ChangeVerdict.UNKNOWN
