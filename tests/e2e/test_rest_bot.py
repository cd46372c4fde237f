"""A bot without a gateway: Discord posts interactions to it over HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import hikari
import pytest

import plugin
from examples.localdiscord import LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import artist, drawing
from plugin.corridor.alerts import alerts as looking
from plugin.display import book
from tests.e2e.conftest import Scene, Timer, until

pytestmark = pytest.mark.skipif(LIGHTBULB_LINE != 3, reason="Lightbulb 2 has no bots without a gateway")

PAGES = ("performance", "cogstats", "commandstats", "health")
PREVIOUS, NEXT, REFRESH = 0, 1, -1

Make = Callable[[], Any]


@pytest.fixture
async def make(scene: Scene) -> AsyncIterator[Make]:
    """Makes bots without a gateway, each on a port of its own; `start` tells Discord where it is."""
    sockets: list[socket.socket] = []

    def make() -> Any:
        discord = scene.discord
        app = hikari.RESTBot(
            discord.token,
            hikari.TokenType.BOT,
            rest_url=discord.rest_url,
            public_key=discord.public_key,
            banner=None,
            logs=None,
        )
        sample = scene.make(app=app)
        started = sample.start

        async def start() -> None:
            sockets.append(socket.create_server(("127.0.0.1", 0)))
            await started(socket=sockets[-1])
            await discord.interactions_endpoint(f"http://127.0.0.1:{sockets[-1].getsockname()[1]}/")

        sample.start = start
        return sample

    yield make
    for sample in scene.made:
        await sample.close()
    for each in sockets:
        each.close()


async def running(make: Make) -> Any:
    """A bot that has loaded the plugin, then started."""
    sample = make()
    await sample.load()
    await sample.start()
    return sample


def tasks(name: str = "golem") -> list[str]:
    """Running tasks of the monitor."""
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(name)]


def buttons(message: Any) -> list[dict[str, Any]]:
    """The buttons of a message, in their order."""
    return [component for row in message.components for component in row["components"]]


async def press(call: Any, which: int, **options: Any) -> Any:
    """Click a button of an answer and wait for what comes of it."""
    click = await call.click(buttons(call.message)[which]["custom_id"], **options)
    await click.answered()
    return click


async def counted(sample: Any, name: str, times: int = 1) -> Any:
    """What is known of a command once it was counted so often."""

    def found() -> Any:
        commands = plugin.monitor_of(sample.bot).snapshot().commands
        return [command for command in commands if command.key.name == name and command.invocations >= times]

    await until(found)
    return found()[0]


async def test_commands_are_counted_with_their_first_response(scene: Scene, make: Make) -> None:
    """Each invocation is counted once, with its outcome and the time to its answer."""
    sample = await running(make)
    for name in ("ping", "shop buy"):
        await scene.call(name)
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    ping, boom = await counted(sample, "ping"), await counted(sample, "boom")
    assert ping.outcomes == (1, 0, 0, 0) and ping.first_responses.total == 1
    assert boom.outcomes == (0, 0, 1, 0)
    assert (await counted(sample, "shop buy")).outcomes == (1, 0, 0, 0)
    assert not scene.discord.endpoint_errors


async def test_a_refused_and_a_cancelled_command_are_told_apart(scene: Scene, make: Make) -> None:
    """Every end is told apart without a gateway too."""
    sample = await running(make)
    for name in ("denied", "cancelled"):
        await scene.discord.slash(scene.member, name, guild=scene.guild)
    assert (await counted(sample, "denied")).outcomes == (0, 1, 0, 0)
    assert (await counted(sample, "cancelled")).outcomes == (0, 0, 0, 1)


@pytest.mark.parametrize("page", PAGES)
async def test_the_four_commands_answer(scene: Scene, make: Make, page: str) -> None:
    """Each of the four commands answers its caller alone with a page that Discord takes."""
    sample = await running(make)
    call = await scene.ask(page)
    assert call.ephemeral and call.message.embeds
    assert not scene.discord.refusals and not scene.discord.endpoint_errors
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


async def test_what_only_a_gateway_tells_is_unknown(scene: Scene, make: Make) -> None:
    """Without a gateway latency, guilds, members and uptime are unknown, which is not zero."""
    sample = await running(make)
    connection = plugin.monitor_of(sample.bot).snapshot().connection
    assert (connection.shards, connection.guilds, connection.members) == (None, None, None)
    assert (connection.messages_seen, connection.uptime_share) == (None, None)
    await plugin.monitor_of(sample.bot).tick()
    call = await scene.ask("performance")
    assert "unknown" in str(call.message.embeds)


async def test_the_log_says_who_can_read(scene: Scene, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """The number of guilds is unknown, so the log gives none."""
    caplog.set_level(logging.INFO)
    await running(make)
    assert [message for message in caplog.messages if "of every guild this bot is in" in message]
    assert not [message for message in caplog.messages if "sync_application_commands()" in message]


async def test_a_picture_goes_with_its_page(scene: Scene, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page carries it, through the reply to Discord's own request; the next one does not."""
    monkeypatch.setattr(drawing, "LONGEST_WAIT_S", 30)
    monkeypatch.setattr(artist, "LONGEST_DRAWING_S", 30)
    monkeypatch.setattr(drawing, "LAST_MOMENT_S", 30)
    monkeypatch.setattr(book, "PAGE_LINES", 20)
    sample = await running(make)
    for _ in range(3):
        await plugin.monitor_of(sample.bot).tick()
    call = await scene.ask("performance")
    for which, pictures in ((NEXT, 0), (PREVIOUS, 1), (REFRESH, 1)):
        await press(call, which)
        assert [attachment.data[:4] for attachment in call.message.attachments] == [b"\x89PNG"] * pictures
        assert ("image" in call.message.embeds[0]) == bool(pictures)
    assert call.message.embeds[0]["image"]["url"] == call.message.attachments[0].url
    assert not scene.discord.refusals and not scene.discord.endpoint_errors


