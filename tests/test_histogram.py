"""The histogram of durations."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import (
    BUCKETS,
    LARGEST_COUNT,
    RELATIVE_ERROR,
    SUB_BUCKETS,
    TICK_NS,
    Histogram,
    bucket_bounds_ns,
    bucket_index,
    bucket_value_ns,
    carries,
    nearest_rank,
)

CAP_NS = 2**32 * TICK_NS
durations = st.integers(0, 2 * CAP_NS)
many = st.lists(durations, max_size=30)


def histogram(values: Iterable[int]) -> Histogram:
    """A histogram that has recorded the values."""
    filled = Histogram()
    for value in values:
        filled.record(value)
    return filled


def merged(*parts: Histogram) -> Histogram:
    """A new histogram with the counts of all parts."""
    whole = Histogram()
    for part in parts:
        whole.merge(part)
    return whole


@given(many, many)
def test_merge_is_commutative(left: list[int], right: list[int]) -> None:
    """Which of two histograms is merged first makes no difference."""
    assert merged(histogram(left), histogram(right)) == merged(histogram(right), histogram(left))


@given(many, many, many)
def test_merge_is_associative(first: list[int], second: list[int], third: list[int]) -> None:
    """How merges are grouped makes no difference."""
    a, b, c = histogram(first), histogram(second), histogram(third)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))


@given(many, many)
def test_merge_equals_recording_all_in_one(left: list[int], right: list[int]) -> None:
    """A merged histogram is the one that would have recorded everything itself."""
    assert merged(histogram(left), histogram(right)) == histogram(left + right)


@given(many, many)
def test_sums_of_numbers_are_those_of_histograms(left: list[int], right: list[int]) -> None:
    """A histogram as a number can be added to others, and taken away again."""
    one, other = histogram(left), histogram(right)
    both = one.as_number() + other.as_number()
    assert Histogram.of_number(both - one.as_number()) == other
    one.merge(other)
    assert Histogram.of_number(both) == one


@given(many)
def test_total_counts_every_duration(values: list[int]) -> None:
    """Nothing that is recorded is lost, however long it took."""
    assert histogram(values).total == len(values)


@given(st.lists(st.integers(SUB_BUCKETS * TICK_NS, CAP_NS - 1), min_size=1, max_size=50), st.floats(0, 1))
def test_quantile_is_within_the_promised_error(values: list[int], quantile: float) -> None:
    """From 8 ticks up to the cap a quantile is off by at most 1/17."""
    true = sorted(values)[nearest_rank(quantile, len(values)) - 1]
    read = histogram(values).quantile_ns(quantile)
    assert read is not None
    assert abs(read - true) <= RELATIVE_ERROR * true


@given(st.integers(0, SUB_BUCKETS * TICK_NS - 1))
def test_short_duration_is_read_within_a_tick(duration_ns: int) -> None:
    """Below 8 ticks a duration is off by at most one tick."""
    assert abs(bucket_value_ns(bucket_index(duration_ns)) - duration_ns) <= TICK_NS


@pytest.mark.parametrize("index", range(SUB_BUCKETS, BUCKETS))
def test_both_ends_of_a_bucket_are_within_the_promised_error(index: int) -> None:
    """The shortest and the longest duration of a bucket are read within 1/17, rounding included."""
    low, high = bucket_bounds_ns(index)
    for duration_ns in (low, high - 1):
        assert 17 * abs(bucket_value_ns(index) - duration_ns) <= duration_ns


def test_buckets_partition_the_durations() -> None:
    """Buckets begin at 0, each begins where the one before ends, and the last ends at the cap."""
    bounds = [bucket_bounds_ns(index) for index in range(BUCKETS)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == CAP_NS
    assert all(before[1] == after[0] for before, after in pairwise(bounds))


@given(st.integers(0, CAP_NS - 1))
def test_a_duration_lies_within_its_bucket(duration_ns: int) -> None:
    """The bucket that counts a duration has bounds on both sides of it."""
    low, high = bucket_bounds_ns(bucket_index(duration_ns))
    assert low <= duration_ns < high


@given(st.integers(-10, 2 * CAP_NS), st.integers(0, CAP_NS))
def test_index_is_monotone(duration_ns: int, more_ns: int) -> None:
    """A longer duration is never counted in a lower bucket."""
    assert bucket_index(duration_ns) <= bucket_index(duration_ns + more_ns)


@pytest.mark.parametrize(
    ("duration_ns", "index"), [(-1, 0), (0, 0), (CAP_NS, BUCKETS - 1), (2**62, BUCKETS - 1)], ids=str
)
def test_what_lies_outside_is_counted_at_the_edge(duration_ns: int, index: int) -> None:
    """A negative duration counts in the first bucket, one beyond the cap in the last."""
    assert bucket_index(duration_ns) == index


def test_empty_histogram_has_no_quantile() -> None:
    """Without durations there is no quantile: unknown, not zero."""
    assert Histogram().quantile_ns(0.5) is None


def test_copy_is_independent() -> None:
    """What is recorded in a copy leaves the original alone."""
    original = histogram([10_000])
    twin = original.copy()
    twin.record(10_000)
    assert (original.total, twin.total) == (1, 2)


@pytest.mark.parametrize(
    ("quantile", "total", "rank"), [(0, 9, 1), (0.5, 9, 5), (0.5, 10, 5), (0.95, 100, 95), (0.99, 100, 99), (1, 9, 9)]
)
def test_nearest_rank(quantile: float, total: int, rank: int) -> None:
    """The rank is the quantile's share of the values, rounded up, and at least 1."""
    assert nearest_rank(quantile, total) == rank


