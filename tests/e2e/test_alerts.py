"""Alerts of a real bot: a channel is told once, a restart goes on, and the end is told in the same message."""

from __future__ import annotations

import socket
from typing import Any

import pytest

import plugin
from plugin.corridor.alerts import alerts as looking
from plugin.corridor.alerts import pictures
from plugin.insight import alerts
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run  # noqa: F401 # a fixture
from tests.e2e.test_pictures import picture


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr(looking, "EVERY_S", 0.02)
    monkeypatch.setattr(alerts, "RESOLVED_AFTER_S", 0.0)


async def begin(scene: Scene, threshold_mb: float, **given: Any) -> tuple[Any, Any]:
    """A bot that tells the channel, and has judged its first sample."""
    sample, monitor = await run(
        scene,
        memory_threshold_mb=threshold_mb,
        cpu_threshold_percent=6400,  # a test takes all that it can get
        alert_channel=int(scene.channel.id),
        alert_after_s=0,
        **{"alert_grace_s": 0, **given},
    )
    await monitor.tick()
    return sample, monitor


async def test_memory_over_its_limit_is_one_message_over_a_restart(scene: Scene) -> None:
    """It names limit and setting, no host, and the bot's page says that it was taken; then it is resolved."""
    sample, monitor = await begin(scene, 1)
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    (embed,) = message.embeds
    assert embed["title"].startswith("🔴 memory") and "memory\\_threshold\\_mb" in embed["title"]
    assert embed["description"].startswith("Since <t:") and embed["footer"]["text"].endswith(" · one")
    await until(lambda: monitor.snapshot().monitor.alerting[0].last_sent is not None)
    page = str((await scene.ask("health")).response.data)
    assert "Alerts" in page and "1 firing" in page
    await sample.close()
    sample, monitor = await begin(scene, 100_000)
    await until(lambda: "Resolved" in message.embeds[0]["title"])
    assert [*scene.discord.messages(scene.channel)] == [message] and monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_settings_say_who_is_mentioned_and_when_nobody_is_disturbed(scene: Scene) -> None:
    """A role of the guild; what is found right after the start waits for another check, as it does by default."""
    role = scene.guild.add_role("on call", 0)
    sample, monitor = await begin(scene, 1, alert_mentions=[f"role:{role.id}"])
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    assert message.mention_roles == [str(role.id)]
    await sample.close()
    _, monitor = await begin(scene, 1, alert_grace_s=120, database="other.db")
    await until(lambda: monitor.alerts._targets[0]._book._unsettled)
    assert monitor.alerts.states[0].firing == 0 and len(scene.discord.messages(scene.channel)) == 1


async def test_an_alert_shows_what_was_measured_and_at_its_end_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chart is attached, which the embed shows; it is another one when the alert is resolved."""
    monkeypatch.setattr(pictures, "LONGEST_S", 30.0)  # a busy machine takes longer
    sample, monitor = await begin(scene, 100_000)
    await monitor.tick()
    await sample.close()
    sample, monitor = await begin(scene, 1)
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    first = picture(message)
    assert first.size == (1200, 400) and monitor.snapshot().monitor.faults == {}
    await sample.close()
    sample, monitor = await begin(scene, 100_000)
    await until(lambda: "Resolved" in message.embeds[0]["title"])
    assert picture(message).tobytes() != first.tobytes() and monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_the_name_of_the_host_is_not_told(scene: Scene) -> None:
    """A channel may have many readers; and a bot that has stopped knows of nothing that stands."""
    sample, monitor = await begin(scene, 1, instance="")
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    assert socket.gethostname() not in str(message.embeds)
    await sample.close()
    assert monitor._sampler.standing is None


async def test_a_channel_that_refuses_is_on_the_page(scene: Scene) -> None:
    """With what the bot needs; the bot itself is not disturbed."""
    scene.discord.fail("POST", "/channels/{channel_id}/messages", 403, 50013, times=9)
    _, monitor = await begin(scene, 1, details="readers")
    await until(lambda: monitor.snapshot().monitor.alerting[0].problem)
    page = str((await scene.ask("health")).response.data)
    assert "failing" in page and "Send Messages" in page
    assert not scene.discord.messages(scene.channel)
    await scene.call("ping")
    assert monitor.snapshot().monitor.faults == {}


async def test_without_a_target_there_are_no_alerts(scene: Scene) -> None:
    """And no page says anything of alerts that go nowhere."""
    plugin.configure(memory_threshold_mb=1)
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    assert monitor.snapshot().monitor.alerting == ()
    assert "last sent" not in str((await scene.ask("health")).response.data)
