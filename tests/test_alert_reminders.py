"""Reminders of alerts: one each, never two, whatever happens around it, and none where somebody has seen the alert."""

from __future__ import annotations

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.corridor.alerts.history import STALE_S
from plugin.insight.incidents import incident_id
from plugin.model import AlertKept, SubjectKind
from plugin.model.alert_actions import ActionKind
from tests.insight.test_incidents import finding
from tests.test_alerting import BOT, MESSAGES, Bot, Stage, staged

ROOT = Path(__file__).parents[1]
AFTER_S = 3600.0
REMINDER = "Still firing: 🔴 /shop buy slow_command"
ALERT = "🔴 /shop buy slow_command"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel, and a database, and bots that remind people after an hour."""
    async with staged(tmp_path) as made:
        made.reminder_s = AFTER_S
        yield made


async def kept(stage: Stage) -> AlertKept:
    """What is kept of the one alert."""
    (found,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    return found


async def test_an_alert_that_nobody_acknowledges_is_told_once_more(stage: Stage) -> None:
    """In a reply to its message, which has no buttons and mentions nobody; over restarts, too."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=AFTER_S - 1)
    assert stage.titles == [ALERT]
    await stage.bot().look(slow, after=1)
    for _ in range(3):
        await stage.bot().look(slow, after=AFTER_S)
    assert stage.titles == [ALERT, REMINDER]
    first, reply = stage.messages
    assert reply.reference is not None and reply.reference["message_id"] == str(first.id)
    assert "Nobody has acknowledged it." in reply.embeds[0]["description"] and reply.components == []
    assert reply.embeds[0]["footer"]["text"].startswith("reminder of incident ")


@pytest.mark.parametrize("kind", [ActionKind.ACKNOWLEDGED, ActionKind.SILENCED])
async def test_what_is_acknowledged_or_silenced_needs_no_reminder(stage: Stage, kind: ActionKind) -> None:
    """However long it goes on."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.act(kind, incident_id(slow, "one"))
    await bot.look(slow, after=2 * AFTER_S)
    assert stage.titles == [ALERT]


async def test_what_is_over_for_now_needs_no_reminder(stage: Stage) -> None:
    """Until it is back."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=AFTER_S - 60)
    await bot.look(after=60)
    assert stage.titles == [ALERT]
    await bot.look(slow, after=60)
    assert stage.titles == [ALERT, REMINDER]


async def test_a_silence_that_runs_out_tells_what_still_stands(stage: Stage) -> None:
    """Each time, also where no reminders are wanted; and then there is no other."""
    stage.reminder_s = 0.0
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    for number in (1, 2):
        await bot.act(ActionKind.SILENCED, incident_id(slow, "one"), until=stage.now + 600)
        await bot.look(slow, after=599)
        assert len(stage.messages) == number
        for _ in range(2):
            await stage.bot().look(slow, after=30)
        assert stage.titles[number:] == [REMINDER]
    assert "The silence is over." in stage.messages[-1].embeds[0]["description"]
    await bot.act(ActionKind.SILENCED, incident_id(slow, "one"), until=stage.now)
    await bot.look(slow, after=AFTER_S)
    assert len(stage.messages) == 3


async def test_what_was_not_told_before_its_silence_is_told_once_after_it(stage: Stage) -> None:
    """The message is the reminder, such as at a target that was down when the incident began."""
    bot, slow = stage.bot(), stage.begun()
    stage.discord.fail("POST", MESSAGES, 503, times=1)
    await bot.look(slow)
    await bot.act(ActionKind.SILENCED, incident_id(slow, "one"), until=stage.now + 600)
    await bot.look(slow, after=300)
    await bot.look(slow, after=300)
    await bot.look(slow, after=60)
    await stage.bot().look(slow, after=60)
    assert stage.titles == [ALERT]


