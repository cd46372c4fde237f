"""A fair sample of members, within bounds and without their ids."""

from __future__ import annotations

from plugin.metrics.systems.sample import MemberSample

MOST = 4096
HIGHEST_BIT = 1 << 63


def of_members(number: int) -> MemberSample[list[int]]:
    """A sample of members with the ids 0 to number - 1."""
    sample = MemberSample[list[int]](list)
    for member in range(number):
        sample.of(member)
    return sample


def test_up_to_the_bound_every_member_is_in_the_sample() -> None:
    """One more halves it."""
    assert (len(of_members(MOST).values), of_members(MOST).share) == (MOST, 1)
    assert len(of_members(MOST + 1).values) < MOST and of_members(MOST + 1).share == 0.5


def test_the_sample_is_a_share_of_all_keys() -> None:
    """Those below a bound, whenever their members came; so the sample is the same in any order."""
    sample = of_members(10_000)
    keys = {sample.key(member) for member in range(10_000)}
    assert set(sample.values) == {key for key in keys if key < sample.share * 2**64}
    assert sample.share == 0.25 and len(sample.values) <= MOST


def test_a_member_keeps_its_value_or_has_none() -> None:
    """Those outside the sample have none, and those within it one of their own."""
    sample = of_members(MOST)
    kept = [sample.of(member) for member in range(MOST)]
    for member, value in enumerate(kept):
        assert value is not None
        value.append(member)
    for member in range(MOST, 3 * MOST):
        sample.of(member)
    found = [sample.of(member) for member in range(MOST)]
    assert all(value in (None, [member]) for member, value in enumerate(found))
    assert 0 < sum(value is not None for value in found) < MOST


def test_no_two_members_share_a_key() -> None:
    """Whatever the salt, and where only the highest bits of their ids differ."""
    sample = MemberSample[list[int]](list)
    for _ in range(50):
        assert len({sample.key(member) for member in (1, 1 | HIGHEST_BIT, 3, 3 | HIGHEST_BIT)}) == 4
        sample.clear()


def test_a_cleared_sample_has_all_members_and_other_keys() -> None:
    """Nobody can follow a member from one span to the next."""
    sample = of_members(MOST + 1)
    before = [sample.key(member) for member in range(10)]
    sample.clear()
    assert (sample.share, sample.values) == (1, {})
    assert all(sample.key(member) != key for member, key in enumerate(before))
