"""Alerts of a real bot by mail: one when memory is over its limit, one when that is over; and the test of them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor.alerts import alerts as looking
from plugin.corridor.alerts import pictures
from plugin.insight import alerts
from plugin.outlets import apprise_sender
from plugin.outlets.apprise_target import name_of
from plugin.pages.access import ADMINISTRATORS_ONLY, TESTS_FOR_OWNERS
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run  # noqa: F401 # a fixture
from tests.outlets.servers import PASSWORD, MailServer, mail_server, senders, web_server

pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")  # within aiosmtpd


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for, except a machine that is busy."""
    monkeypatch.setattr(looking, "EVERY_S", 0.02)
    monkeypatch.setattr(alerts, "RESOLVED_AFTER_S", 0.0)
    monkeypatch.setattr(apprise_sender, "TIMEOUT_S", 120.0)


@pytest.fixture
async def mails() -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mail_server() as server:
        yield server


async def begin(scene: Scene, mails: MailServer, threshold_mb: float, **given: Any) -> tuple[Any, Any]:
    """A bot that sends mails, and has judged its first sample."""
    urls = (mails.url, *given.pop("more", ()))
    quiet = {
        "cpu_threshold_percent": 6400,
        "alert_after_s": 0,
        "alert_grace_s": 0,
    }  # a test takes all CPU that it can get
    sample, monitor = await run(scene, memory_threshold_mb=threshold_mb, alert_targets=urls, **quiet, **given)
    await monitor.tick()
    return sample, monitor


async def answered(call: Any) -> str:
    """What a test says once every target has answered."""
    await call.answered()
    await until(lambda: "Sending" not in str(call.message.embeds))
    return str(call.message.embeds)


async def test_memory_over_its_limit_is_two_mails_over_a_restart(
    scene: Scene, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """One with what is wrong and since when; one when it is over. Nothing tells the password."""
    sample, monitor = await begin(scene, mails, 1, timezone="Europe/Berlin")
    await until(lambda: mails.mails)
    (mail,) = mails.mails
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert mail["subject"].startswith("🔴 memory") and mail["subject"].endswith("· one")
    assert text is not None and html is not None and "memory_threshold_mb" in html.get_content()
    assert " CET" in text.get_content() or " CEST" in text.get_content()
    await until(lambda: monitor.snapshot().monitor.alerting[0].last_sent is not None)
    page = str((await scene.ask("health")).response.data)
    assert "Alerts" in page and "1 firing" in page and PASSWORD not in page
    await sample.close()
    sample, monitor = await begin(scene, mails, 100_000)
    await until(lambda: len(mails.mails) == 2)
    assert mails.mails[1]["subject"].startswith("🟢 Resolved: memory")
    await sample.close()
    assert len(mails.mails) == 2 and monitor.snapshot().monitor.faults == {}
    assert PASSWORD not in caplog.text


async def test_a_mail_arrives_with_its_chart(scene: Scene, mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured before the alert, inside the mail."""
    monkeypatch.setattr(pictures, "LONGEST_S", 60.0)  # a busy machine takes longer
    sample, monitor = await begin(scene, mails, 100_000)
    await monitor.tick()
    await sample.close()
    sample, monitor = await begin(scene, mails, 1)
    await until(lambda: mails.mails)
    (mail,) = mails.mails
    (chart,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert Image.open(io.BytesIO(chart.get_payload(decode=True))).size == (1200, 400)
    assert chart.get_content_disposition() == "inline" and monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_a_bot_that_stops_ends_what_sends(scene: Scene) -> None:
    """And the next start sends what was cut off."""
    async with web_server() as posts:
        posts.held = asyncio.Event()
        settings = {"alert_targets": [posts.url], "memory_threshold_mb": 1, "alert_after_s": 0, "alert_grace_s": 0}
        sample, monitor = await run(scene, cpu_threshold_percent=6400, **settings)
        await monitor.tick()
        await posts.asked.wait()
        assert len(senders()) == 1
        await sample.close()
        await until(lambda: not senders())
        assert posts.posted == []
        posts.held.set()
        _, monitor = await run(scene, cpu_threshold_percent=6400, **settings)
        await monitor.tick()
        await until(lambda: posts.posted)
        assert len(posts.posted) == 1 and posts.posted[0]["title"].startswith("🔴 memory")


async def test_each_target_says_whether_it_took_a_test(scene: Scene, mails: MailServer) -> None:
    """The channel, too; those who may not know why learn only that. A test is sent once a minute at most."""
    down = f"json://bot:{PASSWORD}@127.0.0.1:1/"
    channel = int(scene.channel.id)
    await begin(scene, mails, 100_000, more=[down], alert_channel=channel, details="readers")
    said = await answered(await scene.ask("health", test="alerts"))
    assert f"`discord:{channel}`: taken" in said and f"`{name_of(mails.url)}`: taken" in said
    assert f"`{name_of(down)}`: the connection was refused" in said and PASSWORD not in said
    (message,) = scene.discord.messages(scene.channel)
    assert message.embeds[0]["title"].startswith("🟢 Test alert")
    assert [mail["subject"] for mail in mails.mails] == ["🟢 Test alert · one"]
    assert "A test alert was just sent. Try again in" in str((await scene.ask("health", test="alerts")).response.data)
    page = str((await scene.ask("health")).response.data)
    assert name_of(down) in page and "connection" in page and name_of(mails.url) in page


async def test_only_owners_may_test_where_details_are_theirs(scene: Scene, mails: MailServer) -> None:
    """Administrators of a server read pages, and cannot make the bot send mails."""
    await begin(scene, mails, 100_000)
    assert TESTS_FOR_OWNERS in str((await scene.ask("health", test="alerts")).response.data)
    call = await scene.discord.slash(scene.member, "health", guild=scene.guild, test="alerts")
    await call.answered()
    assert ADMINISTRATORS_ONLY in str(call.response.data)
    owner = scene.guild.members[scene.discord.owner.id]
    said = await answered(await scene.discord.slash(owner, "health", guild=scene.guild, test="alerts"))
    assert "taken" in said and len(mails.mails) == 1


async def test_without_targets_a_test_names_the_settings(scene: Scene) -> None:
    """Instead of an empty list."""
    await run(scene, details="readers")
    assert "alert_targets" in str((await scene.ask("health", test="alerts")).response.data)


@pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="Lightbulb 3 has no prefix commands")
async def test_a_word_tests_alerts(scene: Scene, mails: MailServer) -> None:
    """Behind the prefix command, too; everybody sees the answer, so it does not say where alerts go."""
    await begin(scene, mails, 100_000)
    owner = scene.guild.members[scene.discord.owner.id]
    await scene.discord.message(owner, scene.channel, "!health test")
    answer = await scene.discord.next_message(scene.channel)
    await until(lambda: "Sending" not in str(answer.embeds))
    said = str(answer.embeds)
    assert "`alert_targets 1`: taken" in said and name_of(mails.url) not in said
