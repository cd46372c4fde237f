"""The four commands look back: asked on a real bot, answered from the database that it keeps."""

from __future__ import annotations

import time
from typing import Any

import pytest

import plugin
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import look_back
from plugin.model import CommandKey, CommandKind, Writer
from tests.e2e.conftest import Scene, until
from tests.e2e.test_pages import NEXT, press, text
from tests.history.builders import batch, delta, failure

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="prefix commands are of Lightbulb 2")

HOUR_S = 3600
SLASH = CommandKind.SLASH


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """History is kept as it is by default, and may take its time: the machine of a test is busy."""
    monkeypatch.delenv("GOLEM_DATABASE")
    monkeypatch.setattr(look_back, "PATIENCE_S", PATIENCE_S)


class Remembering:
    """A bot with a monitor that keeps history, and a past of the test's making."""

    def __init__(self, scene: Scene, sample: Any) -> None:
        self.scene = scene
        self.monitor: Any = plugin.monitor_of(sample.bot)
        self.ping = CommandKey(SLASH, "ping", scene.cogs["fun"])
        self.buy = CommandKey(SLASH, "shop buy", scene.cogs["shop"])

    async def remember(self, hours_ago: float, *commands: Any, instance: str = "one", **options: Any) -> None:
        """Put a minute of long ago into the database, as an earlier start of an instance would have."""
        at = int(time.time() - hours_ago * HOUR_S) // 60 * 60
        writer = Writer(self.monitor.scope().bot, instance, f"before {hours_ago}", "0.9")
        await self.monitor.ask(lambda store: store.fleet.register(writer, at))
        await self.monitor.ask(lambda store: store.writing.write(writer, batch(at, *commands, **options)))

    async def ping_times(self, times: int) -> None:
        """Let the member call `/ping`, and wait until each call was counted."""
        for _ in range(times):
            await self.scene.call("ping")
        await until(lambda: self._counted("ping") >= times)

    def _counted(self, name: str) -> int:
        return sum(c.invocations for c in self.monitor.snapshot().commands if c.key.name == name)

    async def pages(self, page: str, /, **options: Any) -> str:
        """Every page of an answer."""
        call = await self.scene.ask(page, **options)
        shown = [text(call)]
        while f"page {len(shown)}/{len(shown)}" not in shown[-1]:
            await press(call, NEXT)
            shown.append(text(call))
        return "\n".join(shown)


@pytest.fixture
async def remembering(scene: Scene) -> Remembering:
    """A running bot that has opened its history."""
    plugin.configure(instance="one", release="1.0")
    remembering = Remembering(scene, await scene.run())
    await until(lambda: _open(remembering.monitor))
    await remembering.monitor.flush()
    return remembering


def _open(monitor: Any) -> bool:
    state = monitor.snapshot().monitor.history
    return monitor._keeper._archive is not None and state.waiting == 0 and state.problem is None


@pytest.fixture(autouse=True)
def _details_for_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLEM_DETAILS", "readers")


async def test_a_page_looks_back_further_than_the_start(remembering: Remembering) -> None:
    """A period counts what earlier starts did and what is counted by now; without one it is since the start."""
    await remembering.remember(5, delta(remembering.buy, ok=40))
    await remembering.ping_times(2)
    assert "/shop buy" not in await remembering.pages("commandstats", top_count=1)
    shown = await remembering.pages("commandstats", period="24h")
    assert "/shop buy` is used most: 95.7 % of 47 invocations" in shown
    assert "/ping" in shown and "last 24 h" in shown


async def test_all_time_stands_beside_since_start(remembering: Remembering) -> None:
    """Where earlier starts counted more, lists and detail say how much it is in all."""
    await remembering.remember(500, delta(remembering.ping, ok=40))
    await remembering.ping_times(2)
    lists = await remembering.pages("commandstats")
    assert "all      47" in lists and "all: all time" in lists
    detail = await remembering.pages("commandstats", command="/ping")
    assert "invoked           2         47" in detail
    assert "all: all time" in await remembering.pages("cogstats")


