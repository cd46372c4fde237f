"""A fleet whose two bots share one bank and one PostgreSQL: what both count adds up, and a duped coin is named."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import plugin
from examples.coins import Bank
from tests.e2e.conftest import Scene, patient_discord, until
from tests.e2e.moved_time import MINUTE_S, MovedTime
from tests.e2e.test_history import monitor_of, written
from tests.examples.coin_life import live
from tests.examples.systems import flows_of, kept, supply_of

CLEAN_MIN, BUGGY_MIN, DUPES = 40, 60, 10


class Instance:
    """One bot of the fleet, and its way to the bank."""

    def __init__(self, name: str, sample: Any, database: Path, time: MovedTime) -> None:
        self.sample, self.monitor = sample, monitor_of(sample)
        self._database, self._time, self._chance = str(database), time, random.Random(name)
        self.begin()

    def begin(self, dupes: int = 0) -> None:
        """Go to the bank from now on, which has a bug or none."""
        economy = plugin.EconomyMeter(bot=self.sample.bot)
        self.bank = Bank(economy, self._database, dupes=dupes, clock_s=self._time.monotonic)

    def live(self) -> None:
        """What members do in a minute."""
        live(self.bank, self._chance, self._chance.randrange(4))


class Fleet:
    """Both bots, on a time that the test moves."""

    def __init__(self, time: MovedTime, scene: Scene, database: str, folder: Path) -> None:
        self.time, self.scene, self.database, self.folder = time, scene, database, folder
        self.instances: list[Instance] = []

    async def join(self, name: str, discord: Any) -> None:
        """Add a bot."""
        plugin.configure(instance=name, release="1.0.0", database=self.database)
        sample = self.scene.make(discord)
        self.time.of_meters(sample.bot)
        await sample.load()
        await sample.start()
        instance = Instance(name, sample, self.folder / "coins.db", self.time)
        await until(lambda: written(instance.monitor))
        self.instances.append(instance)

    async def live(self, minutes: int) -> None:
        """Let so many minutes pass."""
        for _ in range(minutes):
            for instance in self.instances:
                self.time.forward(20)
                instance.live()
            self.time.forward(MINUTE_S - 20 * len(self.instances))
            for instance in self.instances:
                await instance.monitor.flush()

    async def found(self) -> list[tuple[str, str]]:
        """Rules and sentences of what the look into history finds in the economy now."""
        monitor = self.instances[0].monitor
        await monitor.tick()
        await monitor._review.look()
        findings = monitor.snapshot().findings
        return [(one.rule, one.sentence) for one in findings if one.rule.startswith("economy")]


@pytest.fixture
async def fleet(
    scene: Scene, postgres_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Fleet]:
    """Two bots of one application, each connected to a Discord of its own."""
    time = MovedTime()
    for place in time.places():
        monkeypatch.setattr(*place)
    fleet = Fleet(time, scene, postgres_database, tmp_path)
    async with patient_discord() as elsewhere:
        elsewhere._world.application_id = scene.discord.application_id
        for name, discord in (("one", scene.discord), ("two", elsewhere)):
            await fleet.join(name, discord)
        yield fleet
        for sample in scene.made:
            await sample.close()


async def test_both_add_up_and_name_nothing(fleet: Fleet, scene: Scene) -> None:
    """History has what the ledger of the common bank has, and each instance its part of that."""
    await fleet.live(CLEAN_MIN + BUGGY_MIN)
    assert await fleet.found() == []
    bank, bot = fleet.instances[0].bank, scene.discord.application_id
    found = await kept(fleet.database, bot)
    supply = sum(bank.balances.values())
    assert flows_of(found) == bank.ledger and found["economy.supply",] == supply
    assert found["economy.faucets",] - found["economy.sinks",] == supply
    parts = [await kept(fleet.database, bot, name) for name in ("one", "two")]
    for measure in ("faucets", "sinks", "transfers"):
        one, two = (part[f"economy.{measure}",] for part in parts)
        assert one and two and one + two == found[f"economy.{measure}",]


async def test_a_duped_coin_is_named(fleet: Fleet) -> None:
    """Some gifts of one of the bots are not taken from the giver; no more coins are told than were made that way."""
    await fleet.live(CLEAN_MIN)
    assert await fleet.found() == []
    fleet.instances[1].begin(dupes=DUPES)
    await fleet.live(BUGGY_MIN)
    ((rule, sentence),) = await fleet.found()
    bank = fleet.instances[0].bank
    duped = sum(bank.balances.values()) - supply_of(bank.ledger)
    told = re.search(r"(\d+) coins? in the supply that no faucet made", sentence)
    assert rule == "economy_dupe" and told is not None and 0 < int(told[1]) <= duped
