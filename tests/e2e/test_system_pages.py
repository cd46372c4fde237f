"""The page of one of the bot's own systems, on Discord: the numbers are those that the bot counted."""

from __future__ import annotations

from typing import Any

import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run, written  # noqa: F401 # a fixture
from tests.e2e.test_overview import read

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE == 3, reason="prefix commands")


async def told(scene: Scene, **options: Any) -> str:
    """What the page of a system says, its columns apart by one space."""
    return " ".join((await read(scene, "performance", **options)).split())


def sell(bot: Any) -> None:
    """A small kiosk."""
    sales = plugin.counter("kiosk.sales", attributes=("kind",), bot=bot)
    sales.add(30, kind="cake")
    sales.add(12, kind="tea")
    plugin.gauge("kiosk.gone", unit="{piece}", bot=bot).set(42)
    prices = plugin.histogram("kiosk.price", unit="{coin}", bot=bot)
    for price in (5, 5, 5, 7):
        prices.record(price)


async def test_a_system_over_a_period(scene: Scene) -> None:
    """Totals, levels and quantiles are those of the bot, with what was counted a moment ago."""
    sample, _ = await run(scene)
    sell(sample.bot)
    page = await told(scene, system="kiosk", period="1h")
    assert "Kiosk, last hour" in page and "sales: 42." in page
    for row in ("total 42", "cake 30", "tea 12", "now 42"):
        assert row in page
    assert "recorded 4" in page and "this instance" in page
    fleet = await told(scene, system="kiosk", scope="fleet", period="1h")
    assert "total 42" in fleet and "1 instance" in fleet
    assert not scene.discord.refusals


async def test_a_system_since_start(scene: Scene) -> None:
    """Without a period, counts are those since the start of the process."""
    sample, _ = await run(scene)
    sell(sample.bot)
    page = await told(scene, system="Kiosk ")
    assert "Kiosk, since start" in page and "total 42" in page and "now 42" in page


async def test_a_system_without_history(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that keeps no history tells what it counted since the start, and why there is no period."""
    monkeypatch.setenv("GOLEM_DATABASE", "")
    sample = await scene.run()
    sell(sample.bot)
    assert "total 42" in await told(scene, system="kiosk")
    page = await told(scene, system="kiosk", period="7d")
    assert "History is switched off" in page and "Kiosk, since start" in page and "total 42" in page


async def test_an_unknown_system_is_one_sentence(scene: Scene) -> None:
    """It names the systems that there are, those included that only history knows."""
    sample, monitor = await run(scene)
    call = await scene.ask("performance", system="bank")
    assert call.response.data["content"].startswith("No such system: `bank`. ")
    sell(sample.bot)
    await monitor.flush()
    await sample.close()
    sample, monitor = await run(scene)
    await until(lambda: written(monitor))
    plugin.counter("arcade.games", bot=sample.bot).add()
    call = await scene.ask("performance", system="bank`")
    said = call.response.data["content"]  # measures of the process, which other tests declare, are known, too
    assert said.startswith("No such system: `bank'`. Known: ") and "`arcade`" in said and "`kiosk`" in said
    assert "total 42" in await told(scene, system="kiosk", period="1h")
    assert monitor.snapshot().monitor.faults == {}


async def test_systems_are_offered(scene: Scene) -> None:
    """What an administrator types is completed to the systems of the bot; others are offered nothing."""
    sample, _ = await run(scene)
    sell(sample.bot)
    plugin.counter("arcade.games", bot=sample.bot).add()
    for typed, offered in (("", ["arcade", "kiosk"]), ("KIO", ["kiosk"])):
        choices = await scene.discord.autocomplete(
            scene.admin, "performance", option="system", value=typed, guild=scene.guild
        )
        assert {*offered} <= {choice["value"] for choice in choices}
    asked = {"option": "system", "value": "", "guild": scene.guild}
    assert await scene.discord.autocomplete(scene.member, "performance", **asked) == []


@only_lightbulb2
async def test_a_system_by_prefix(scene: Scene) -> None:
    """The name of a system is one of the words behind the command."""
    sample, _ = await run(scene)
    sell(sample.bot)
    await scene.discord.message(scene.admin, scene.channel, "!performance 1h kiosk")
    (embed,) = (await scene.discord.next_message(scene.channel)).embeds
    assert "Kiosk, last hour" in embed["title"]
