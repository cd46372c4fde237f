"""Coins for Lightbulb 2: `bot.load_extensions("examples.lightbulb2_coins")`.

The environment variable COINS_DATABASE names the file (`coins.db`).
"""

from __future__ import annotations

import os

import hikari
import lightbulb

import plugin
from examples.coins import PRICES, Bank, PoorError

DAY_S = 86_400

coins = lightbulb.Plugin("Coins")
bank = Bank(
    plugin.EconomyMeter(),
    os.environ.get("COINS_DATABASE", "coins.db"),
    dupes=int(os.environ.get("COINS_DUPES", "0")),
)


@coins.command
@lightbulb.command("balance", "How many coins you have")
@lightbulb.implements(lightbulb.SlashCommand)
async def balance(context: lightbulb.Context) -> None:
    await context.respond(f"You have {bank.balance(context.author.id)} coins.")


@coins.command
@lightbulb.add_cooldown(DAY_S, 1, lightbulb.UserBucket)
@lightbulb.command("daily", "Your coins of the day")
@lightbulb.implements(lightbulb.SlashCommand)
async def daily(context: lightbulb.Context) -> None:
    await context.respond(f"Here are your {bank.daily(context.author.id)} coins.")


@coins.command
@lightbulb.option("coins", "How many", int, min_value=1)
@lightbulb.option("to", "To whom", hikari.User)
@lightbulb.command("give", "Give somebody coins")
@lightbulb.implements(lightbulb.SlashCommand)
async def give(context: lightbulb.Context) -> None:
    to, number = context.options.to, context.options.coins
    try:
        bank.gift(context.author.id, to.id, number)
    except PoorError as poor:
        await context.respond(str(poor))
    else:
        await context.respond(f"{to.username} has {number} coins more.")


@coins.command
@lightbulb.option("item", "What", choices=[*PRICES])
@lightbulb.command("buy", "Buy something")
@lightbulb.implements(lightbulb.SlashCommand)
async def buy(context: lightbulb.Context) -> None:
    try:
        price = bank.buy(context.author.id, context.options.item)
    except PoorError as poor:
        await context.respond(str(poor))
    else:
        await context.respond(f"Yours for {price} coins.")


def load(bot: lightbulb.BotApp) -> None:
    bot.add_plugin(coins)


def unload(bot: lightbulb.BotApp) -> None:
    bot.remove_plugin(coins)