async def test_pages_are_turned_by_clicks(scene: Scene, make: Make) -> None:
    """The buttons lead on and back, and are dead where there is no page."""
    sample = await running(make)
    await scene.call("ping")
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await counted(sample, "boom")
    call = await scene.ask("commandstats")
    first = call.message.embeds
    assert buttons(call.message)[PREVIOUS]["disabled"] and not buttons(call.message)[NEXT]["disabled"]
    await press(call, NEXT)
    assert call.message.embeds != first
    await press(call, PREVIOUS)
    await press(call, REFRESH)
    assert call.message.embeds[0]["title"] == first[0]["title"]
    assert not scene.discord.refusals


async def test_a_stranger_cannot_turn_pages(scene: Scene, make: Make) -> None:
    """A click of somebody else is told so ephemerally, and the one who asked can still click."""
    plugin.configure(ephemeral=False)
    await running(make)
    call = await scene.ask("commandstats")
    before = call.message.embeds
    click = await press(call, REFRESH, user=scene.member.user)
    assert click.response.data["flags"] & 64
    assert "Only the person who ran the command" in click.response.data["content"]
    assert call.message.embeds == before
    assert (await press(call, REFRESH)).response.data["embeds"]


async def test_several_answers_keep_their_own_buttons(scene: Scene, make: Make) -> None:
    """Two answers that are open at once are turned apart."""
    await running(make)
    first, second = await scene.ask("commandstats"), await scene.ask("health")
    first_id, second_id = (buttons(call.message)[-1]["custom_id"] for call in (first, second))
    assert first_id != second_id
    for call in (first, second):
        click = await press(call, -1)
        assert click.message is call.message
    assert "Health" in second.message.embeds[0]["title"]
    assert "Health" not in first.message.embeds[0]["title"]


async def test_buttons_go_dead_after_the_timeout(scene: Scene, make: Make, timer: Timer) -> None:
    """After the timeout every button is disabled."""
    await running(make)
    call = await scene.ask("health")
    timer.move(180)
    while not all(button["disabled"] for button in buttons(call.message)):
        await call.changed()
    await until(lambda: not tasks("golem pages"))
    assert not scene.discord.refusals


