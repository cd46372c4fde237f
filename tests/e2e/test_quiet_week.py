"""Coins, levels and rooms over a week: ordinary use names nothing, and a farm is named."""

from __future__ import annotations

import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import hikari
import pytest

import plugin
from examples.coins import Bank
from examples.demo.town import Town
from examples.demo.voices import Voices
from examples.levels import Levels
from examples.localdiscord import LocalDiscord, Member
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor.system_review import SYSTEM_FINDINGS
from plugin.insight.voice_rules import VOICE_RULES
from tests.e2e.conftest import SampleBot, until
from tests.e2e.moved_time import HOUR_S, MINUTE_S, MovedTime
from tests.e2e.test_history import monitor_of, written
from tests.examples.coin_life import MEMBERS, live
from tests.examples.systems import measured, supply_of

ROOMS = f"examples.lightbulb{LIGHTBULB_LINE}_rooms"
DAYS = 8
"""A week, and a day that is compared with it."""
STEP_H, DAY = 4, range(24)
COIN_MINUTES = 4
"""Minutes of a step in which coins move."""
BETWEEN_S = 7
RULES = SYSTEM_FINDINGS | {rule.name for rule in VOICE_RULES}
NIGHT = range(8)
"""Hours in which little happens."""


class Life:
    """The town with a bot that has all three systems, on a time that the test moves."""

    def __init__(self, town: Town, sample: Any, time: MovedTime, folder: Path) -> None:
        self._folder = folder
        self.town, self.bot, self.time = town, sample.bot, time
        self.monitor = monitor_of(sample)
        self.begin()
        self.voices = Voices(town, longest_pause_s=0)
        self.chance = random.Random(4)
        self.messages = 0
        self.bot.subscribe(
            hikari.GuildMessageCreateEvent,
            Levels(plugin.ActivityMeter(unit="{point}", bot=self.bot), time.monotonic).on_message,
        )

    def begin(self, dupes: int = 0) -> None:
        """Open the bank, from now on with a bug or without one."""
        file = str(self._folder / "coins.db")
        self.bank = Bank(plugin.EconomyMeter(bot=self.bot), file, dupes=dupes, clock_s=self.time.monotonic)

    async def write(self, *authors: Member) -> None:
        """Members write a message each; returns when the bot has seen them."""
        for author in authors:
            await self.town.discord.message(author, author.guild.text_channel, "Hello!")
            self.messages += 1
        await until(lambda: self.counted("activity.awards", "activity.held_back") == self.messages)

    async def meet(self, host: Member, guest: Member) -> None:
        """Two members meet in a room for a while, which the bot removes at the end."""
        room = await self.voices.open_room(host)
        await self.voices.join(guest, room)
        await self.pass_until(self.time.now_s + 20 * MINUTE_S)
        await self.voices.leave(guest)
        await self.voices.leave(host)
        await until(lambda: self.counted("voice.channels_removed") == self.voices.done.rooms)

    async def pass_until(self, moment_s: float) -> None:
        """What happened until now is written at the end of its minute; the rest of the time passes at once."""
        self.time.now_s += MINUTE_S - self.time.now_s % MINUTE_S
        await self.monitor.flush()
        if moment_s > self.time.now_s:
            self.time.now_s = moment_s
            await self.monitor.flush()

    async def live(self, hours: range) -> None:
        """Members earn, spend, write and meet, by day more than by night."""
        for hour in hours[::STEP_H]:
            over_s = self.time.now_s + STEP_H * HOUR_S
            busy = 1 if hour in NIGHT else 3
            for _ in range(COIN_MINUTES):
                for _ in range(self.chance.randrange(1, 2 * busy)):
                    self.time.forward(BETWEEN_S)
                    live(self.bank, self.chance, 1)
                await self.pass_until(self.time.now_s)
            await self.write(*self.chance.sample(self.town.members, self.chance.randrange(3 * busy)))
            if busy > 1 and self.chance.random() < 0.5:
                guild = self.chance.choice(self.town.guilds)
                await self.meet(*self.chance.sample([one for one in self.town.members if one.guild is guild], 2))
            await self.monitor.tick()
            await self.pass_until(over_s)

    async def found(self) -> list[tuple[str, str]]:
        """Rules and sentences of what is found now of the bot's systems, also by a look into history."""
        await self.monitor.tick()
        await self.monitor._review.look()
        findings = self.monitor.snapshot().findings  # among them how busy this machine is
        return [(one.rule, one.sentence) for one in findings if one.rule in RULES]

    def counted(self, *names: str) -> float:
        """What counters of the bot say together."""
        return sum(value for name, value in self.measured().items() if name[0] in names)

    def measured(self) -> dict[tuple[str, ...], Any]:
        """What the bot's own measures say."""
        self.monitor.own.systems()
        return measured(self.bot)


@pytest.fixture
async def life(discord: LocalDiscord, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Life]:
    """A bot that has started, with a history."""
    time = MovedTime()
    for place in time.places():
        monkeypatch.setattr(*place)
    monkeypatch.setenv("GOLEM_DATABASE", str(tmp_path / "golem.db"))
    monkeypatch.delitem(sys.modules, ROOMS, raising=False)
    town = Town(discord)
    sample = SampleBot(discord, logs=None)
    await sample.load()
    loaded = sample.app.load_extensions(ROOMS)
    if LIGHTBULB_LINE == 3:
        await loaded
    time.of_meters(sample.bot)
    life = Life(town, sample, time, tmp_path)
    await sample.start()
    await until(lambda: written(life.monitor))
    yield life
    await sample.close()


async def test_a_quiet_week_names_nothing(life: Life) -> None:
    """On no day anything is found, and every number adds up at the end."""
    for _ in range(DAYS):
        await life.live(DAY)
        assert await life.found() == []
    found = life.measured()
    assert found["economy.supply",] == sum(life.bank.balances.values()) == supply_of(life.bank.ledger)
    assert found["voice.joins",] == life.voices.done.joins > 0 and found["voice.channels_left",] == 0


async def test_a_duped_coin_of_a_quiet_day_is_named(life: Life) -> None:
    """The same day proves it, where one gift of seven coins is not taken from the giver."""
    await life.live(DAY[:12])
    life.begin(dupes=1)
    life.bank.gift(MEMBERS[0], MEMBERS[1], 7)
    life.begin()
    await life.live(DAY[12:])
    assert await life.found() == [("economy_dupe", "7 coins in the supply that no faucet made")]


async def test_a_farm_is_named(life: Life) -> None:
    """One member writes every minute for seven hours, others as people do."""
    farmer, *others = life.town.members
    for minute in range(7 * 60 + 5):
        await life.write(farmer, *(life.chance.sample(others, 2) if minute % 10 == 0 else ()))
        life.time.forward(MINUTE_S)
        if minute % 10 == 9:
            await life.monitor.flush()
    ((rule, sentence),) = await life.found()
    assert rule == "activity_farm" and sentence.startswith("one member was at the cooldown's cap for 7 h in a row")
