"""Rules about the supply of money: a dupe is money that no faucet made, a leak is money that no sink burnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.scales import WARNING
from plugin.insight.systems.supply_gap import Gap, constants, find_gap
from plugin.model import Finding, Subject, SubjectKind, SupplyPast
from plugin.words import counted

DUPE, LEAK = "economy_dupe", "economy_leak"
SUPPLY_RULES = frozenset({DUPE, LEAK})
SUPPLY = Subject(SubjectKind.MEASURE, "economy.supply")


def supply_findings(past: SupplyPast) -> Iterator[Finding]:
    """Every gap that the stretches of time prove, those in one direction together."""
    found = [gap for stretch in past.stretches if (gap := find_gap(constants(stretch))) is not None]
    for rule, gaps in (
        (DUPE, [gap for gap in found if gap.amount > 0]),
        (LEAK, [gap for gap in found if gap.amount < 0]),
    ):
        if gaps:
            yield _finding(rule, gaps, past.unit)


def _finding(rule: str, gaps: Sequence[Gap], unit: str) -> Finding:
    amount, since, until = sum(abs(gap.amount) for gap in gaps), gaps[0].since, gaps[-1].until
    told = counted(amount, unit) if all(gap.exact for gap in gaps) else f"at least {counted(amount, unit)}"
    what = "in the supply that no faucet made" if rule == DUPE else "missing from the supply that no sink burnt"
    return Finding(
        rule,
        SUPPLY,
        WARNING,
        f"{told} {what}",
        since,
        until,
        value=amount,
        evidence=(("checks that contradict those before", sum(gap.checks for gap in gaps)),),
        look_at="/performance system:economy",
        everywhere=True,
    )
