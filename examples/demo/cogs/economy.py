"""Coins, and a shop to spend them in."""

from __future__ import annotations

import hikari

from examples.demo.commands import Call, Cog, Option
from examples.demo.services import database

PRICES = {"lantern": 40, "rope": 15, "map": 120, "boots": 75}
COINS = 250

economy = Cog("Economy")


@economy.slash("balance", "How many coins you have", prefix=True)
async def balance(call: Call) -> None:
    await database()
    await call.respond(f"You have {COINS} coins.")


@economy.slash("daily", "Your coins of the day", cooldown_s=86_400)
async def daily(call: Call) -> None:
    await database()
    await call.respond("Here are your 50 coins.")


@economy.slash("pay", "Give somebody coins", Option("to", "To whom", hikari.User), Option("coins", "How many", int))
async def pay(call: Call) -> None:
    await database()
    await database()
    await call.respond(f"{call.options['to'].username} has {call.options['coins']} coins more.")


@economy.slash("leaderboard", "Who has most")
async def leaderboard(call: Call) -> None:
    await database(rows=400)
    await call.respond("1. ines\n2. tomo\n3. rahel")


@economy.slash("gamble", "Double or nothing", Option("coins", "Your stake", int), Option("odds", "One in …", int))
async def gamble(call: Call) -> None:
    await database()
    chance = 1 / call.options["odds"]
    await call.respond(f"A chance of {chance:.0%}, and you lost {call.options['coins']} coins.")


@economy.slash("shop list", "What there is to buy")
async def shop_list(call: Call) -> None:
    await database(rows=len(PRICES))
    await call.respond("\n".join(f"{item}: {price} coins" for item, price in PRICES.items()))


@economy.slash("shop buy", "Buy something", Option("item", "What"))
async def shop_buy(call: Call) -> None:
    await database()
    price = PRICES[call.options["item"]]
    await call.respond(f"Yours for {price} coins.")


@economy.slash("shop sell", "Sell something", Option("item", "What"))
async def shop_sell(call: Call) -> None:
    await database()
    await call.respond(f"You got {PRICES.get(call.options['item'], 2) // 2} coins.")