async def test_arrows_need_evidence(remembering: Remembering) -> None:
    """Two slow calls prove nothing; two hundred do, and what stays the same has no arrow."""
    for hours_ago, each_ms, times in ((3, 10, 2), (1.9, 10, 2), (0.5, 900, 2)):
        await remembering.remember(hours_ago, delta(remembering.buy, ok=times, each_ms=each_ms))
    thin = await remembering.pages("commandstats", period="1h")
    assert "compared with the previous hour" in thin and "900 ms" in thin and "▲" not in thin.replace("▲ ▼", "")
    await remembering.remember(1.5, delta(remembering.buy, ok=200, each_ms=10), delta(remembering.ping, ok=200))
    await remembering.remember(0.4, delta(remembering.buy, ok=200, each_ms=900), delta(remembering.ping, ok=200))
    slowest = (await remembering.pages("commandstats", period="1h")).split("Slowest", 1)[1]
    lines = slowest.split("\n")
    buy = next(number for number, line in enumerate(lines) if line.endswith("/shop buy"))
    assert lines[buy + 1].count("▲") == 4 and "10 ms" in lines[buy + 2]
    ping = next(number for number, line in enumerate(lines) if line.endswith("/ping"))
    assert "▲" not in lines[ping + 1] and "▼" not in lines[ping + 1]


async def test_errors_say_since_when_and_in_which_release(remembering: Remembering) -> None:
    """An error of the past is shown with type, place, first and last sight and the releases it was met in."""
    old = failure("shop.SoldOut", count=3, seen=time.time() - 50 * HOUR_S, key=remembering.buy)
    await remembering.remember(50, delta(remembering.buy, ok=1, error=3), errors=(old,))
    new = failure("shop.SoldOut", count=5, seen=time.time() - 2 * HOUR_S, key=remembering.buy)
    await remembering.remember(2, delta(remembering.buy, ok=1, error=5), errors=(new,))
    shown = await remembering.pages("commandstats", period="24h")
    assert "SoldOut ×5" in shown and "shop.py:7" in shown
    assert "first 2 d ago, 0.9" in shown and "last 2 h ago, 0.9" in shown
    detail = await remembering.pages("commandstats", command="/shop buy", period="7d")
    assert "SoldOut ×8" in detail and "Per " in detail


async def test_a_fleet_is_asked_for_by_its_scope(remembering: Remembering) -> None:
    """The fleet has the numbers of every instance, and the page says how many they are."""
    await remembering.remember(2, delta(remembering.buy, ok=10), instance="other")
    await remembering.ping_times(1)
    alone = await remembering.pages("commandstats", period="24h")
    assert "/shop buy" not in alone
    fleet = await remembering.pages("commandstats", scope="fleet")
    assert "/shop buy" in fleet and "/ping" in fleet and "last 24 h · 2 instances" in fleet
    assert "2 instances" in await remembering.pages("cogstats", scope="fleet", period="all")


@pytest.mark.parametrize("page", ["cogstats", "commandstats", "performance"])
async def test_without_history_a_page_shows_what_is_in_memory(scene: Scene, page: str) -> None:
    """Where history is switched off a page that should look back says so above what it knows."""
    plugin.configure(database="")
    await scene.run()
    shown = text(await scene.ask(page, period="7d"))
    assert "istory is" in shown and "since start" in shown


@only_lightbulb2
async def test_words_behind_a_prefix_command_look_back(remembering: Remembering) -> None:
    """Period, scope and command can be typed in any order."""
    await remembering.remember(2, delta(remembering.buy, ok=10), instance="other")
    scene = remembering.scene
    await scene.discord.message(scene.admin, scene.channel, "!cmdstats fleet shop buy 24h")
    answer = await scene.discord.next_message(scene.channel)
    assert "/shop buy" in answer.embeds[0]["title"] and "2 instances" in answer.embeds[0]["footer"]["text"]
