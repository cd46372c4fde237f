"""Histograms as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import BUCKETS, LARGEST_COUNT, Histogram

counts = st.lists(st.one_of(st.just(0), st.integers(0, 300), st.integers(0, LARGEST_COUNT)), max_size=BUCKETS)
small = st.lists(st.integers(0, 2**20), max_size=BUCKETS)


@given(counts)
def test_what_is_packed_is_unpacked(values: list[int]) -> None:
    """Packing loses nothing, however many and however large the counts."""
    assert Histogram.unpack(Histogram(values).pack()) == Histogram(values)


@given(st.lists(small, max_size=5))
def test_unpacking_several_is_merging_them(many: list[list[int]]) -> None:
    """Several packed histograms unpack to their sum."""
    merged = Histogram()
    for values in many:
        merged.merge(Histogram(values))
    assert Histogram.unpack(*(Histogram(values).pack() for values in many)) == merged


def test_a_count_stays_at_the_largest() -> None:
    """Counts that would not fit stay at what a bucket counts to."""
    full = Histogram([LARGEST_COUNT]).pack()
    assert list(Histogram.unpack(full, full).counts) == [LARGEST_COUNT]


def test_an_empty_histogram_takes_no_bytes() -> None:
    """Nothing recorded is nothing stored."""
    assert Histogram([0, 0]).pack() == b""
    assert Histogram.unpack() == Histogram.unpack(b"") == Histogram()


def test_a_few_durations_take_a_few_bytes() -> None:
    """Each bucket in use costs two bytes as long as no count is above 255."""
    assert len(Histogram([0] * 100 + [1, 0, 255]).pack()) == 5


@pytest.mark.parametrize(
    "data", [b"\0", b"\x01", b"\x01\x05", b"\x02\x01\x02\x01", b"\x01\xff\x01", b"\x01\x01abc"], ids=repr
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no packed histogram raise ValueError."""
    with pytest.raises(ValueError, match="no packed histogram"):
        Histogram.unpack(data)
