"""Whether supply, faucets and sinks add up: a duped coin is named, and nothing else ever is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.insight.systems.supply_gap import Constant, Gap, constants, find_gap
from plugin.insight.systems.supply_rules import supply_findings
from plugin.model import Finding, SupplyMinute, SupplyPast
from tests.insight.economies import BEGIN, DAY, HOUR, MINUTE, Habits, SimulatedEconomy, looks

HONEST = {
    "exact": Habits(),
    "database": Habits(read_s=0.5, late_s=0.3),
    "every minute": Habits(said_every_s=60, read_s=0.5, late_s=0.3),
    "busy": Habits(per_minute=30, read_s=0.5, late_s=0.3),
    "some late": Habits(read_s=0.5, late_s=20, late_share=0.05),
    "all late": Habits(late_s=60),
    "old supply": Habits(read_s=60),
    "fleet": Habits(instances=2, read_s=0.5, late_s=0.3, skew_s=1),
    "late fleet": Habits(instances=3, read_s=20, late_s=20, skew_s=2),
}
"""Ways to write a bot, some of them worse than the documentation asks."""


def judge(minutes: Sequence[SupplyMinute]) -> Gap | None:
    """What the checks of one stretch prove."""
    return find_gap(constants(minutes))


@pytest.mark.parametrize("habits", HONEST.values(), ids=HONEST)
def test_an_honest_economy_has_no_gap(habits: Habits) -> None:
    """Whenever one looks, and however the bot counts and reads."""
    for _, minutes in looks(SimulatedEconomy(habits, seed=3).run(days=1.5), every_s=HOUR):
        assert judge(minutes) is None


@pytest.mark.parametrize("amount", [1, -1, 5000])
@pytest.mark.parametrize("name", ["exact", "database", "every minute"])
def test_a_single_coin_is_missed_to_the_unit(name: str, amount: int) -> None:
    """Within half an hour, while transactions go on."""
    at = 14 * HOUR + 100
    habits = HONEST[name]
    habits = Habits(said_every_s=habits.said_every_s, read_s=habits.read_s, late_s=habits.late_s, dupes={at: amount})
    gap = judge(SimulatedEconomy(habits, seed=5).run(days=(at + HOUR / 2) / DAY))
    assert gap is not None
    assert (gap.amount, gap.exact) == (amount, True)
    assert gap.since - 300 <= BEGIN + at <= gap.until + 300


def test_a_coin_is_missed_in_a_fleet() -> None:
    """Though each instance only knows what it counts itself."""
    habits = Habits(instances=2, read_s=0.5, late_s=0.3, skew_s=1, said_every_s=60, dupes={14 * HOUR: 1})
    gap = judge(SimulatedEconomy(habits, seed=5).run(days=1))
    assert gap is not None
    assert (gap.amount, gap.exact) == (1, True)


def test_a_dupe_that_goes_on_is_named_while_it_does() -> None:
    """Every minute another ten coins: no two checks agree any more."""
    habits = Habits(dupes={14 * HOUR + 60 * minute: 10 for minute in range(60)})
    gap = judge(SimulatedEconomy(habits, seed=5).run(days=15 / 24))
    assert gap is not None
    assert 400 <= gap.amount <= 600


def test_a_gap_that_was_closed_is_over() -> None:
    """Somebody took the duped coins back."""
    habits = Habits(dupes={14 * HOUR: 700, 16 * HOUR: -700})
    economy = SimulatedEconomy(habits, seed=5).run(days=18 / 24)
    early = [minute for minute in economy if minute.at < BEGIN + 15.5 * HOUR]
    assert judge(early) is not None
    assert judge(economy) is None


def checks(*values: float, every_s: int = 300) -> list[Constant]:
    """Exact checks."""
    return [Constant(BEGIN + every_s * number, value, value) for number, value in enumerate(values)]


def test_what_goes_away_by_itself_is_no_gap() -> None:
    """A transaction that was counted a quarter of an hour late."""
    assert find_gap(checks(*[100] * 20, *[150] * 3, *[100] * 20)) is None


def test_one_contradiction_asks_for_longer_ones() -> None:
    """Where checks were wrong for long before, a gap must last five times as long, and be twice as large."""
    wrong = [*[100] * 20, *[150] * 3, *[100] * 5]
    assert find_gap(checks(*wrong, *[500] * 14)) is None
    assert find_gap(checks(*wrong, *[500] * 16)) is not None
    assert find_gap(checks(*wrong, *[200] * 16)) is None


def test_few_checks_prove_nothing() -> None:
    """Neither before a gap nor after it, nor in a few minutes."""
    assert find_gap(checks(*[100] * 7, *[150] * 20)) is None
    assert find_gap(checks(*[100] * 8, *[150] * 3)) is None
    assert find_gap(checks(*[100] * 20, *[150] * 9, every_s=60)) is None
    assert find_gap(checks(*[100] * 8, *[150] * 4)) == Gap(BEGIN + 7 * 300, BEGIN + 8 * 300, 50, True, 4)


def test_wide_checks_say_at_least_how_much() -> None:
    """Bounds on both sides of the gap leave it open how large it is."""
    before = [Constant(BEGIN + 300 * number, 90, 110) for number in range(10)]
    after = [Constant(BEGIN + 300 * number, 190, 210) for number in range(10, 20)]
    gap = find_gap([*before, *after])
    assert gap is not None
    assert (gap.amount, gap.exact) == (80, False)


def test_parts_of_coins_are_rounded() -> None:
    """Sums of them differ in their last digits, which is no gap."""
    minutes, net = list[SupplyMinute](), 0.0
    for number in range(500):
        net += 0.1
        minutes.append(SupplyMinute(BEGIN + MINUTE * number, "bot", 0.1, 0, 1000 + net, 1000 + net))
    assert judge(minutes) is None


def findings(*stretches: Sequence[SupplyMinute]) -> list[Finding]:
    """What rules find in stretches of time between which counts were lost."""
    return list(supply_findings(SupplyPast(tuple(map(tuple, stretches)), "{coin}")))


def stretch(begin_s: int, *said: float) -> list[SupplyMinute]:
    """A quiet economy whose supply is said every five minutes."""
    return [SupplyMinute(BEGIN + begin_s + 300 * number, "bot", 0, 0, one, one) for number, one in enumerate(said)]


def test_a_dupe_is_told_in_one_sentence() -> None:
    """With when it happened, how much it is, and the checks that prove it."""
    (found,) = findings(stretch(0, *[1000] * 10, *[1001] * 5))
    assert (found.rule, found.sentence, found.value) == (
        "economy_dupe",
        "1 coin in the supply that no faucet made",
        1,
    )
    assert (found.since, found.until) == (BEGIN + 9 * 300, BEGIN + 10 * 300)
    assert found.evidence == (("checks that contradict those before", 5),)


def test_a_leak_is_told_by_how_much_is_missing() -> None:
    """Not as a negative amount."""
    (found,) = findings(stretch(0, *[1000] * 10, *[960] * 5))
    assert (found.rule, found.sentence) == ("economy_leak", "40 coins missing from the supply that no sink burnt")


def test_nothing_is_concluded_across_lost_counts() -> None:
    """After a crash the supply may be another without a gap."""
    assert findings(stretch(0, *[1000] * 10), stretch(5000, *[1200] * 10)) == []