@given(st.integers(0, 10_000), st.integers(1, 10**9))
def test_nearest_rank_is_that_of_the_decimal(ten_thousandths: int, total: int) -> None:
    """The noise of floats never moves the rank: 0.07 of 100 values is the 7th."""
    exact = -(-ten_thousandths * total // 10_000)
    assert nearest_rank(ten_thousandths / 10_000, total) == max(1, exact)


def test_a_full_bucket_stays_full() -> None:
    """A bucket that cannot count further stays at the largest count, and the others go on."""
    full = Histogram([LARGEST_COUNT - 1])
    for duration_ns in (0, 0, TICK_NS):
        full.record(duration_ns)
    assert list(full.counts) == [LARGEST_COUNT, 1]


@given(st.lists(st.integers(0, LARGEST_COUNT), max_size=3), st.lists(st.integers(0, LARGEST_COUNT), max_size=3))
def test_merging_full_buckets_fills_them(left: list[int], right: list[int]) -> None:
    """Counts that do not fit together end at the largest count; all others are added exactly."""
    counts = zip_longest(left, right, fillvalue=0)
    assert list(merged(Histogram(left), Histogram(right)).counts) == [min(sum(pair), LARGEST_COUNT) for pair in counts]


@pytest.mark.parametrize("quantile", [-0.1, 1.1, float("nan")], ids=str)
def test_quantile_outside_of_0_to_1_is_refused(quantile: float) -> None:
    """A quantile that is none raises ValueError."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        nearest_rank(quantile, 10)


@pytest.mark.parametrize(
    ("quantile", "fewest"), [(0.5, 1), (0.95, 20), (0.99, 100), (0.999, 1000)], ids=["p50", "p95", "p99", "p99.9"]
)
def test_a_high_quantile_takes_so_many_values(quantile: float, fewest: int) -> None:
    """Of fewer the nearest rank is the largest, which is no 95th percentile of anything."""
    assert carries(quantile, fewest)
    histogram = Histogram()
    for _ in range(fewest - 1):
        histogram.record(10**6)
    assert histogram.carried_ns(quantile) is None
    histogram.record(10**6)
    assert histogram.carried_ns(quantile) == histogram.quantile_ns(quantile)
