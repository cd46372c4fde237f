"""Measures of one's own and the bots of a process."""

from __future__ import annotations

import base64
import gc
import importlib
import sys
from typing import Any

import hikari
import lightbulb
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor.bot_measures import measures_of
from plugin.metrics.meters import OwnMeasures

TOKEN = base64.b64encode(b"123456789012345678").decode() + ".x.y"


def gateway_bot() -> Any:
    made: Any = lightbulb.BotApp if LIGHTBULB_LINE == 2 else hikari.GatewayBot
    return made(TOKEN, banner=None, suppress_optimization_warning=True)


async def rest_bot() -> Any:
    return hikari.RESTBot(TOKEN, "Bot", banner=None, suppress_optimization_warning=True)


async def bots(kind: str) -> list[Any]:
    return [await rest_bot() for _ in range(3)] if kind == "rest" else [gateway_bot() for _ in range(3)]


def values(bot: object, name: str) -> list[Any]:
    """What a monitor of this bot reads of a measure."""
    return [reading.value for found in measures_of(bot) for reading in found.read() if reading.measure.name == name]


@pytest.mark.parametrize("kind", ["gateway", "rest"])
async def test_bots_told_apart_never_mix(kind: str) -> None:
    """Each has its own counter of the same name, even of another unit, and a third bot has none."""
    one, other, third = await bots(kind)
    plugin.counter("apart.sales", bot=one).add(3)
    plugin.counter("apart.sales", unit="{coin}", bot=other).add(5)
    plugin.counter("apart.sales", bot=one).add()
    assert [values(bot, "apart.sales") for bot in (one, other, third)] == [[4], [5], []]


async def test_without_a_bot_every_bot_reports_a_measure() -> None:
    """Also those that are made later."""
    plugin.counter("shared.sales").add(3)
    assert [values(bot, "shared.sales") for bot in await bots("gateway")] == [[3], [3], [3]]


def test_a_name_is_of_one_bot_or_of_all() -> None:
    """Both would be read by the same monitor, so the second declaration is refused, in either order."""
    bot = gateway_bot()
    plugin.counter("first.shared")
    plugin.counter("first.apart", bot=bot)
    with pytest.raises(ValueError, match="in every declaration, or in none"):
        plugin.counter("first.shared", bot=bot)
    with pytest.raises(ValueError, match="in every declaration, or in none"):
        plugin.counter("first.apart")


@pytest.mark.skipif(LIGHTBULB_LINE == 2, reason="Lightbulb 2 has no client")
def test_a_client_stands_for_its_bot() -> None:
    """Lightbulb 3 hands extensions a client."""
    bot = gateway_bot()
    client = lightbulb.client_from_app(bot)
    plugin.counter("client.sales", bot=client).add(2)
    assert values(bot, "client.sales") == values(client, "client.sales") == [2]


def test_measures_end_with_their_bot() -> None:
    """Nothing keeps a bot alive because it has measures."""
    bot = gateway_bot()
    plugin.counter("ending.sales", bot=bot).add()
    assert OwnMeasures in {type(found) for found in gc.get_objects() if names_of(found) == ["ending.sales"]}
    del bot
    gc.collect()
    assert not [found for found in gc.get_objects() if names_of(found) == ["ending.sales"]]


def names_of(found: object) -> list[str]:
    return [measure.name for measure in found.declared()] if type(found) is OwnMeasures else []


def test_what_is_no_bot_is_refused() -> None:
    """With what to pass instead."""
    with pytest.raises(TypeError, match="takes a bot or a Lightbulb client, not str"):
        plugin.counter("shop.sales", bot="mine")


def test_a_reload_keeps_what_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lightbulb forgets the module, and the next import finds the same measures."""
    sales = plugin.counter("reloaded.sales")
    sales.add(2)
    monkeypatch.delitem(sys.modules, "plugin", raising=False)  # an unload may have done so
    again = importlib.import_module("plugin")
    assert again is not plugin
    assert again.counter("reloaded.sales") is sales
