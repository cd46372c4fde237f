"""Members who use the coins of `examples/lightbulb*_coins.py`, and what they were told: the traffic of a test."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence

from examples.coins import PRICES, WELCOME
from examples.localdiscord import LocalDiscord, Member
from tests.examples.systems import supply_of

Flows = dict[tuple[str, str], tuple[int, int]]
"""Number of movements and their coins, by kind and flow."""

CALLS_AT_ONCE = 8


class Customers:
    """Call the commands at random; every answer is kept count of."""

    def __init__(self, discord: LocalDiscord, members: Sequence[Member], seed: int = 3) -> None:
        self._discord, self._members = discord, members
        self._chance = random.Random(seed)
        self._known = set[int]()
        self._paid = set[int]()
        self._numbers, self._coins = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self.poor = 0
        """How often somebody was told that he has too few coins."""

    @property
    def flows(self) -> Flows:
        """What was told to have moved."""
        return {key: (number, self._coins[key]) for key, number in self._numbers.items()}

    @property
    def supply(self) -> int:
        """What all members must have together."""
        return supply_of(self.flows)

    async def run(self, calls: int) -> None:
        """Make so many calls, some at once; returns when all are answered."""
        for begin in range(0, calls, CALLS_AT_ONCE):
            await asyncio.gather(*(self.call() for _ in range(min(CALLS_AT_ONCE, calls - begin))))

    async def call(self) -> None:
        """One member calls one command."""
        member = self._chance.choice(self._members)
        other = self._chance.choice([one for one in self._members if one.guild is member.guild and one is not member])
        match self._chance.randrange(4 if member.user.id not in self._paid else 3):
            case 0:
                await self._told(member, "balance")
            case 1:
                coins = self._chance.randrange(1, 200)
                await self._told(member, "give", ("gift", "transfer"), to=other, coins=coins)
                self._meet(other)
            case 2:
                await self._told(member, "buy", ("shop", "sink"), item=self._chance.choice([*PRICES]))
            case _:
                self._paid.add(member.user.id)  # a second time on this day the bot would refuse
                await self._told(member, "daily", ("daily", "faucet"))

    async def _told(self, member: Member, command: str, key: tuple[str, str] | None = None, **options: object) -> None:
        call = await self._discord.slash(member, command, options=options)
        told = (await call.answered()).data["content"]
        self._meet(member)
        if told.startswith("You have only"):
            self.poor += 1
        elif key is not None:
            self._note(key, int(re.findall(r"\d+", told)[-1]))

    def _meet(self, member: Member) -> None:
        if member.user.id not in self._known:
            self._known.add(member.user.id)
            self._note(("welcome", "faucet"), WELCOME)

    def _note(self, key: tuple[str, str], coins: int) -> None:
        self._numbers[key] += 1
        self._coins[key] += coins
