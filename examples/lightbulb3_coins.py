"""Coins for Lightbulb 3: `await client.load_extensions("examples.lightbulb3_coins")`.

The environment variable COINS_DATABASE names the file (`coins.db`).
"""

from __future__ import annotations

import os

import lightbulb

import plugin
from examples.coins import PRICES, Bank, PoorError

DAY_S = 86_400

loader = lightbulb.Loader()
bank = Bank(
    plugin.EconomyMeter(),
    os.environ.get("COINS_DATABASE", "coins.db"),
    dupes=int(os.environ.get("COINS_DUPES", "0")),
)


@loader.command
class Balance(lightbulb.SlashCommand, name="balance", description="How many coins you have"):
    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        await context.respond(f"You have {bank.balance(context.user.id)} coins.")


@loader.command
class Daily(
    lightbulb.SlashCommand,
    name="daily",
    description="Your coins of the day",
    hooks=[lightbulb.prefab.fixed_window(DAY_S, 1, "user")],
):
    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        await context.respond(f"Here are your {bank.daily(context.user.id)} coins.")


@loader.command
class Give(lightbulb.SlashCommand, name="give", description="Give somebody coins"):
    to = lightbulb.user("to", "To whom")
    coins = lightbulb.integer("coins", "How many", min_value=1)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        try:
            bank.gift(context.user.id, self.to.id, self.coins)
        except PoorError as poor:
            await context.respond(str(poor))
        else:
            await context.respond(f"{self.to.username} has {self.coins} coins more.")


@loader.command
class Buy(lightbulb.SlashCommand, name="buy", description="Buy something"):
    item = lightbulb.string("item", "What", choices=[lightbulb.Choice(item, item) for item in PRICES])

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        try:
            price = bank.buy(context.user.id, self.item)
        except PoorError as poor:
            await context.respond(str(poor))
        else:
            await context.respond(f"Yours for {price} coins.")
