"""A small economy: coins that members earn, spend and give away, and what a bot tells the monitor of them."""

from __future__ import annotations

import plugin

WELCOME, DAILY = 250, 50
PRICES = {"lantern": 40, "rope": 15, "map": 120, "boots": 75}
USED_PRICES = {item: price // 2 for item, price in PRICES.items()}
"""What the shop pays."""
JUNK_PRICE = 2
"""What it pays for anything that it does not sell."""


class PoorError(Exception):
    """Somebody has not enough coins; the message is for the user."""


class Bank:
    """Who has how many coins. Money is counted where it moves, without an `await` in between."""

    def __init__(self, economy: plugin.EconomyMeter, *, dupes: int = 0) -> None:
        """`dupes` is a bug to try the monitor with: of so many gifts, one is given without being taken."""
        self._economy = economy
        self._dupes = dupes
        self._gifts = 0
        self.balances: dict[int, int] = {}

    def balance(self, member: int) -> int:
        """The coins of a member; new members get some to begin with."""
        if member not in self.balances:
            self.balances[member] = WELCOME
            self._economy.earned(WELCOME, "welcome", member=member)
        return self.balances[member]

    def daily(self, member: int) -> int:
        """Pay the bonus of the day."""
        return self._earn(member, DAILY, "daily")

    def sell(self, member: int, item: str) -> int:
        """The shop buys anything; what it sells itself, for half of its price."""
        return self._earn(member, USED_PRICES.get(item, JUNK_PRICE), "sale")

    def buy(self, member: int, item: str) -> int:
        """The shop sells a thing; KeyError where it does not have it."""
        price = PRICES[item]
        self._spend(member, price, "shop")
        self._economy.price(item, price, sold=1)
        return price

    def bet(self, member: int, coins: int) -> None:
        """Lose a bet."""
        self._spend(member, coins, "bet")

    def gift(self, giver: int, taker: int, coins: int) -> None:
        """Move coins from one member to another."""
        self._afford(giver, coins)
        self.balance(taker)
        self._gifts += 1
        if not self._dupes or self._gifts % self._dupes:
            self.balances[giver] -= coins
        self.balances[taker] += coins
        self._economy.transferred(coins, "gift", member=giver)

    def say(self) -> None:
        """Tell the monitor how many coins there are and how they are spread; a large bot does so now and then."""
        self._economy.supply(sum(self.balances.values()), age_s=0)
        self._economy.balances(self.balances.values())

    def _earn(self, member: int, coins: int, kind: str) -> int:
        self.balance(member)
        self.balances[member] += coins
        self._economy.earned(coins, kind, member=member)
        return coins

    def _spend(self, member: int, coins: int, kind: str) -> None:
        self._afford(member, coins)
        self.balances[member] -= coins
        self._economy.burned(coins, kind, member=member)

    def _afford(self, member: int, coins: int) -> None:
        if self.balance(member) < coins:
            raise PoorError(f"You have only {self.balances[member]} coins.")
