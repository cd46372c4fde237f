"""Reports that a real bot sends by itself."""

from __future__ import annotations

import importlib.util
import time
from datetime import UTC, datetime
from typing import Any

import pytest

import plugin
from plugin.corridor.reports import building, reports
from plugin.history.store import open_store
from plugin.model import Writer
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run  # noqa: F401 # a fixture
from tests.history.builders import BUY, HOUR, batch, delta, failure
from tests.outlets.servers import mail_server

MESSAGES = "/channels/{channel_id}/messages"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr(reports, "EVERY_S", 0.02)
    monkeypatch.setattr(building, "SLACK_S", -600.0)


def an_hour_ago() -> str:
    """A time of day that was an hour ago, which is also so during the test."""
    return f"{datetime.fromtimestamp(time.time() - HOUR, UTC):%H:%M}"


async def kept_before(scene: Scene, hours: int = 60) -> None:
    """What an earlier process of this bot counted."""
    writer = Writer(int(scene.discord.application_id), "one", "before", "0.9", True)
    start = int(time.time()) // HOUR * HOUR - hours * HOUR
    async with await open_store("golem.db") as store:
        await store.fleet.register(writer, start)
        for at in range(start, start + hours * HOUR, HOUR):
            errors = (failure("KeyError", seen=at),)
            counted = batch(at, delta(BUY, 9, 1), errors=errors, memory_bytes=1e8, connected_share=1.0)
            await store.writing.write(writer, counted)
        await store.fleet.beat(writer, start + hours * HOUR)


async def begin(scene: Scene, **given: Any) -> tuple[Any, Any]:
    """A bot that has a report to send."""
    return await run(scene, daily_report=an_hour_ago(), alert_channel=int(scene.channel.id), **given)


async def test_a_daily_report_reaches_the_channel_once(scene: Scene) -> None:
    """With a picture; a restart sends no other one, and the bot's page says that it was taken."""
    await kept_before(scene)
    sample, monitor = await begin(scene, details="readers")
    await until(lambda: monitor.snapshot().monitor.reports[0].last_sent is not None)
    (message,) = scene.discord.messages(scene.channel)
    (embed,) = message.embeds
    assert ("Report, 24 h to" in embed["title"], message.mentions) == (True, [])
    assert "/shop buy" in embed["description"] and "KeyError" in embed["description"]
    assert embed["image"]["url"].endswith("report.png") and [one.filename for one in message.attachments] == [
        "report.png"
    ]
    assert "Reports" in str((await scene.ask("health")).response.data)
    await sample.close()
    sample, monitor = await begin(scene)
    await until(lambda: monitor._telling.reports._schedules and monitor._telling.reports._deliveries[0]._done)
    assert scene.discord.messages(scene.channel) == [message] and monitor.snapshot().monitor.faults == {}
    await sample.close()


async def test_a_channel_with_many_readers_gets_no_details(scene: Scene) -> None:
    """By default."""
    await kept_before(scene)
    sample, _ = await begin(scene)
    await until(lambda: scene.discord.messages(scene.channel))
    said = str(scene.discord.messages(scene.channel)[0].embeds)
    assert "error 1" in said and "KeyError" not in said and "shop.py" not in said
    await sample.close()


async def test_a_channel_that_refuses_is_on_the_page(scene: Scene) -> None:
    """With what the bot needs; the bot itself is not disturbed."""
    scene.discord.fail("POST", MESSAGES, 403, 50013, times=99)
    await kept_before(scene)
    sample, monitor = await begin(scene, details="readers")
    await until(lambda: monitor.snapshot().monitor.reports[0].problem)
    page = str((await scene.ask("health")).response.data)
    assert "Reports" in page and "failing" in page and "Send Messages" in page
    await scene.call("ping")
    assert monitor.snapshot().monitor.faults == {}
    await sample.close()


@pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")  # within aiosmtpd
async def test_a_report_is_mailed_with_its_picture(scene: Scene) -> None:
    """To the targets of alerts, by the same rule of what readers may see."""
    await kept_before(scene)
    async with mail_server() as mails:
        sample, monitor = await run(scene, daily_report=an_hour_ago(), alert_targets=[mails.url])
        await until(lambda: monitor.snapshot().monitor.reports[0].last_sent is not None)
        (mail,) = mails.mails
        page = mail.get_body(("html",)).get_content()
        assert "Report, 24 h to" in mail["subject"] and "cid:report.png" in page
        assert "error 1" in page and "KeyError" not in page and "shop.py" not in page
        assert [part["content-id"] for part in mail.walk() if part.get_content_type() == "image/png"] == [
            "<report.png>"
        ]
        assert monitor.snapshot().monitor.faults == {}
        await sample.close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"alert_channel": 0}, "there is no target for reports (settings alert_channel, alert_targets)"),
        ({"database": ""}, "reports need history (setting database)"),
        ({"timezone": "Europe/Atlantis"}, "this machine does not know the time zone (setting timezone)"),
        ({"missing": "cronsim"}, "reports need cronsim: pip install cronsim"),
    ],
    ids=["no target", "no history", "no zone", "no library"],
)
async def test_what_is_missing_is_named(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], why: str
) -> None:
    """The bot runs without reports, and says what to do."""
    if given.pop("missing", ""):
        real = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "cronsim" else real(name))
    plugin.configure(**{"weekly_report": "monday 08:00", "alert_channel": int(scene.channel.id), **given})
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    assert monitor.snapshot().monitor.switched_off["reports"].startswith(why)
    await scene.call("ping")
    await sample.close()


async def test_without_the_settings_nothing_is_sent(scene: Scene) -> None:
    """Nor looked at."""
    plugin.configure(alert_channel=int(scene.channel.id))
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    assert monitor._telling.reports is None and monitor.snapshot().monitor.reports == ()
    await sample.close()