async def test_a_bot_that_answers_clicks_itself_gets_pages_without_buttons(scene: Scene, make: Make) -> None:
    """Where the bot has taken all components from Lightbulb a button could only fail, so there is none, and why."""
    sample = await running(make)
    heard: list[str] = []

    async def own(interaction: hikari.ComponentInteraction) -> Any:
        heard.append(interaction.custom_id)
        return interaction.build_deferred_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)

    sample.bot.set_listener(hikari.ComponentInteraction, own, replace=True)
    await scene.call("ping")
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await counted(sample, "boom")
    call = await scene.ask("commandstats")
    assert not call.message.components
    assert "Page 1 of" in call.message.embeds[0]["description"]
    assert "this bot handles all component interactions itself" in call.message.embeds[0]["description"]
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {} and not heard
    assert not tasks("golem pages")


@pytest.mark.parametrize("when", ["settled", "on its way"])
async def test_unload_with_open_pages_leaves_nothing(scene: Scene, make: Make, when: str) -> None:
    """The unload ends every menu, of an answer on its way too, and takes everything out of the bot."""
    sample = make()
    await sample.start()
    before = {**sample.wiring(), "callbacks": callbacks(sample.bot)}
    await sample.load()
    await sample.sync()
    for page in PAGES:
        await scene.ask(page)
    if when == "settled":
        await until(lambda: len(tasks("golem pages")) == len(PAGES))
    await sample.unload()
    await scene.call("ping")
    await until(lambda: not tasks())
    assert {**sample.wiring(), "callbacks": callbacks(sample.bot)} == before


def callbacks(bot: Any) -> tuple[list[Any], list[Any]]:
    """What runs when the bot starts and stops."""
    return list(bot.on_startup), list(bot.on_shutdown)


async def test_reload_while_running(scene: Scene, make: Make) -> None:
    """Reloaded while it runs, the bot is measured on, and the four commands answer."""
    sample = await running(make)
    for _ in range(3):
        await scene.ask("health")
        await sample.reload()
    await scene.call("ping")
    assert (await counted(sample, "ping")).invocations == 1
    assert (await scene.ask("health")).message.embeds
    await until(lambda: len(tasks("golem sampler")) == 1)


async def test_a_close_ends_the_background_work(scene: Scene, make: Make) -> None:
    """The bot's close ends the sampling; an unload afterwards is harmless."""
    sample = await running(make)
    assert tasks("golem sampler")
    await scene.ask("health")
    await sample.close()
    await until(lambda: not tasks("golem sampler"))
    await sample.unload()
    await until(lambda: not tasks())
    assert plugin.monitor_of(sample.bot) is None


async def test_loaded_after_the_start_the_log_asks_for_a_sync(
    scene: Scene, make: Make, caplog: pytest.LogCaptureFixture, discord: LocalDiscord
) -> None:
    """Loaded while the bot runs, nothing is written to Discord until the operator syncs, and the log says how."""
    caplog.set_level(logging.INFO)
    sample = make()
    await sample.start()
    written = sum(request.method == "PUT" for request in discord.requests)
    await sample.load()
    await scene.call("ping")
    await counted(sample, "ping")
    assert sum(request.method == "PUT" for request in discord.requests) == written
    assert [message for message in caplog.messages if "sync_application_commands()" in message]


async def test_alerts_have_no_buttons(
    scene: Scene, make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would hear of a click on them; the log says so once."""
    monkeypatch.setattr(looking, "EVERY_S", 0.02)
    caplog.set_level(logging.INFO, "plugin")
    plugin.configure(memory_threshold_mb=1, alert_channel=int(scene.channel.id), alert_after_s=0, alert_grace_s=0)
    await running(make)
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    assert message.components == [] and message.embeds[0]["title"].startswith("🔴 memory")
    assert len([one for one in caplog.messages if one.startswith("alert messages have no buttons")]) == 1
