"""The traffic of the demo: a few hundred calls, the same in every run."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from examples.demo.town import Town
from examples.localdiscord import Call, Member

A_MEMBER = "somebody"
"""Stands for any member as the value of an option."""

PER_SECOND = 50
PATIENCE_S = 3.5
"""Timeout for the last answers, in seconds."""


class Habit(NamedTuple):
    """A command that people call, with its relative frequency and the values of its options."""

    weight: int
    command: str
    options: Mapping[str, Sequence[object]] = {}
    kind: str = "slash"


HABITS = (
    Habit(50, "ping"),
    Habit(44, "balance"),
    Habit(36, "shop list"),
    Habit(30, "roll", {"sides": (6, 6, 6, 20)}),
    Habit(26, "play", {"song": ("moonlight", "https://music.example/1", "northwind", "humming", "moonlight")}),
    Habit(26, "queue"),
    Habit(24, "weather", {"city": ("Lisbon", "Tromsø", "Kyoto", "Graz")}),
    Habit(22, "shop buy", {"item": ("rope", "map", "dragon", "boots", "rope", "lantern", "map")}),
    Habit(20, "daily"),
    Habit(18, "nowplaying"),
    Habit(18, "8ball", {"question": ("Will it rain?", "Is this a dream?")}),
    Habit(16, "coinflip"),
    Habit(16, "meme", {"about": ("cats", "mondays", "tea", "cats")}),
    Habit(16, "skip"),
    Habit(14, "cat"),
    Habit(14, "joke"),
    Habit(12, "shop sell", {"item": ("rope", "a stone")}),
    Habit(12, "lyrics", {"song": ("moonlight", "humming", "northwind", "moonlight", "dawn", "moonlight", "northwind")}),
    Habit(12, "translate", {"text": ("Guten Morgen!", "Bom dia!")}),
    Habit(10, "pay", {"to": (A_MEMBER,), "coins": (5, 10, 25)}),
    Habit(10, "leaderboard"),
    Habit(10, "remind", {"minutes": (5, 30), "of": ("tea", "the oven")}),
    Habit(10, "trivia"),
    Habit(8, "warn", {"who": (A_MEMBER,)}),
    Habit(8, "poll", {"question": ("Pizza?", "A walk?")}),
    Habit(8, "gamble", {"coins": (10, 50), "odds": (2, 6, 0, 4)}),
    Habit(8, "volume", {"percent": (40, 80, 120)}),
    Habit(6, "convert", {"metres": ("12", "1.75", "six")}),
    Habit(6, "avatar", {"of": (A_MEMBER,)}),
    Habit(6, "kick", {"who": (A_MEMBER,)}),
    Habit(6, "cases", {"who": (A_MEMBER,)}),
    Habit(5, "serverinfo"),
    Habit(5, "summarize", {"channel": ("general", "archive", "general")}),
    Habit(4, "purge", {"messages": (10, 50)}),
    Habit(4, "ban", {"who": (A_MEMBER,)}),
    Habit(8, "Profile", kind="user"),
    Habit(4, "Warnings", kind="user"),
    Habit(8, "Quote", kind="message"),
    Habit(4, "Report", kind="message"),
)

TYPED = tuple(Habit(16, text, kind="typed") for text in ("ping", "balance", "roll", "roll 20", "coinflip"))
"""Prefix commands that people write, if the bot has a prefix."""


class Traffic:
    """Members who call the bot's commands."""

    def __init__(self, town: Town, prefix: str | None, seed: int = 20) -> None:
        self._town = town
        self._discord = town.discord
        self._prefix = prefix
        self._chance = random.Random(seed)
        self._values: dict[tuple[str, str], Iterator[object]] = {}
        self._habits = HABITS + (TYPED if prefix else ())

    async def run(self, invocations: int) -> float:
        """Make this many calls and wait for their answers; returns the duration in seconds."""
        began = time.monotonic()
        calls = [call async for call in self._calls(invocations) if call is not None]
        await asyncio.gather(*map(_finished, calls))
        return time.monotonic() - began

    async def _calls(self, invocations: int) -> AsyncIterator[Call | None]:
        for due, habit in zip(self._moments(), self._choose(invocations), strict=False):
            await asyncio.sleep(due - time.monotonic())
            yield await self._act(habit, self._chance.choice(self._town.members))

    def _moments(self) -> Iterator[float]:
        moment = time.monotonic()
        while True:
            yield moment
            moment += self._chance.expovariate(PER_SECOND)

    def _choose(self, invocations: int) -> list[Habit]:
        # Each command gets its share and only the order is random, so a short run shows much the same as a long one.
        total = sum(habit.weight for habit in self._habits)
        shares = [habit for habit in self._habits for _ in range(1 + habit.weight * invocations // total)]
        self._chance.shuffle(shares)
        return shares[:invocations]

    async def _act(self, habit: Habit, member: Member) -> Call | None:
        if habit.kind == "typed":
            await self._discord.message(member, member.guild.text_channel, f"{self._prefix}{habit.command}")
            return None
        if habit.kind == "user":
            return await self._discord.user_command(member, habit.command, self._other(member))
        if habit.kind == "message":
            message = await self._town.message_in(member.guild)
            return await self._discord.message_command(member, habit.command, message)
        options = {name: self._value(habit, name, member) for name in habit.options}
        return await self._discord.slash(member, habit.command, options=options)

    def _value(self, habit: Habit, option: str, member: Member) -> Any:
        # In turn, so that each value gets its share even in a short run.
        values = self._values.setdefault((habit.command, option), itertools.cycle(habit.options[option]))
        value = next(values)
        return self._other(member) if value is A_MEMBER else value

    def _other(self, member: Member) -> Member:
        return self._chance.choice([other for other in self._town.members if other.guild is member.guild])


async def _finished(call: Call) -> None:
    try:
        await call.settled(PATIENCE_S)
    except TimeoutError:
        return  # answered too late
