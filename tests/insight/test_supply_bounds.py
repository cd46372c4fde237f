"""The bounds that each check of the supply gives: what other instances may have counted around it, and rounding."""

from __future__ import annotations

import pytest

from plugin.insight.systems.supply_gap import constants
from plugin.model import SupplyMinute

BEGIN = 1_700_438_400
MINUTE = 60
CHECKED = BEGIN + 10 * MINUTE


def check(least: float, most: float | None = None, instance: str = "a") -> SupplyMinute:
    """A minute in which an instance made and burnt nothing, and said the supply."""
    return SupplyMinute(CHECKED, instance, 0, 0, least, least if most is None else most)


def bounds(*minutes: SupplyMinute) -> tuple[float, float]:
    """The bounds of the only check among these minutes."""
    (found,) = constants(sorted(minutes))
    assert found.at == CHECKED
    return found.least, found.most


@pytest.mark.parametrize(
    ("made", "burned", "minute", "expected"),
    [
        pytest.param(10, 0, -3, (990, 990), id="made long before: surely in the supply"),
        pytest.param(10, 0, -2, (990, 1000), id="made just before: perhaps not yet"),
        pytest.param(10, 0, 0, (990, 1000), id="made in the same minute"),
        pytest.param(10, 0, 1, (990, 1000), id="made just after: perhaps already"),
        pytest.param(10, 0, 2, (1000, 1000), id="made long after"),
        pytest.param(0, 10, -3, (1010, 1010), id="burnt long before"),
        pytest.param(0, 10, -2, (1000, 1010), id="burnt just before"),
        pytest.param(0, 10, 0, (1000, 1010), id="burnt in the same minute"),
        pytest.param(0, 10, 1, (1000, 1010), id="burnt just after"),
        pytest.param(0, 10, 2, (1000, 1000), id="burnt long after"),
    ],
)
def test_what_others_count_around_a_check_may_be_in_flight(
    made: float, burned: float, minute: int, expected: tuple[float, float]
) -> None:
    """From two minutes before it to one after it, what another instance counted may or may not be in the supply."""
    assert bounds(check(1000), SupplyMinute(CHECKED + minute * MINUTE, "b", made, burned)) == expected


@pytest.mark.parametrize("minute", [-1, 0])
def test_what_an_instance_counts_itself_is_known(minute: int) -> None:
    """It is in the supply that it says, whatever others do; two cuts of one minute add up."""
    own = SupplyMinute(CHECKED + minute * MINUTE, "a", 30, 20)
    assert bounds(check(1000), own, own) == (980, 980)


def test_several_instances_are_in_flight_together() -> None:
    """Their amounts in all minutes around the check widen its bounds, which are those of the supply."""
    others = [SupplyMinute(CHECKED + MINUTE * at, name, 3, 5) for at in (-2, -1, 0, 1) for name in "bc"]
    # Six amounts are counted by then, and two afterwards: 18 made, 30 burnt, and then 6 and 10.
    assert bounds(check(990, 1010), *others) == (990 + 12 - 30 - 6, 1010 + 12 + 18 + 10)


@pytest.mark.parametrize(("least", "most"), [(None, None), (1000, None), (None, 1000)])
def test_without_both_bounds_there_is_no_check(least: float | None, most: float | None) -> None:
    """Most minutes say nothing of the supply."""
    assert constants([SupplyMinute(BEGIN, "a", 0, 0, least, most)]) == []


@pytest.mark.parametrize(
    ("made", "burned", "supply", "rounding"),
    [
        pytest.param(1, 1, 1000, 0, id="whole coins"),
        pytest.param(0.5, 0.5, 1000, 1e-6, id="parts are made and burnt"),
        pytest.param(0.5, 0, 10, 1e-8, id="parts are made"),
        pytest.param(0, 0.5, 10, 1e-8, id="parts are burnt"),
        pytest.param(0, 0, 1000.5, 1.0005e-6, id="parts are in the supply"),
        pytest.param(0, 0, -1000.5, 1.0005e-6, id="a supply of debts"),
        pytest.param(0, 0, 2**53 - 1, 0, id="the largest whole number that is exact"),
        pytest.param(0, 0, 2**53, 2**53 / 1e9, id="whole numbers that are not exact"),
    ],
)
def test_sums_are_off_by_a_billionth_where_they_are_not_exact(
    made: float, burned: float, supply: float, rounding: float
) -> None:
    """Whole coins add up exactly as long as a float has all their digits."""
    least, most = bounds(check(supply), SupplyMinute(BEGIN, "a", made, burned))
    assert most - least == pytest.approx(2 * rounding, rel=1e-3)
    assert (least + most) / 2 == pytest.approx(supply - made + burned)


def test_rounding_is_by_the_largest_amount() -> None:
    """Which may be of what was made."""
    least, most = bounds(check(10.5), SupplyMinute(BEGIN, "a", 1e6, 1e6))
    assert most - least == pytest.approx(2e-3, rel=1e-3)
