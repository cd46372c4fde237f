"""What proves a gap in the supply: how many checks, for how long, how far apart, and what takes a proof away."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from plugin.insight.systems.supply_gap import Constant, Gap, find_gap

BEGIN = 1_700_438_400
Bounds = tuple[float, float]
BEFORE: list[Bounds] = [(100, 100)] * 8


def exact(*values: float) -> list[Bounds]:
    """Checks that leave nothing open."""
    return [(value, value) for value in values]


def checks(bounds: Sequence[Bounds], every_s: int = 300) -> list[Constant]:
    """One check every five minutes."""
    return [Constant(BEGIN + every_s * number, *one) for number, one in enumerate(bounds)]


def found(*bounds: Bounds) -> Gap | None:
    """The gap that these checks prove."""
    return find_gap(checks(bounds))


def at(number: int) -> int:
    """When the check of this number was."""
    return BEGIN + 300 * number


def drawn(seed: int) -> list[Bounds]:
    """Checks in small numbers that jump now and then, so that many bounds touch."""
    chance, level = random.Random(seed), 0
    bounds = list[Bounds]()
    for _ in range(60):
        level += chance.choice((-6, 6)) if chance.random() < 0.07 else 0
        wrong = chance.choice((-3, 3)) if chance.random() < 0.03 else 0
        bounds.append((level + wrong - chance.choice((0, 0, 1)), level + wrong + chance.choice((0, 0, 2))))
    return bounds


@pytest.mark.parametrize("seeds", [range(150), range(150, 300)], ids=["some", "others"])
def test_missing_money_is_proven_as_surplus_is(seeds: range) -> None:
    """With all signs turned, the same gap is found in the other direction."""
    gaps = 0
    for seed in seeds:
        bounds = drawn(seed)
        gap, turned = found(*bounds), found(*((-most, -least) for least, most in bounds))
        assert turned == (None if gap is None else gap._replace(amount=-gap.amount))
        gaps += gap is not None
    assert gaps > len(seeds) / 4


def test_a_gap_needs_its_checks_and_its_time() -> None:
    """Eight before, four after over ten minutes."""
    assert found(*BEFORE, *exact(*[150] * 4)) == Gap(at(7), at(8), 50, True, 4)
    assert found(*BEFORE[1:], *exact(*[150] * 40)) is None
    assert find_gap(checks([*BEFORE, *exact(*[150] * 4)], every_s=199)) is None
    assert find_gap(checks([*BEFORE, *exact(*[150] * 4)], every_s=200)) is not None


@pytest.mark.parametrize(
    ("wrong", "after", "is_proven"),
    [
        pytest.param([150] * 3, [500] * 14, False, id="fewer than five times as many"),
        pytest.param([150] * 3, [500] * 15, True, id="five times as many"),
        pytest.param([150], [200] * 10, False, id="twice as large"),
        pytest.param([150], [201] * 5, True, id="more than twice as large"),
        pytest.param([50], [201] * 5, True, id="more than twice as large as what was missing"),
        pytest.param([50], [200] * 10, False, id="twice as large as what was missing"),
        pytest.param([150, 130], [201] * 10, True, id="the largest of them counts"),
        pytest.param([130, 150], [200] * 10, False, id="the largest counts wherever it was"),
        pytest.param([150], [190, *[500] * 10], False, id="one is not large enough"),
    ],
)
def test_what_went_away_asks_for_more(wrong: list[float], after: list[float], is_proven: bool) -> None:
    """A gap contradicts five times as often, and by more than twice as much, as checks that were wrong before."""
    assert (found(*BEFORE, *exact(*wrong, 100, *after)) is not None) is is_proven


def test_what_went_away_asks_for_more_time() -> None:
    """Two checks that were wrong for half an hour: a gap must last five times as long."""
    wrong = [*checks(BEFORE), Constant(at(8), 150, 150), Constant(at(14), 150, 150), Constant(at(15), 100, 100)]
    after = [Constant(at(16 + number), 500, 500) for number in range(31)]
    assert find_gap([*wrong, *after[:30]]) is None
    assert find_gap([*wrong, *after]) is not None


def test_what_went_away_in_both_directions_is_two_times() -> None:
    """A surplus and then a deficit do not contradict as one."""
    assert found(*BEFORE, *exact(150, 150, 50, 50)) is None
    assert found(*BEFORE, *exact(150, 50, *[201] * 5)) is not None
    assert found(*BEFORE, *exact(150, 50, *[201] * 4)) is None


def test_checks_that_touch_those_after_a_gap_do_not_contradict_them() -> None:
    """Eight must, and the widest of them reaches the level of then."""
    for sign in (1, -1):
        apart, touching = (
            [(min(90 * sign, most * sign), max(90 * sign, most * sign)) for most in (*[110] * 7, last)]
            for last in (149, 150)
        )
        assert found(*apart, *exact(*[150 * sign] * 6)) is not None
        assert found(*touching, *exact(*[150 * sign] * 6)) is None


@pytest.mark.parametrize(
    ("doubtful", "is_proven"),
    [
        pytest.param((90, 160), True, id="agrees with both sides"),
        pytest.param((100, 150), True, id="touches both sides"),
        pytest.param((90, 120), False, id="agrees with those before"),
    ],
)
def test_a_wide_check_between_takes_a_proof_only_where_it_contradicts_it(doubtful: Bounds, is_proven: bool) -> None:
    """What agrees with the checks after a gap as well does not end their contradiction."""
    after = exact(150, 150)
    assert (found(*BEFORE, *after, doubtful, *after) is not None) is is_proven


def test_bounds_that_touch_agree() -> None:
    """The common value of all checks is where they do."""
    wide = [(90.0, 110.0)] * 8
    assert found(*wide, *[(110.0, 130.0)] * 20) is None
    assert found(*BEFORE, *[(100.0, 130.0)] * 20) is None
    gap = found(*BEFORE, *[(100.5, 130.0)] * 20)
    assert gap is not None and gap.amount == 0.5


def test_as_many_checks_before_must_contradict_each_by_itself() -> None:
    """Two that are wrong make a common value that no other check has."""
    narrow = [(90.0, 100.0), (100.0, 110.0)]
    wide = [(90.0, 160.0)] * 7
    assert found(*narrow, *wide, *exact(*[150] * 6)) is None
    seven = [(90.0, 110.0)] * 7
    assert found(*seven, *wide, *exact(*[150] * 6)) is None
    eight = [(90.0, 110.0)] * 8
    gap = found(*eight, *wide, *exact(*[150] * 6))
    assert gap is not None and (gap.amount, gap.checks) == (40, 6)
    assert gap.since == at(7)  # the wide checks may be of after it
    assert gap.until == at(15)


@pytest.mark.parametrize(
    ("before", "after", "amount", "is_exact"),
    [
        pytest.param((90, 110), (190, 210), 80, False, id="both are wide"),
        pytest.param((100, 100), (190, 210), 90, False, id="wide after"),
        pytest.param((90, 110), (200, 200), 90, False, id="wide before"),
        pytest.param((100, 100), (200, 200), 100, True, id="exact"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_gap_is_at_least_the_distance_of_the_bounds(
    before: Bounds, after: Bounds, amount: float, is_exact: bool, sign: int
) -> None:
    """And exactly that where nothing is open."""
    of = [*[before] * 10, *[after] * 6]
    gap = found(*((min(sign * a, sign * b), max(sign * a, sign * b)) for a, b in of))
    assert gap == Gap(at(9), at(10), sign * amount, is_exact, 6)


def test_a_gap_that_grows_is_told_by_its_latest_level() -> None:
    """From its begin to the begin of its latest step."""
    steps = exact(*(150 + 10 * number for number in range(6)))
    gap = found(*BEFORE, *steps, *exact(*[300] * 4))
    assert gap is not None
    assert (gap.since, gap.until, gap.amount, gap.exact) == (at(7), at(12), 200, True)
    assert gap.checks >= 9


def test_a_gap_that_was_closed_is_none() -> None:
    """The latest checks agree again with those before it; what is left of it is a smaller one."""
    there = [*BEFORE, *exact(*[150] * 8)]
    assert found(*there) == Gap(at(7), at(8), 50, True, 8)
    assert found(*there, *exact(*[100] * 8)) is None
    assert found(*there, *exact(*[110] * 8)) == Gap(at(7), at(16), 10, True, 8)
    assert found(*there, *[(90, 100)] * 8) is None
    assert found(*there, *[(90, 99)] * 8) == Gap(at(7), at(16), -1, False, 8)
