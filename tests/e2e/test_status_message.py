"""The message in a channel that shows how a real bot is."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import plugin
from plugin.corridor import status_message
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run  # noqa: F401 # a fixture

MESSAGES, MESSAGE = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_message, "EVERY_S", 0.02)


async def begin(scene: Scene, **given: Any) -> tuple[Any, Any]:
    """A bot that shows its status in a channel."""
    return await run(scene, status_channel=int(scene.channel.id), **given)


async def shown(scene: Scene, *, times: int = 1) -> Any:
    """The only message, once it was changed so many times."""
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    revision = message.revision + times
    await until(lambda: message.revision >= revision)
    return message


async def test_one_pinned_message_lasts_over_restarts(scene: Scene) -> None:
    """It shows verdict and numbers, is pinned once, and goes on after the next start."""
    sample, monitor = await begin(scene, memory_threshold_mb=1)
    message = await shown(scene, times=2)
    await until(lambda: message.pinned)
    (embed,) = message.embeds
    assert message.mentions == [] and message.content == ""
    assert embed["title"] == "🔴 Your bot has problems."
    assert "• memory" in embed["description"] and "Shards connected **1 of 1**" in embed["description"]
    assert "Updated <t:" in embed["description"] and embed["footer"]["text"].endswith(" · one")
    assert monitor.snapshot().monitor.status_message.last_sent is not None
    assert "Status message" in str((await scene.ask("health")).response.data)
    await sample.close()
    sample, monitor = await begin(scene, memory_threshold_mb=100_000, cpu_threshold_percent=6400)
    await until(lambda: "healthy" in message.embeds[0]["title"])
    assert scene.discord.messages(scene.channel) == [message] and monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_without_history_it_is_found_among_the_latest_messages(scene: Scene) -> None:
    """By its footer."""
    sample, _ = await begin_without_history(scene)
    message = await shown(scene)
    await sample.close()
    sample, _ = await begin_without_history(scene)
    assert await shown(scene, times=2) is message
    await sample.close()


async def begin_without_history(scene: Scene) -> tuple[Any, Any]:
    """A bot that keeps nothing."""
    plugin.configure(status_channel=int(scene.channel.id), database="", instance="one")
    sample = await scene.run()
    return sample, plugin.monitor_of(sample.bot)


async def test_a_deleted_message_is_sent_anew(scene: Scene) -> None:
    """As long as the setting wants one."""
    sample, _ = await begin(scene)
    message = await shown(scene)
    await sample.bot.rest.delete_message(message.channel.id, message.id)
    await until(lambda: scene.discord.messages(scene.channel) not in ([], [message]))
    (new,) = scene.discord.messages(scene.channel)
    await until(lambda: new.pinned)
    assert new is not message
    await sample.close()


async def test_what_refuses_it_is_on_the_page(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The log says it once, and the bot is not disturbed."""
    scene.discord.fail("POST", MESSAGES, 403, 50013, times=99)
    with caplog.at_level(logging.WARNING, "plugin"):
        sample, monitor = await begin(scene, details="readers")
        await until(lambda: monitor.snapshot().monitor.status_message.problem)
        page = str((await scene.ask("health")).response.data)
    assert "Status message" in page and "failing" in page and "Send Messages" in page
    assert sum("status message not changed (setting status_channel)" in one.message for one in caplog.records) == 1
    await scene.call("ping")
    assert monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_a_bot_that_may_not_pin_shows_it_all_the_same(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """And says what it would need."""
    scene.discord.fail("PUT", "/channels/{channel_id}/messages/pins/{message_id}", 403, 50013, times=9)
    scene.discord.fail("PUT", "/channels/{channel_id}/pins/{message_id}", 403, 50013, times=9)
    with caplog.at_level(logging.INFO, "plugin"):
        sample, _ = await begin(scene)
        message = await shown(scene, times=2)
    await until(lambda: "needs Pin Messages" in caplog.text)
    assert not message.pinned and "needs Pin Messages" in caplog.text
    await sample.close()
