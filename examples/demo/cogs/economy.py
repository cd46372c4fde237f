"""Coins, and a shop to spend them in."""

from __future__ import annotations

import functools
from collections.abc import Callable

import hikari

from examples.coins import PRICES, Bank, PoorError
from examples.demo.commands import Call, Cog, Option
from examples.demo.services import database

SAY_EVERY_S = 1.0

economy = Cog("Economy")


@functools.cache
def bank() -> Bank:
    """The bank of this process, made with the first coin."""
    import plugin  # here, since the bot must also run, and be measured, without it

    return Bank(plugin.EconomyMeter(), say_every_s=SAY_EVERY_S)


async def _answer(call: Call, act: Callable[[], str]) -> None:
    try:
        told = act()
    except PoorError as poor:
        told = str(poor)
    await call.respond(told)


@economy.slash("balance", "How many coins you have", prefix=True)
async def balance(call: Call) -> None:
    await database()
    await call.respond(f"You have {bank().balance(call.user.id)} coins.")


@economy.slash("daily", "Your coins of the day", cooldown_s=86_400)
async def daily(call: Call) -> None:
    await database()
    await call.respond(f"Here are your {bank().daily(call.user.id)} coins.")


@economy.slash("pay", "Give somebody coins", Option("to", "To whom", hikari.User), Option("coins", "How many", int))
async def pay(call: Call) -> None:
    await database()
    await database()
    to, coins = call.options["to"], call.options["coins"]
    await _answer(call, lambda: f"{to.username} has {bank().gift(call.user.id, to.id, coins)} coins more.")


@economy.slash("leaderboard", "Who has most")
async def leaderboard(call: Call) -> None:
    await database(rows=400)
    bank().balance(call.user.id)
    richest = sorted(bank().balances.items(), key=lambda one: -one[1])
    await call.respond("\n".join(f"{place}. <@{user}>: {coins}" for place, (user, coins) in enumerate(richest[:3], 1)))


@economy.slash("gamble", "Double or nothing", Option("coins", "Your stake", int), Option("odds", "One in …", int))
async def gamble(call: Call) -> None:
    await database()
    chance, coins = 1 / call.options["odds"], call.options["coins"]
    await _answer(call, lambda: f"A chance of {chance:.0%}, and you lost {bank().bet(call.user.id, coins)} coins.")


@economy.slash("shop list", "What there is to buy")
async def shop_list(call: Call) -> None:
    await database(rows=len(PRICES))
    await call.respond("\n".join(f"{item}: {price} coins" for item, price in PRICES.items()))


@economy.slash("shop buy", "Buy something", Option("item", "What"))
async def shop_buy(call: Call) -> None:
    await database()
    await _answer(call, lambda: f"Yours for {bank().buy(call.user.id, call.options['item'])} coins.")


@economy.slash("shop sell", "Sell something", Option("item", "What"))
async def shop_sell(call: Call) -> None:
    await database()
    await call.respond(f"You got {bank().sell(call.user.id, call.options['item'])} coins.")
