"""A bot with classes of its own, and other extensions that change the same objects."""

from __future__ import annotations

from typing import Any

import hikari
import lightbulb
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import Scene, until
from tests.e2e.test_loading import pings, works

BASE: Any = lightbulb.BotApp if LIGHTBULB_LINE == 2 else lightbulb.GatewayEnabledClient


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[Any]]:
    """A class of the bot's own, which is told of each class that derives from it, and these."""
    derived: list[Any] = []

    class Mine(BASE):
        def __init_subclass__(cls) -> None:
            derived.append(cls)

    if LIGHTBULB_LINE == 3:
        monkeypatch.setattr("lightbulb.client.GatewayEnabledClient", Mine)
    return Mine, derived


async def test_a_bots_own_class_stays_its_class(scene: Scene, own: tuple[Any, list[Any]]) -> None:
    """Loaded, used and unloaded, the bot is of its own class, of which no other is derived, and has what it had."""
    mine, derived = own
    sample = await scene.run(**({"kind": mine} if LIGHTBULB_LINE == 2 else {}))
    assert type(sample.app) is mine
    await works(scene, sample)
    assert (type(sample.app), mine.__subclasses__(), derived) == (mine, [], [])
    await sample.unload()
    assert type(sample.app) is mine and not set(vars(sample.app)) & set(dir(mine))


@pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="Lightbulb 3 makes a command object for each invocation")
async def test_a_bots_own_class_of_commands_stays_theirs(scene: Scene) -> None:
    """And where the time of their invocations goes is told as of any other."""
    derived: list[Any] = []

    class Mine(lightbulb.SlashCommand):
        def __init_subclass__(cls) -> None:
            derived.append(cls)

    sample = scene.make()

    @sample.bot.command
    @lightbulb.command("mine", "Of the bot's own class")
    @lightbulb.implements(Mine)
    async def mine(context: lightbulb.Context) -> None:
        await context.respond("mine")

    await sample.load()
    await sample.start()
    await scene.call("mine")
    command = sample.bot.get_slash_command("mine")
    assert (type(command), Mine.__subclasses__(), derived) == (Mine, [], [])
    monitor: Any = plugin.monitor_of(sample.bot)

    def stages() -> Any:
        (found,) = (command for command in monitor.snapshot().commands if command.key.name == "mine")
        return found.stages

    await until(lambda: stages() is not None)
    await sample.unload()
    assert vars(command) == {}


async def test_a_class_that_is_exchanged_is_noticed(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The part says so within a sample; the monitor is found all the same, and a reload counts everything once."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    sample.app.__class__ = BASE
    sample.bot.rest.__class__ = hikari.impl.RESTClientImpl
    assert plugin.monitor_of(sample.bot) is monitor
    await monitor.tick()
    off = monitor.snapshot().monitor.switched_off
    assert {"commands", "REST calls", "first responses"} <= set(off)
    assert all("replaced by other code" in reason for reason in off.values())
    await scene.call("ping")
    await sample.reload()
    assert not monitor.active
    await sample.sync()
    await works(scene, sample)
    assert pings(plugin.monitor_of(sample.bot)) == 1
    await sample.unload()
    assert (type(sample.app), type(sample.bot.rest)) == (BASE, hikari.impl.RESTClientImpl)


async def test_a_second_monitor_is_refused_whatever_the_class(
    scene: Scene, own: tuple[Any, list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """Where other code has exchanged the class, or put methods of its own on top, each command counts once."""
    mine, _ = own
    sample = await scene.run(**({"kind": mine} if LIGHTBULB_LINE == 2 else {}))
    sample.bot.rest.__class__ = hikari.impl.RESTClientImpl
    sample.app.__class__ = type("Theirs", (mine,), {})
    if LIGHTBULB_LINE == 2:
        plugin.load(sample.bot)
    else:
        await lightbulb.client_from_app(sample.bot).load_extensions("plugin")
    assert [message for message in caplog.messages if "already loaded for this bot" in message]
    await scene.call("ping")
    await until(lambda: pings(plugin.monitor_of(sample.bot)) == 1)


async def test_two_bots_of_a_class_of_their_own_stay_apart(scene: Scene, own: tuple[Any, list[Any]]) -> None:
    """Each has a monitor, which counts nothing of the other."""
    mine, _ = own
    options: dict[str, Any] = {"kind": mine} if LIGHTBULB_LINE == 2 else {}
    sample, other = await scene.run(**options), scene.make(**options)
    await other.load()
    await scene.call("ping")
    await until(lambda: pings(plugin.monitor_of(sample.bot)) == 1)
    assert pings(plugin.monitor_of(other.bot)) == 0
    await other.unload()
    assert plugin.monitor_of(sample.bot) is not None and plugin.monitor_of(other.bot) is None
