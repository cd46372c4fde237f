"""The small economy and the levels of the examples: what the monitor counts is what happened, to the unit."""

from __future__ import annotations

import gc
import random
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

import plugin
from examples.coins import PRICES, Bank, PoorError
from examples.levels import COOLDOWN_S, POINTS, Levels
from plugin.corridor.bot_measures import measures_for
from plugin.metrics.systems.activity import ActivityBook, ActivityMeasures
from plugin.own_measures import Distribution
from tests.examples.coin_life import MEMBERS, live
from tests.metrics.own import Bot

GUILD, CHANNEL = 81_384_788_765_712_384, 81_384_788_765_712_385


def counted(bot: Bot) -> dict[tuple[str, ...], Any]:
    """What the measures of a bot say."""
    return {(one.measure.name, *one.values): one.value for one in bot.own().read()}


def test_the_economy_adds_up_to_the_coin() -> None:
    """The supply is what faucets made less what sinks burnt, and each kind has its share."""
    bot = Bot()
    bank = Bank(plugin.EconomyMeter(bot=bot))
    live(bank, random.Random(1))
    bank.say()
    found = counted(bot)
    assert found["economy.supply",] == sum(bank.balances.values())
    assert found["economy.faucets",] - found["economy.sinks",] == sum(bank.balances.values())
    assert found["economy.volume", "welcome", "faucet"] == 250 * len(bank.balances)
    assert sum(found["economy.sales", item] for item in PRICES) == found["economy.volume", "shop", "sink"]
    assert bank.ledger == {
        key: (found["economy.transactions", *key], found["economy.volume", *key]) for key in bank.ledger
    }


def test_a_duped_gift_is_in_the_supply_alone() -> None:
    """The bug that the example has for trying makes coins that no faucet made."""
    bot = Bot()
    bank = Bank(plugin.EconomyMeter(bot=bot), dupes=5)
    live(bank, random.Random(1))
    bank.say()
    found = counted(bot)
    assert found["economy.supply",] > found["economy.faucets",] - found["economy.sinks",]


def test_the_bank_tells_its_supply_once_a_minute() -> None:
    """By itself, with the first movement and with the first one after each minute."""
    now, bot = [1000.0], Bot()
    bank = Bank(plugin.EconomyMeter(bot=bot), clock_s=lambda: now[0])
    holders = list[int]()
    for member in MEMBERS[:4]:
        bank.daily(member)
        holders.append(counted(bot)["economy.holders",])
        now[0] += 25
    assert holders == [1, 1, 1, 4]


@pytest.mark.parametrize("coins", [251, 0, -5])
def test_nobody_gives_what_he_does_not_have(coins: int) -> None:
    """Neither too much, nor nothing, nor less; nothing moves, and nothing is counted."""
    bot = Bot()
    bank = Bank(plugin.EconomyMeter(bot=bot))
    with pytest.raises((PoorError, ValueError)):
        bank.gift(MEMBERS[0], MEMBERS[1], coins)
    assert [bank.balance(member) for member in MEMBERS[:2]] == [250, 250]
    assert [*bank.ledger] == [("welcome", "faucet")] and ("economy.volume", "gift", "transfer") not in counted(bot)


def test_two_banks_share_a_file(tmp_path: Path) -> None:
    """What one moves the other sees, and each counts its own: together they are the ledger."""
    bots = Bot(), Bot()
    banks = [Bank(plugin.EconomyMeter(bot=bot), str(tmp_path / "coins.db")) for bot in bots]
    for seed in range(10):
        live(banks[seed % 2], random.Random(seed), 50)
    assert banks[0].balances == banks[1].balances
    found = [counted(bot) for bot in bots]
    for key, (number, coins) in banks[0].ledger.items():
        assert sum(one.get(("economy.volume", *key), 0) for one in found) == coins
        assert sum(one.get(("economy.transactions", *key), 0) for one in found) == number


def test_a_bank_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Balances and ledger are those of before, and nobody is welcomed twice."""
    first = Bank(plugin.EconomyMeter(bot=Bot()), str(tmp_path / "coins.db"))
    live(first, random.Random(1))
    again = Bank(plugin.EconomyMeter(bot=Bot()), str(tmp_path / "coins.db"))
    for member in first.balances:
        again.balance(member)
    assert (again.balances, again.ledger) == (first.balances, first.ledger)


def test_a_bank_is_closed_from_any_thread() -> None:
    """The garbage collector may find it in a thread of the monitor's; nothing is raised there."""
    bank = Bank(plugin.EconomyMeter(bot=Bot()))
    database, cycle = bank._database, list[Any]([bank])
    cycle.append(cycle)
    del bank, cycle
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


@pytest.mark.parametrize("minutes", [1, 12])
def test_levels_award_once_a_minute(minutes: int) -> None:
    """A member who writes every ten seconds gets a point each minute; a level takes five of them."""
    now = [1000.0]
    bot = Bot()
    levels = Levels(plugin.ActivityMeter(unit="{point}", bot=bot), lambda: now[0])
    for _ in range(minutes * 6):
        levels.award(GUILD, MEMBERS[0], CHANNEL)
        now[0] += 10
    found = counted(bot)
    assert found["activity.points", "message"] == POINTS * minutes == levels.points[GUILD, MEMBERS[0]]
    assert found["activity.held_back", "message"] == 5 * minutes
    assert found.get(("activity.level_ups",), 0) == minutes // 5
    took = found.get(("activity.level_time",))
    assert took is None or (isinstance(took, Distribution) and took.sum == 300)


def test_a_member_of_two_servers_is_not_at_the_cap() -> None:
    """Who writes every two minutes in each of two servers misses every other award in both of them."""
    now, bot = [0.0], Bot()
    own = measures_for(bot)
    measures = ActivityMeasures(own, "{point}")
    own.book(ActivityBook, lambda: ActivityBook(measures, {"message": COOLDOWN_S}, lambda: now[0]))
    levels = Levels(plugin.ActivityMeter(unit="{point}", bot=bot), lambda: now[0])
    for _ in range(4 * 30):
        for guild in (GUILD, GUILD + 1):
            levels.award(guild, MEMBERS[0], CHANNEL)
        now[0] += 120
    assert counted(bot)["activity.capped_points",] == 0


@pytest.mark.parametrize(("item", "coins"), [("rope", 7), ("map", 60), ("a shoe", 2)])
def test_the_shop_pays_half_and_something_for_anything(item: str, coins: int) -> None:
    """Half of the price in whole coins; for a thing that it does not sell, what it always pays."""
    bank = Bank(plugin.EconomyMeter(bot=Bot()))
    assert bank.sell(MEMBERS[0], item) == coins
