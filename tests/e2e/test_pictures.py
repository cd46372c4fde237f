"""Pages with pictures, as Discord gets them from a real bot and the process that draws for it."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest
from PIL import Image

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import artist, drawing
from plugin.display import book
from tests.e2e.conftest import Scene, until
from tests.e2e.test_pages import NEXT, PREVIOUS, REFRESH, press

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="prefix commands are of Lightbulb 2")


@pytest.fixture(autouse=True)
async def _patience(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A busy machine may take longer than Discord would wait."""
    monkeypatch.setattr(drawing, "LONGEST_WAIT_S", 30)
    monkeypatch.setattr(drawing, "LAST_MOMENT_S", 30)
    monkeypatch.setattr(artist, "LONGEST_DRAWING_S", 30)
    yield
    assert not psutil.Process().children()


async def sampled(scene: Scene, **options: Any) -> Any:
    """A bot that has taken a few samples."""
    sample = await scene.run(**options)
    for _ in range(3):
        await plugin.monitor_of(sample.bot).tick()
    return sample


def picture(message: Any) -> Image.Image:
    """The one picture of a message, which its embed shows."""
    (attachment,) = message.attachments
    assert message.embeds[0]["image"]["url"] == attachment.url
    assert attachment.data.startswith(b"\x89PNG\r\n\x1a\n")
    return Image.open(io.BytesIO(attachment.data))


async def test_performance_carries_a_picture(scene: Scene) -> None:
    """The embed shows a chart of memory, CPU and latency that came with it."""
    sample = await sampled(scene)
    call = await scene.ask("performance")
    shown = picture(call.message)
    assert shown.width == 1200 and shown.height >= 800
    assert not scene.discord.refusals
    assert not plugin.monitor_of(sample.bot).snapshot().monitor.faults


async def test_one_command_carries_its_distribution(scene: Scene, counted: Any) -> None:
    """The embed of one command shows how long it takes; one that never ran has no picture."""
    sample = await scene.run()
    await scene.call("ping")
    await counted(sample, "ping")
    assert picture((await scene.ask("commandstats", command="/ping")).message).size == (1200, 400)
    never = await scene.ask("commandstats", command="/shop buy")
    assert not never.message.attachments and "image" not in never.message.embeds[0]


async def test_a_refresh_draws_anew(scene: Scene) -> None:
    """The picture of before is replaced by another."""
    sample = await sampled(scene)
    call = await scene.ask("performance")
    before = picture(call.message).tobytes()
    for _ in range(5):
        await plugin.monitor_of(sample.bot).tick()
    await press(call, REFRESH)
    await until(lambda: picture(call.message).tobytes() != before)
    assert not scene.discord.refusals


async def test_only_the_first_page_has_the_picture(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes with its page, leaving nothing on the next one, and is there again on the way back."""
    monkeypatch.setattr(book, "PAGE_LINES", 24)
    await sampled(scene)
    call = await scene.ask("performance")
    assert picture(call.message)
    await press(call, NEXT)
    assert not call.message.attachments and "image" not in call.message.embeds[0]
    await press(call, PREVIOUS)
    assert picture(call.message)
    assert not scene.discord.refusals


async def test_without_pillow_the_page_says_how_to_get_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One small line, and the sparkline as ever."""
    await sampled(scene)
    monkeypatch.setitem(sys.modules, "PIL", None)
    call = await scene.ask("performance")
    text = call.message.embeds[0]["description"]
    assert "\n-# charts need Pillow and a font: pip install pillow ttf-opensans" in text
    assert "last" in text and "image" not in call.message.embeds[0]
    assert not call.message.attachments


async def test_a_page_does_not_wait_for_a_late_picture(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes in time and says so; the picture is there at the next click."""
    sample = await sampled(scene)
    monkeypatch.setattr(drawing, "LONGEST_WAIT_S", 0)
    call = await scene.ask("performance")
    assert "not ready yet" in call.message.embeds[0]["description"]
    monkeypatch.undo()
    monkeypatch.setattr(drawing, "LAST_MOMENT_S", 30)
    monkeypatch.setattr(drawing, "LONGEST_WAIT_S", 30)
    await press(call, REFRESH)
    await until(lambda: call.message.attachments)  # a click that takes long is deferred first
    assert picture(call.message)
    assert "not ready yet" not in call.message.embeds[0]["description"]
    assert not plugin.monitor_of(sample.bot).snapshot().monitor.faults


async def test_a_picture_that_cannot_be_drawn_is_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page goes without it."""
    sample = await sampled(scene)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    call = await scene.ask("performance")
    assert call.message.embeds and not call.message.attachments
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {drawing.PART: 1}


@pytest.mark.parametrize("end", ["unload", "close"])
async def test_unload_and_close_end_the_process(scene: Scene, end: str) -> None:
    """Neither leaves the process that draws, and after an unload none is started again."""
    sample = await sampled(scene)
    monitor = plugin.monitor_of(sample.bot)
    await scene.ask("performance")
    process_id = monitor.drawing.process_id
    await getattr(sample, end)()
    await until(lambda: not psutil.pid_exists(process_id))
    if end == "unload":
        assert (await monitor.drawing.draw(["anything"])).png is None
        assert monitor.drawing.process_id is None


@only_lightbulb2
async def test_prefix_commands_carry_pictures(scene: Scene) -> None:
    """The answer in the channel shows the chart as well."""
    await sampled(scene)
    await scene.discord.message(scene.admin, scene.channel, "!performance")
    assert picture(await scene.discord.next_message(scene.channel))


@only_lightbulb2
async def test_where_files_are_not_allowed_the_page_goes_without(scene: Scene) -> None:
    """A bot that may not attach files in a channel answers there without the picture."""
    sample = await sampled(scene)
    scene.discord.fail("POST", "/channels/{channel_id}/messages", status=403, code=50013)
    await scene.discord.message(scene.admin, scene.channel, "!performance")
    answer = await scene.discord.next_message(scene.channel)
    assert answer.embeds and not answer.attachments
    assert not plugin.monitor_of(sample.bot).snapshot().monitor.faults
