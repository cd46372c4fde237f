"""The coins and levels of the examples on Discord: what members were told is counted everywhere, to the unit."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import plugin
from examples.coins import Bank
from examples.demo.town import Town
from examples.levels import POINTS
from examples.localdiscord import LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import bot_measures
from plugin.metrics.meters import OwnMeasures
from tests.e2e.conftest import SampleBot, until
from tests.examples.customers import Customers
from tests.examples.systems import flows_of, kept, measured
from tests.metrics.own import Bot

EXTENSIONS = [f"examples.lightbulb{LIGHTBULB_LINE}_{name}" for name in ("coins", "levels")]
CALLS, MESSAGES = 160, 60


class Scene(NamedTuple):
    """The town with a bot that has coins and levels."""

    town: Town
    bot: Any
    extensions: list[Any]

    @property
    def monitor(self) -> Any:
        """That of the bot."""
        return plugin.monitor_of(self.bot)

    async def page(self, system: str) -> str:
        """What the administrator reads of a system."""
        call = await self.town.discord.slash(
            self.town.admin, "performance", guild=self.town.home, options={"system": system}
        )
        embed = (await call.answered()).data["embeds"][0]
        told = [embed["description"], *(f"{field['name']} {field['value']}" for field in embed.get("fields", ()))]
        return " ".join(" ".join(told).replace("\\", "").split())


@pytest.fixture
def dupes() -> int:
    """Of so many gifts one is not taken from the giver; 0: none."""
    return 0


@pytest.fixture
async def scene(
    discord: LocalDiscord, dupes: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Scene]:
    """A bot that has started, with both extensions and the monitor; what others of this process count is not its."""
    monkeypatch.setattr(bot_measures, "PROCESS", OwnMeasures())
    monkeypatch.setenv("GOLEM_DATABASE", str(tmp_path / "golem.db"))
    monkeypatch.setenv("COINS_DATABASE", str(tmp_path / "bank.db"))
    monkeypatch.setenv("COINS_DUPES", str(dupes))
    town = Town(discord)
    sample = SampleBot(discord, logs=None)
    await sample.load()
    for extension in EXTENSIONS:
        monkeypatch.delitem(sys.modules, extension, raising=False)
        loaded = sample.app.load_extensions(extension)
        if LIGHTBULB_LINE == 3:
            await loaded
    await sample.start()
    await discord.registered("buy", "performance")
    yield Scene(town, sample.bot, [sys.modules[extension] for extension in EXTENSIONS])
    await sample.close()


async def test_every_coin_is_counted(scene: Scene, tmp_path: Path) -> None:
    """The ledger of the bank, the measures, the page and the database say what members were told."""
    customers = Customers(scene.town.discord, scene.town.members)
    await customers.run(CALLS)
    bank = scene.extensions[0].bank
    assert customers.poor and bank.ledger == customers.flows
    assert sum(bank.balances.values()) == customers.supply
    found = measured(scene.bot)
    assert flows_of(found) == customers.flows and found["economy.supply",] == customers.supply
    page = await scene.page("economy")
    assert f"supply {customers.supply:,} " in page
    assert {*customers.flows} == {("welcome", "faucet"), ("daily", "faucet"), ("shop", "sink"), ("gift", "transfer")}
    for (kind, _), (_, coins) in customers.flows.items():
        assert f"{kind} {coins:,} " in page
    await scene.monitor.flush()
    found = await kept(str(tmp_path / "golem.db"), scene.town.discord.application_id)
    assert flows_of(found) == customers.flows and found["economy.supply",] == customers.supply


@pytest.mark.parametrize("dupes", [2])
async def test_the_bug_to_try_makes_coins(scene: Scene, tmp_path: Path) -> None:
    """Each second gift is there twice: in the file that the environment names, and in no faucet."""
    giver, taker = scene.town.members[0], scene.town.members[3]
    for coins in (10, 7):
        call = await scene.town.discord.slash(giver, "give", options={"to": taker, "coins": coins})
        assert (await call.answered()).data["content"] == f"{taker.user.username} has {coins} coins more."
    bank = Bank(plugin.EconomyMeter(bot=Bot()), str(tmp_path / "bank.db"))
    assert bank.balances == {giver.user.id: 240, taker.user.id: 267}
    assert measured(scene.bot)["economy.faucets",] == 500


async def test_every_point_is_counted(scene: Scene, tmp_path: Path) -> None:
    """Each member gets points for a message in each server, once a minute; the others are held back."""
    levels = scene.extensions[1].levels
    writers = scene.town.members[:20]
    for number in range(MESSAGES):
        author = writers[number % len(writers)]
        await scene.town.discord.message(author, author.guild.text_channel, "Hello!")
    await until(lambda: measured(scene.bot).get(("activity.held_back", "message")) == MESSAGES - len(writers))
    points = len(writers) * POINTS
    assert measured(scene.bot)["activity.points", "message"] == sum(levels.points.values()) == points
    page = await scene.page("activity")
    assert f"total {points} " in page and f"message {points} " in page and "held back 66.7 %" in page
    await scene.monitor.flush()
    found = await kept(str(tmp_path / "golem.db"), scene.town.discord.application_id)
    assert found["activity.points", "message"] == points
