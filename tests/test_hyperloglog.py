"""The sketch that counts distinct members."""

from __future__ import annotations

import math
import random
import statistics
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.hyperloglog import REGISTERS, RELATIVE_ERROR, HyperLogLog, member_hash

SALT = bytes(range(32))
hashes = st.lists(st.integers(0, 2**64 - 1), max_size=200)


def sketch(added: Iterable[int]) -> HyperLogLog:
    """A sketch of these hashes."""
    made = HyperLogLog()
    for each in added:
        made.add(each)
    return made


def members(number: int, salt: bytes, first: int = 10**17) -> HyperLogLog:
    """A sketch of members with ids in a row, as a worst case for a weak hash."""
    return sketch(map(member_hash(salt), range(first, first + number)))


def merged(*parts: HyperLogLog) -> HyperLogLog:
    """A new sketch of all parts."""
    whole = HyperLogLog()
    for part in parts:
        whole.merge(part)
    return whole


@given(hashes, hashes, hashes)
def test_merge_is_associative_commutative_and_idempotent(one: list[int], two: list[int], three: list[int]) -> None:
    """However instances, days and repeats are put together, the members are the same."""
    a, b, c = sketch(one), sketch(two), sketch(three)
    assert merged(merged(a, b), c) == merged(a, merged(b, c)) == merged(c, b, a) == merged(a, a, b, c, b)


@given(hashes, hashes)
def test_merge_equals_adding_all_to_one(one: list[int], two: list[int]) -> None:
    """A merged sketch is the one that would have seen everybody itself."""
    assert merged(sketch(one), sketch(two)) == sketch(one + two)


@given(hashes)
def test_an_estimate_never_falls(added: list[int]) -> None:
    """Another member makes it larger or leaves it."""
    seen, before = HyperLogLog(), 0.0
    for each in added:
        seen.add(each)
        assert seen.estimate() >= before * (1 - 1e-12)
        before = seen.estimate()


@given(hashes)
def test_packing_keeps_any_sketch(added: list[int]) -> None:
    """An empty one takes no bytes."""
    packed = sketch(added).pack()
    assert HyperLogLog.unpack(packed) == sketch(added)
    assert bool(packed) is bool(added)


@pytest.mark.parametrize(
    ("number", "largest"), [(10, 80), (100, 250), (1_000, 1_000), (10_000, 1_600), (100_000, 1_600)]
)
def test_a_packed_sketch_is_small(number: int, largest: int) -> None:
    """Fewer members take fewer bytes, and no number of them more than 1,600."""
    packed = members(number, SALT).pack()
    assert HyperLogLog.unpack(packed) == members(number, SALT)
    assert len(packed) <= largest


GOOD = members(10, SALT).pack()


@pytest.mark.parametrize(
    "packed",
    [b"\0", GOOD[:-1], GOOD + b"\0", GOOD[1:], zlib.compress(bytes(4095)), zlib.compress(b"\x36" * 4096)],
    ids=["no zlib", "cut", "more", "begun late", "a register less", "a rank beyond"],
)
def test_bytes_that_are_no_sketch_are_refused(packed: bytes) -> None:
    """Whatever a damaged file holds raises ValueError."""
    with pytest.raises(ValueError, match="no packed sketch"):
        HyperLogLog.unpack(packed)


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte in a megabyte is refused after a few kilobytes."""
    with pytest.raises(ValueError, match="no packed sketch"):
        HyperLogLog.unpack(zlib.compress(bytes(10**8)))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 10, 50])
def test_few_members_are_counted_to_the_unit(number: int) -> None:
    """Unless two share a register, which these do not."""
    assert round(members(number, SALT).estimate()) == number


@pytest.mark.parametrize("number", [100, 1_000, 3_000, 10_000, 30_000, 100_000])
def test_an_estimate_is_within_three_standard_errors(number: int) -> None:
    """Over several days of other salts each; together they have no bias, and spread as promised."""
    salts = [number.to_bytes(16, "little") + bytes([day]) for day in range(20 if number <= 10_000 else 6)]
    errors = [members(number, salt).estimate() / number - 1 for salt in salts]
    assert max(map(abs, errors)) <= 3 * RELATIVE_ERROR
    assert abs(statistics.mean(errors)) <= 3 * RELATIVE_ERROR / math.sqrt(len(errors))
    assert math.sqrt(statistics.mean(error**2 for error in errors)) <= 1.7 * RELATIVE_ERROR


@pytest.mark.parametrize("number", [10**6, 10**9, 10**12])
def test_large_counts_stay_within_the_error(number: int) -> None:
    """As many members as Discord has, and more: registers are drawn as that many hashes would fill them."""
    chance = random.Random(number)
    errors = list[float]()
    for _ in range(10):
        made = HyperLogLog()
        for index in range(REGISTERS):
            # The largest of n geometric ranks, drawn through its distribution function.
            rank = math.ceil(-math.log2(-math.expm1(math.log(chance.random()) * REGISTERS / number)))
            made.add(index << 52 | (1 << 53 - max(1, rank)) - 1 if rank > 0 else index << 52 | (1 << 52) - 1)
        errors.append(made.estimate() / number - 1)
    assert max(map(abs, errors)) <= 3 * RELATIVE_ERROR


def test_a_full_sketch_has_an_estimate() -> None:
    """Every register at its largest rank is no number of members, and no error either."""
    assert 2**63 < sketch(index << 52 for index in range(REGISTERS)).estimate() < 2**65


def test_other_salts_give_other_hashes() -> None:
    """Two days have nothing in common: a merge of them counts everybody twice, and no id is in the bytes."""
    monday, tuesday = members(1_000, SALT), members(1_000, SALT[::-1])
    assert merged(monday, tuesday).estimate() == pytest.approx(2_000, rel=3 * RELATIVE_ERROR)
    one = members(1, SALT)
    assert (10**17).to_bytes(8, "little") not in one.pack() and len(one.pack()) < 40


def test_instances_with_the_same_salt_count_a_member_once() -> None:
    """A fleet's sketch is the union of its instances'."""
    whole = merged(members(600, SALT), members(600, SALT, 10**17 + 300))
    assert whole == members(900, SALT)


@pytest.mark.parametrize("length", [0, 15, 65])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    """One that is too short could be guessed."""
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        member_hash(bytes(length))
