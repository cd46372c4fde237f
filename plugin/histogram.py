"""A log-linear histogram of durations: the same bucket bounds everywhere, so that histograms merge exactly.

Durations are counted in ticks of 1,024 ns. Below 8 ticks every tick has a bucket of its own; from there on each
octave (a doubling) is cut into 8 buckets of equal width, up to 2**32 ticks (73 minutes), where the last bucket takes
the rest. The scheme is that of HdrHistogram (Gil Tene, https://hdrhistogram.org) with three significant bits.
"""

from __future__ import annotations

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, compress

TICK_NS = 1024
"""Width of the finest bucket in nanoseconds."""

TICK_SHIFT = 10
SUB_BUCKET_BITS = 3
SUB_BUCKETS = 1 << SUB_BUCKET_BITS
LARGEST_OCTAVE = 32
BUCKETS = (LARGEST_OCTAVE - SUB_BUCKET_BITS + 1) * SUB_BUCKETS
"""How many buckets a histogram has; the last one also counts what lies beyond it."""

_COUNT_BYTES = array("I").itemsize

LARGEST_COUNT = 2 ** (8 * _COUNT_BYTES) - 1
"""Maximum of a bucket's count; further durations are not counted."""

RELATIVE_ERROR = 1 / (2 * SUB_BUCKETS + 1)
"""Largest relative error of a quantile from 8 ticks (8.2 us) upwards: 1/17, that is 5.9 %.

A bucket is ``[low, high)`` with ``high <= low * 9/8``. It is read at its harmonic mean ``2 * low * high / (low +
high)``, where the relative error towards both ends is the same: ``(high - low) / (high + low) <= 1/17`` (the choice of
DDSketch: Masson, Rim, Lee, "DDSketch", PVLDB 12(12), 2019). Below 8 ticks the error is at most one tick.
"""


def bucket_index(duration_ns: int) -> int:
    """Index of the bucket that counts a duration in nanoseconds; a negative one counts as 0."""
    ticks = duration_ns >> TICK_SHIFT
    if ticks < SUB_BUCKETS:
        return ticks if ticks > 0 else 0
    shift = ticks.bit_length() - SUB_BUCKET_BITS - 1
    index = (shift << SUB_BUCKET_BITS) + (ticks >> shift)
    return index if index < BUCKETS else BUCKETS - 1


def bucket_bounds_ns(index: int) -> tuple[int, int]:
    """Lower (inclusive) and upper (exclusive) bound of a bucket in nanoseconds."""
    if index < SUB_BUCKETS:
        return index * TICK_NS, (index + 1) * TICK_NS
    shift = (index >> SUB_BUCKET_BITS) - 1
    low = (SUB_BUCKETS + (index & (SUB_BUCKETS - 1))) << shift
    return low * TICK_NS, (low + (1 << shift)) * TICK_NS


def bucket_value_ns(index: int) -> int:
    """The duration in nanoseconds that represents a bucket."""
    low, high = bucket_bounds_ns(index)
    return 2 * low * high // (low + high) if low else high // 2


FINE_TICKS = 1 << 16
COARSE_SHIFT = 13


