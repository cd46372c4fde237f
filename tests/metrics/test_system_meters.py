"""The ready meters, through the package's front door."""

from __future__ import annotations

import math
from typing import Any

import pytest

import plugin
from tests.metrics.own import Bot


def test_meters_in_several_files_are_one() -> None:
    """What one is told of the supply goes on with what another one counts."""
    bot = Bot()
    plugin.EconomyMeter(bot=bot).supply(1000)
    plugin.EconomyMeter(bot=bot).earned(50, "daily", member=204_255_221_017_214_977)
    plugin.EconomyMeter(bot=bot).transaction(20, "shop", "sink")
    plugin.EconomyMeter(bot=bot).transferred(5, "gift")
    found = {reading.measure.name: reading.value for reading in bot.own().read() if not reading.values}
    assert (found["economy.supply"], found["economy.transfers"]) == (1030, 5)


def test_the_activity_of_a_bot_is_its_own() -> None:
    """Two bots of one process never mix."""
    one, other = Bot(), Bot()
    meter = plugin.ActivityMeter(bot=one)
    meter.award(20, member=204_255_221_017_214_977)
    meter.held_back(member=204_255_221_017_214_977)
    meter.level_up(took_s=60)
    plugin.ActivityMeter(bot=other)
    assert one.values()["message",] == 1
    assert ("message",) not in other.values()


@pytest.mark.parametrize(
    ("declare", "error"),
    [
        (lambda bot: plugin.EconomyMeter(unit="coins", bot=bot), r"economy\.volume: 'coins' is no unit of UCUM"),
        (lambda bot: plugin.ActivityMeter(cooldowns_s={"message": 0}, bot=bot), "from 1 to 86,400 seconds, not 0"),
        (lambda bot: plugin.ActivityMeter(cooldowns_s={"message": math.nan}, bot=bot), "not nan"),
        (lambda bot: plugin.ActivityMeter(cooldowns_s={"message": "60"}, bot=bot), "'60' is no kind of award"),
        (lambda bot: plugin.ActivityMeter(cooldowns_s=60, bot=bot), "cooldowns_s is a mapping"),
        (lambda bot: plugin.EconomyMeter(bot=5), "bot= takes a bot"),
    ],
)
def test_a_wrong_declaration_says_what_to_change(declare: Any, error: str) -> None:
    """At once, where it is made."""
    with pytest.raises((TypeError, ValueError), match=error):
        declare(Bot())


def test_the_same_meter_cannot_be_declared_in_two_ways() -> None:
    """Neither with another currency nor with other cooldowns."""
    bot = Bot()
    plugin.EconomyMeter(unit="{coin}", bot=bot)
    with pytest.raises(ValueError, match="already declared"):
        plugin.EconomyMeter(unit="{gem}", bot=bot)
    plugin.ActivityMeter(bot=bot)
    with pytest.raises(ValueError, match="already declared with the cooldowns"):
        plugin.ActivityMeter(cooldowns_s={"message": 30}, bot=bot)


def test_no_method_raises() -> None:
    """Whatever a bot gives them."""
    bot, odd = Bot(), [None, "", -1, math.nan, object(), 10**400, b"5", [], {}]
    economy, activity = plugin.EconomyMeter(bot=bot), plugin.ActivityMeter(bot=bot)
    for value in odd:
        wrong: Any = value
        economy.transaction(wrong, wrong, wrong, member=wrong)
        economy.supply(wrong, age_s=wrong)
        economy.balances(wrong)
        economy.price(wrong, wrong, sold=wrong)
        activity.award(wrong, member=wrong, kind=wrong, channel=wrong)
        activity.held_back(member=wrong, kind=wrong)
        activity.level_up(took_s=wrong)
    list(bot.own().read())
    assert sum(drop.number for drop in bot.own().drops()) > 50
