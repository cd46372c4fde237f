"""The supply of money: by now, and between which bounds it surely is."""

from __future__ import annotations

import pytest

from plugin.metrics.systems.supply import Bounds, Supply
from tests.metrics.systems import Books


def test_a_supply_that_was_never_said_is_unknown() -> None:
    """However much was made."""
    supply = Supply()
    supply.flow(0, 50, 0)
    assert (supply.now(), supply.checked(100), supply.readings) == (None, None, 0)


def test_what_is_said_counts_at_once_and_is_checked_when_it_has_settled() -> None:
    """Two seconds later every transaction in it is counted."""
    supply = Supply()
    supply.flow(0, 500, 100)
    supply.said(100, 1000, 0)
    assert supply.now() == 1000 and supply.checked(101.9) is None
    assert supply.checked(102) == Bounds(1000, 1000) and supply.readings == 1
    supply.flow(103, 30, 4)
    assert supply.now() == 1026 and supply.checked(103) == Bounds(1026, 1026)


@pytest.mark.parametrize(
    ("at_s", "bounds"),
    [(94.9, (1000, 1000)), (95, (950, 1007)), (99, (950, 1007)), (101.9, (950, 1007)), (102, (957, 957))],
    ids=["older than the supply", "as old", "before", "after", "settled"],
)
def test_transactions_beside_a_reading_may_be_in_it_or_not(at_s: float, bounds: tuple[float, float]) -> None:
    """The supply is said at 100, and up to 5 s old; 7 are made and 50 burnt."""
    supply = Supply()
    if at_s < 100:
        supply.flow(at_s, 7, 50)
    supply.said(100, 1000, 5)
    if at_s > 100:
        supply.flow(at_s, 7, 50)
    assert supply.checked(200) == bounds


def test_transactions_are_told_apart_by_their_seconds() -> None:
    """Those of one second are in doubt together, and those of an earlier one are not."""
    supply = Supply()
    for at_s, made in ((80, 1000), (98.1, 50), (98.9, 20), (99, 3)):
        supply.flow(at_s, made, 0)
    supply.said(101, 5000, 2.5)
    assert supply.checked(104) == Bounds(5000, 5073)


def test_transactions_are_remembered_for_a_minute() -> None:
    """As old as a supply may be that is said."""
    supply = Supply()
    for at_s in (0, 30, 60):
        supply.flow(at_s, 10, 0)
    supply.said(60, 1000, 60)
    assert supply.checked(62) == Bounds(1000, 1030)


@pytest.mark.parametrize(("waited_s", "most"), [(59, 1050), (60, 1050), (60.1, 1000), (100, 1000)])
def test_a_supply_is_at_most_a_minute_old(waited_s: float, most: float) -> None:
    """Whatever age the bot says."""
    books = Books()
    books.economy.transaction(50, "daily", "faucet", None)
    books.wait(waited_s)
    books.economy.supply(1000, 3600)
    books.wait(2)
    assert books.read()["economy.supply_checked", "most"] == most


@pytest.mark.parametrize(
    ("made", "burned", "second"),
    [(0, 0, 890), (60, 39, 890), (60, 40, 890), (60, 41, 1000), (41, 60, 1000), (500, 500, 1000)],
)
def test_the_surer_of_two_readings_is_kept(made: float, burned: float, second: float) -> None:
    """The newer one of two that are as sure. Of the first one, which says 1000, a sum of 100 is in doubt."""
    supply = Supply()
    supply.said(0, 1000, 0)
    supply.flow(1, 50, 50)
    supply.said(10, 890, 0)
    supply.flow(11, made, burned)
    found = supply.checked(20)
    assert found is not None
    whole = second + made - burned
    doubt = (50, 50) if second == 1000 else (made, burned)
    assert found == (whole - doubt[0], whole + doubt[1])


@pytest.mark.parametrize(("now_s", "supply_now"), [(60, 1000), (60.1, 900)])
def test_a_surer_reading_is_kept_for_a_minute(now_s: float, supply_now: float) -> None:
    """Then a newer one counts, however unsure."""
    supply = Supply()
    supply.said(0, 1000, 0)
    assert supply.checked(5) == Bounds(1000, 1000)
    supply.flow(50, 7, 7)
    supply.said(51, 900, 5)
    doubt = 0 if supply_now == 1000 else 7
    assert supply.checked(now_s) == Bounds(supply_now - doubt, supply_now + doubt)


def test_a_reading_amid_another_is_not_checked() -> None:
    """It says the supply by now; what settles is the first one, and then the next."""
    supply = Supply()
    supply.said(100, 1000, 0)
    supply.said(101, 900, 0)
    assert supply.now() == 900
    assert supply.checked(102) == Bounds(1000, 1000) and supply.readings == 1
    supply.said(103, 800, 0)
    assert supply.checked(105) == Bounds(800, 800) and supply.readings == 2