def _table(width: int) -> bytes:
    """Indexes of buckets by duration, in steps of `width` nanoseconds, `FINE_TICKS` in all."""
    repeated: list[bytes] = []
    for index in range(BUCKETS):
        low_ns, high_ns = bucket_bounds_ns(index)
        low, high = -(-low_ns // width), -(-high_ns // width)
        if low >= FINE_TICKS:
            break
        repeated.append(bytes([index]) * (min(high, FINE_TICKS) - low))
    return b"".join(repeated)


FINE = _table(TICK_NS)
"""Index of the bucket by ticks below `FINE_TICKS` (67 ms); a lookup takes half the time of `bucket_index`."""

COARSE = _table(TICK_NS << COARSE_SHIFT)
"""The same by ticks shifted by `COARSE_SHIFT`, from `FINE_TICKS` up to 9 minutes; exact, since buckets are wider."""

_NO_COUNTS = bytes(BUCKETS * _COUNT_BYTES)


def no_counts() -> array[int]:
    """A count of 0 for every bucket, for counting with `FINE` and `COARSE`."""
    return array("I", _NO_COUNTS)


def count_rare(counts: array[int], duration_ns: int) -> None:
    """Count a duration that is beyond the tables, or whose bucket is full."""
    index = bucket_index(duration_ns)
    counts[index] = min(counts[index] + 1, LARGEST_COUNT)


class Histogram:
    """Counts of durations by bucket; its quantiles are accurate to `RELATIVE_ERROR`."""

    __slots__ = ("counts",)

    def __init__(self, counts: Iterable[int] = ()) -> None:
        self.counts: array[int] = array("I", counts)
        """Counts by bucket, lowest first, up to the highest bucket in use."""

    def record(self, duration_ns: int) -> None:
        """Count one duration."""
        index = bucket_index(duration_ns)
        try:
            self.counts[index] += 1
        except IndexError:
            self._reach(index)
            self.counts[index] += 1
        except OverflowError:
            pass  # the count stays at LARGEST_COUNT

    def merge(self, other: Histogram) -> None:
        """Add the counts of another histogram; exact up to `LARGEST_COUNT`, since the bounds are the same."""
        if other.counts:
            self._reach(len(other.counts) - 1)
        counts, added = self.counts, other.counts
        for index in compress(_INDEXES, added):
            try:
                counts[index] += added[index]
            except OverflowError:
                counts[index] = LARGEST_COUNT

    def as_number(self) -> int:
        """The counts as one number, which is added up ten times as fast as bucket by bucket.

        Sums and differences of such numbers are those of the counts, as long as these stay below 2**32.
        """
        return int.from_bytes(_little_endian(self.counts).tobytes(), "little")

    @classmethod
    def of_number(cls, number: int) -> Histogram:
        """The histogram of a number, or of a sum of numbers, from `as_number`."""
        buckets = -(-number.bit_length() // (8 * _COUNT_BYTES))
        counts = array("I")
        counts.frombytes(number.to_bytes(buckets * _COUNT_BYTES, "little"))
        return cls.of(_little_endian(counts))

    def since(self, before: Histogram) -> Histogram:
        """The counts added since `before`, an earlier copy of this histogram."""
        counts, known = self.counts[:], before.counts
        if counts == known:
            return Histogram()
        for index in compress(_INDEXES[: len(counts)], known):
            counts[index] = max(0, counts[index] - known[index])
        del counts[_length(bytes(compress(_INDEXES, counts))) :]
        return Histogram.of(counts)

    def copy(self) -> Histogram:
        """An independent histogram with the same counts."""
        return Histogram.of(self.counts[:])

    @classmethod
    def of(cls, counts: array[int]) -> Histogram:
        """A histogram that owns these counts by bucket, an `array("I")`."""
        made = cls.__new__(cls)
        made.counts = counts
        return made

    def pack(self) -> bytes:
        """The counts as few bytes, for `unpack`.

        Format: the number of buckets in use (1 byte), their indexes (1 byte each), their counts (1, 2 or 4 bytes each,
        as the largest needs; little-endian).
        """
        raw = self.counts.tobytes()
        low = raw[_LOW_BYTE::_COUNT_BYTES]
        used = low.translate(None, b"\0")
        if len(used) == len(raw.translate(None, b"\0")):  # nearly always: every count fits in its low byte
            return bytes((len(used), *compress(_INDEXES, low))) + used if used else b""
        counts = [count for count in self.counts if count]
        width = next(width for width in _PACKED_TYPES if max(counts) < 1 << 8 * width)
        indexes = compress(_INDEXES, self.counts)
        return bytes((len(counts), *indexes)) + _little_endian(array(_PACKED_TYPES[width], counts)).tobytes()

    @classmethod
    def unpack(cls, *packed: bytes) -> Histogram:
        """The packed histogram, or the sum of several; raises ValueError for bytes not made by `pack`."""
        used = [data for data in packed if data]
        try:
            return cls.of(_unpacked(used[0])) if len(used) == 1 else cls(_summed(used))
        except (ArithmeticError, LookupError, ValueError):
            raise ValueError("these bytes are no packed histogram") from None

    @property
    def total(self) -> int:
        """How many durations were counted."""
        return sum(self.counts)

    def quantile_ns(self, quantile: float) -> int | None:
        """The quantile (0 to 1) in nanoseconds, by the nearest-rank method; None if empty."""
        seen = list(accumulate(self.counts))
        if not seen or not seen[-1]:
            return None
        return bucket_value_ns(bisect_left(seen, nearest_rank(quantile, seen[-1])))

    def carried_ns(self, quantile: float) -> int | None:
        """The same; None also if there are too few durations for it (`carries`)."""
        return self.quantile_ns(quantile) if carries(quantile, self.total) else None

    def _reach(self, index: int) -> None:
        missing = index + 1 - len(self.counts)
        if missing > 0:
            self.counts.frombytes(bytes(missing * self.counts.itemsize))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        mine, theirs = sorted((self.counts, other.counts), key=len)
        return theirs[: len(mine)] == mine and not any(theirs[len(mine) :])

    __hash__ = None  # type: ignore[assignment] # mutable, so never a key


_LOW_BYTE = 0 if sys.byteorder == "little" else _COUNT_BYTES - 1
_INDEXES = bytes(range(BUCKETS))
_PACKED_TYPES = {1: "B", 2: "H", 4: "I"}
"""Types of `array` by their width in bytes."""


def _packed_counts(data: bytes) -> Sequence[int]:
    counts = data[data[0] + 1 :]
    width, rest = divmod(len(counts), data[0])
    if width == 1 and not rest:
        return counts  # the usual case: each byte is a count
    return _little_endian(array(_PACKED_TYPES[0 if rest else width], counts))


def _unpacked(data: bytes) -> array[int]:
    # A fast path for single histograms, since charts unpack one for each step of time.
    split = data[0] + 1
    indexes, counts = data[1:split], data[split:]
    if len(counts) != len(indexes) or not counts:
        counts = _packed_counts(data)
    unpacked = array("I", bytes(_length(indexes) * _COUNT_BYTES))
    for index, count in zip(indexes, counts, strict=True):
        unpacked[index] = count
    return unpacked


def _summed(packed: Sequence[bytes]) -> Iterable[int]:
    indexes = b"".join([data[1 : data[0] + 1] for data in packed])
    sums = [0] * _length(indexes)
    for index, count in zip(indexes, chain.from_iterable(map(_packed_counts, packed)), strict=True):
        sums[index] += count
    return sums if max(sums, default=0) <= LARGEST_COUNT else [min(count, LARGEST_COUNT) for count in sums]


def _length(indexes: bytes) -> int:
    largest = max(indexes, default=-1)
    if largest >= BUCKETS:
        raise LookupError(f"there is no bucket {largest}")
    return largest + 1


def _little_endian(counts: array[int]) -> array[int]:
    """The same counts for little-endian bytes, or from them."""
    if sys.byteorder == "big":
        counts = counts[:]
        counts.byteswap()
    return counts


MEDIAN = 0.5
_JUST_BELOW = 1 - 2**-51
# A product of floats is off by up to one part in 2**52: half of it from the decimal, half from the product.


def nearest_rank(quantile: float, total: int) -> int:
    """1-based rank of a quantile (0 to 1) among `total` ordered values, by the nearest-rank method: ceil(q * n).

    The quantile is read as a decimal: 0.07 of 100 is 7, not the 7.000000000000001 of floats.
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"a quantile lies between 0 and 1, not {quantile}")
    return max(1, min(total, math.ceil(quantile * total * _JUST_BELOW)))


def carries(quantile: float, total: int) -> bool:
    """Whether `total` values are enough for a quantile: with fewer, a high quantile is simply the largest value.

    p95 needs 20 values and p99 needs 100; a median needs one.
    """
    return quantile <= MEDIAN or nearest_rank(quantile, total) < total