async def test_a_clock_that_is_set_back_does_not_delay_it(stage: Stage) -> None:
    """However far."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=-30 * AFTER_S)
    await bot.look(slow, after=AFTER_S)
    assert stage.titles == [ALERT, REMINDER]


async def test_a_crash_before_the_reminder_is_sent_does_not_lose_it(stage: Stage) -> None:
    """What was written first is sent by the next process."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    stage.discord.fail("POST", MESSAGES, 500)
    await bot.look(slow, after=AFTER_S)
    assert (await kept(stage)).reminder == "?time" and stage.titles == [ALERT]
    for _ in range(2):
        await stage.bot().look(slow, after=60)
    assert stage.titles == [ALERT, REMINDER] and (await kept(stage)).reminder == "time"


async def test_a_crash_after_the_reminder_was_sent_does_not_repeat_it(stage: Stage) -> None:
    """The next process looks for it first."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=AFTER_S)
    stage.messages[-1].timestamp = datetime.fromtimestamp(stage.now, UTC).isoformat()
    await stage.store.fleet.keep_alert(BOT, (await kept(stage))._replace(reminder="?time"), 0.0)
    await stage.bot().look(slow, after=60)
    assert stage.titles == [ALERT, REMINDER] and (await kept(stage)).reminder == "time"


async def test_a_target_without_edits_is_reminded_by_one_more_message(stage: Stage) -> None:
    """Where nothing can be found, a crash around it rather costs the reminder than repeats it."""
    bot, slow = stage.bot(), stage.begun()
    bot.alerting._target.edits = False
    await bot.look(slow)
    await bot.look(slow, after=AFTER_S)
    await bot.look(slow, after=AFTER_S)
    assert stage.titles == [ALERT, REMINDER]
    await stage.store.fleet.keep_alert(BOT, (await kept(stage))._replace(reminder="?time"), 0.0)
    again = stage.bot()
    again.alerting._target.edits = False
    await again.look(slow, after=60)
    assert stage.titles == [ALERT, REMINDER] and (await kept(stage)).reminder == "time"


async def test_a_refusal_is_tried_again(stage: Stage) -> None:
    """Also by the same process, and at a target where nothing can be found."""
    bot, slow = stage.bot(), stage.begun()
    bot.alerting._target.edits = False
    await bot.look(slow)
    stage.discord.fail("POST", MESSAGES, 503)
    await bot.look(slow, after=AFTER_S)
    assert stage.titles == [ALERT]
    await bot.look(slow, after=60)
    assert stage.titles == [ALERT, REMINDER]


async def test_a_message_that_somebody_deleted_has_no_reminder(stage: Stage) -> None:
    """Whoever deletes it has seen it."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await stage.rest.delete_message(int(stage.channel.id), stage.messages[0].id)
    await bot.look(slow, after=AFTER_S)
    await bot.look(slow, after=60)
    assert stage.messages == [] and bot.alerting.state.problem == ""


async def test_whoever_goes_on_for_an_instance_that_is_gone_reminds_people(stage: Stage) -> None:
    """Counted from the message, not from the takeover; and not again, if it was done."""
    one, two = stage.bot("one"), stage.bot("two")
    error = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    await one.look(error)
    await two.look(error, after=15)
    await two.look(error, after=AFTER_S)
    assert len(stage.messages) == 2
    third: Bot = stage.bot("three")
    await third.look(error, after=STALE_S + 60)
    assert len(stage.messages) == 2


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_process_that_is_killed_around_the_reminder_leaves_one(stage: Stage, when: str, tmp_path: Path) -> None:
    """The next one sends it, or finds it."""
    told = (stage.discord.rest_url, stage.discord.token, str(tmp_path / "golem.db"), str(stage.channel.id))
    began = stage.now - AFTER_S  # so that the message is as old as Discord says
    words = [sys.executable, "-m", "tests.alerting_child", *told, str(began), when]
    child = await create_subprocess_exec(*words, cwd=ROOT, stdout=PIPE)
    assert child.stdout is not None and await child.stdout.readline() == b"here\n"
    child.kill()
    await child.communicate()
    assert len(stage.messages) == (2 if when == "after" else 1)
    for _ in range(2):
        await stage.bot().look(finding("/shop buy", since=began), after=60)
    assert stage.titles == [ALERT, REMINDER] and (await kept(stage)).reminder == "time"
