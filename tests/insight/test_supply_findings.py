"""What is told of gaps in the supply, of all stretches of time together."""

from __future__ import annotations

from plugin.insight.systems.supply_rules import supply_findings
from plugin.model import Finding, Severity, Subject, SubjectKind, SupplyMinute, SupplyPast

BEGIN = 1_700_438_400


def findings(*stretches: tuple[SupplyMinute, ...]) -> list[Finding]:
    """What the rules find."""
    return list(supply_findings(SupplyPast(stretches, "{coin}")))


def stretch(begin_s: int, before: float, after: float, open_by: float = 0) -> tuple[SupplyMinute, ...]:
    """Ten checks and then five of another supply, every five minutes."""
    return tuple(
        SupplyMinute(BEGIN + begin_s + 300 * number, "bot", 0, 0, supply - open_by, supply + open_by)
        for number, supply in enumerate([before] * 10 + [after] * 5)
    )


def test_gaps_in_one_direction_are_told_together() -> None:
    """From the begin of the first to the end of the last; what is missing elsewhere is told by itself."""
    dupe, leak = findings(stretch(0, 1000, 1030), stretch(9000, 500, 400), stretch(18_000, 100, 112))
    assert dupe == Finding(
        "economy_dupe",
        Subject(SubjectKind.MEASURE, "economy.supply"),
        Severity.WARNING,
        "42 coins in the supply that no faucet made",
        BEGIN + 2700,
        BEGIN + 18_000 + 3000,
        value=42,
        evidence=(("checks that contradict those before", 10),),
        look_at="/performance system:economy",
        everywhere=True,
    )
    assert (leak.rule, leak.value, leak.since) == ("economy_leak", 100, BEGIN + 9000 + 2700)
    assert leak.sentence == "100 coins missing from the supply that no sink burnt"


def test_what_is_not_exact_is_at_least_that() -> None:
    """One that is open makes the whole so."""
    (dupe,) = findings(stretch(0, 1000, 1030), stretch(9000, 1000, 1030, open_by=5))
    assert dupe.sentence == "at least 50 coins in the supply that no faucet made"


def test_a_part_of_a_coin_is_a_gap_in_one_direction() -> None:
    """As far as parts of coins add up."""
    assert [found.rule for found in findings(stretch(0, 1000, 1000.5))] == ["economy_dupe"]
    assert [found.rule for found in findings(stretch(0, 1000, 999.5))] == ["economy_leak"]
    assert findings(stretch(0, 1000, 1000)) == []
