"""What people do with alerts: silences hold for what they are about, at all targets and on all instances of a fleet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.corridor.alerts import alerts, people
from plugin.corridor.alerts.alerts import MOST_NOTES
from plugin.history.alert_actions import TOLD_WITHIN_S
from plugin.history.store import open_store
from plugin.insight.alerts import RESOLVED_AFTER_S
from plugin.insight.incidents import MOST_MEMBERS, TOGETHER_S, incident_id
from plugin.model import Finding, SubjectKind
from plugin.model.alert_actions import ActionKind
from tests.test_alerting import BOT, MESSAGE, MESSAGES, Bot, Stage, staged

SILENCED, ACKNOWLEDGED, NOTE = ActionKind.SILENCED, ActionKind.ACKNOWLEDGED, ActionKind.NOTE
HOUR_S = 3600.0


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """History may take its time, on a busy machine too."""
    monkeypatch.setattr(alerts, "FOUND_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(people, "WRITTEN_WITHIN_S", PATIENCE_S)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel, and a database."""
    async with staged(tmp_path) as made:
        yield made


@pytest.fixture
async def fleet(stage: Stage, postgres_database: str) -> AsyncIterator[Stage]:
    """Two instances with one PostgreSQL."""
    async with await open_store(postgres_database) as store:
        stage.store = store
        yield stage


def shown(one: Stage, which: int = 0) -> dict[str, str]:
    """What people did, as a message shows it."""
    return {field["name"]: field["value"] for field in one.messages[which].embeds[0].get("fields", ())}


async def resolve(bot: Bot) -> None:
    """Let nothing stand any more until that is told."""
    await bot.look(after=60)
    await bot.look(after=RESOLVED_AFTER_S)


def error(one: Stage, name: str = "ValueError") -> Finding:
    """Something about the program, which began just now."""
    return one.begun(name, kind=SubjectKind.ERROR, everywhere=True)


async def test_what_is_silenced_says_nothing_new_when_it_comes_back(stage: Stage) -> None:
    """Also beyond its end and over a restart, until the time is over; the message that was sent is still changed."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.act(SILENCED, incident_id(slow, "one"), until=stage.now + HOUR_S)
    await bot.look(slow)
    assert shown(stage) == {"Silenced": f"by Ada until <t:{int(stage.now + HOUR_S)}:f>"}
    await resolve(bot)
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"]
    again = stage.bot()
    back = stage.begun()
    await again.look(back, after=60)
    assert len(stage.messages) == 1
    await again.look(back, after=HOUR_S)
    assert stage.titles[1:] == ["🔴 /shop buy slow_command"] and shown(stage, 1) == {}


async def test_a_silence_is_about_what_was_found_and_nothing_else(stage: Stage) -> None:
    """An incident that is about something else too is told."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.act(SILENCED, incident_id(slow, "one"), until=stage.now + 10 * HOUR_S)
    await resolve(bot)
    await bot.look(stage.begun(), after=3 * TOGETHER_S)
    assert len(stage.messages) == 1
    await bot.look(stage.begun(), stage.begun("/other"), after=60)
    assert len(stage.messages) == 2


async def test_what_found_no_room_is_not_silenced(stage: Stage) -> None:
    """Of more findings than an incident has room for, some may be about something else."""
    bot = stage.bot()
    many = [stage.begun(f"/{number}") for number in range(MOST_MEMBERS + 1)]
    await bot.look(*many)
    await bot.act(SILENCED, incident_id(many[0], "one"), until=stage.now + 10 * HOUR_S)
    await resolve(bot)
    stage.now += 3 * TOGETHER_S
    await bot.look(*(stage.begun(f"/{number}") for number in range(MOST_MEMBERS + 1)))
    assert len(stage.messages) == 2


async def test_a_silence_until_resolved_ends_with_the_incident(stage: Stage) -> None:
    """And so does what else people did with it."""
    bot, first = stage.bot(), error(stage)
    await bot.look(first)
    for kind in (SILENCED, ACKNOWLEDGED, NOTE):
        await bot.act(kind, incident_id(first, "one"))
    await resolve(bot)
    assert list(shown(stage)) == ["Acknowledged", "Silenced", "Note"]
    await bot.look(error(stage), after=60)
    assert stage.titles[1:] == ["🔴 ValueError slow_command"] and shown(stage, 1) == {}


@pytest.mark.parametrize("kind", [SubjectKind.COMMAND, SubjectKind.ERROR], ids=["of an instance", "of the program"])
async def test_a_target_that_is_not_told_any_more_keeps_no_silence(stage: Stage, kind: SubjectKind) -> None:
    """One that was removed from the settings, or whose password changed, never learns of the end of the incident."""
    bot, first = stage.bot(), stage.begun(kind=kind, everywhere=kind is SubjectKind.ERROR)
    await bot.look(first)
    incident = incident_id(first, "one")
    (kept,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    await stage.store.fleet.keep_alert(BOT, kept._replace(target="mailto:1234abcd"), 0.0)
    await bot.act(SILENCED, incident)
    await resolve(bot)
    await bot.look(stage.begun(kind=kind, everywhere=first.everywhere), after=2 * TOLD_WITHIN_S)
    assert stage.titles[1:] == ["🔴 /shop buy slow_command"]


async def test_a_silence_of_an_instance_that_is_gone_does_not_hold_for_others(fleet: Stage) -> None:
    """Nobody can resolve that incident any more."""
    one, slow = fleet.bot("one"), fleet.begun()
    await one.look(slow)
    await one.act(SILENCED, incident_id(slow, "one"))
    two, same = fleet.bot("two"), fleet.begun()
    await two.look(same)
    assert len(fleet.messages) == 1
    await two.look(same, after=2 * TOLD_WITHIN_S)
    assert len(fleet.messages) == 2 and shown(fleet, 1) == {}


async def test_a_silence_until_resolved_lasts_over_a_long_stop(stage: Stage) -> None:
    """The process after it goes on with the incident, and with what people did with it."""
    stage.reminder_s = HOUR_S
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.act(SILENCED, incident_id(slow, "one"))
    again = stage.bot()
    await again.look(slow, after=24 * HOUR_S)
    assert len(stage.messages) == 1 and list(shown(stage)) == ["Silenced"]


async def test_what_a_target_refused_before_a_silence_waits_for_its_end(stage: Stage) -> None:
    """It may have taken it all the same, but that is no reason to disturb people."""
    bot, slow = stage.bot(), stage.begun()
    stage.discord.fail("POST", MESSAGES, 503, times=1)
    await bot.look(slow)
    await bot.act(SILENCED, incident_id(slow, "one"), until=stage.now + HOUR_S)
    await bot.look(slow, after=HOUR_S / 2)
    assert stage.titles == []
    await bot.look(slow, after=HOUR_S / 2)
    assert stage.titles == ["🔴 /shop buy slow_command"]


async def test_a_silence_can_be_ended(stage: Stage) -> None:
    """What comes back is told again."""
    bot, first = stage.bot(), error(stage)
    await bot.look(first)
    await bot.act(SILENCED, incident_id(first, "one"), until=stage.now + HOUR_S)
    stage.now += 1
    assert (await bot.act(SILENCED, incident_id(first, "one"), until=stage.now)).silence is None
    await resolve(bot)
    await bot.look(error(stage), after=60)
    assert len(stage.messages) == 2


async def test_a_silence_of_one_instance_is_kept_by_the_other(fleet: Stage) -> None:
    """Whoever got the click; both show who did it, and neither tells what it is about again."""
    one, two = fleet.bot("one"), fleet.bot("two")
    slow, first = fleet.begun(), error(fleet)
    await one.look(slow)
    await two.look()
    done = await two.act(SILENCED, incident_id(slow, "one"), until=fleet.now + HOUR_S)
    assert done.silence is not None
    await two.look(slow, after=3 * TOGETHER_S)
    await one.look(slow)
    assert len(fleet.messages) == 1 and list(shown(fleet)) == ["Silenced"]
    await one.look(slow, first)
    await two.act(ACKNOWLEDGED, incident_id(first, "two"))
    await one.look(slow, first, after=30)
    assert list(shown(fleet, 1)) == ["Acknowledged"]


async def test_what_cannot_be_written_is_written_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away, or slow, is no reason to leave a click without an answer."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    assert bot.history is not None
    bot.history.away = True
    assert (await bot.act(ACKNOWLEDGED, incident_id(slow, "one"))).acknowledged is not None
    assert await stage.store.fleet.alert_actions(77, stage.now) == ()
    bot.history.away = False
    await bot.look(slow, after=30)
    assert [one.author for one in await stage.store.fleet.alert_actions(77, stage.now)] == ["Ada"]
    monkeypatch.setattr(people, "WRITTEN_WITHIN_S", 0.0)
    assert len((await bot.act(NOTE, incident_id(slow, "one"), text="seen")).notes) == 1


async def test_there_is_an_end_to_notes(stage: Stage) -> None:
    """The message shows the latest, within Discord's limits, whatever is in them."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    for number in range(MOST_NOTES + 1):
        stage.now += 1
        done = await bot.act(NOTE, incident_id(slow, "one"), text=f"{number}" + "*_`~|>🟢" * 25)
    assert len(done.notes) == MOST_NOTES
    await bot.look(slow)
    assert shown(stage)["Notes"].startswith("… and 7 earlier\n") and bot.alerting.state.problem == ""


async def test_an_incident_that_nobody_tells_is_over(stage: Stage) -> None:
    """Nothing is kept of a click on it."""
    assert await stage.bot().act(ACKNOWLEDGED, "3f2a1b9c") is None
    assert await stage.store.fleet.alert_actions(77, stage.now) == ()


async def test_a_click_on_what_is_resolved_does_not_bring_it_back(stage: Stage) -> None:
    """While its end is being told, too: the buttons of a message that still has them say that it is over."""
    bot, first = stage.bot(), error(stage)
    await bot.look(first)
    stage.discord.fail("PATCH", MESSAGE, 503, times=9)
    await resolve(bot)
    assert await bot.act(ACKNOWLEDGED, incident_id(first, "one")) is None
    assert await stage.bot("two").act(ACKNOWLEDGED, incident_id(first, "one")) is None


async def test_without_history_what_was_done_goes_with_the_incident(stage: Stage) -> None:
    """But a silence stays until its time is over."""
    bot, first = stage.bot(history=False), error(stage)
    await bot.look(first)
    await bot.act(ACKNOWLEDGED, incident_id(first, "one"))
    await bot.act(SILENCED, incident_id(first, "one"), until=stage.now + HOUR_S)
    await resolve(bot)
    await bot.look(error(stage), after=60)
    assert len(stage.messages) == 1
    await bot.look(error(stage), after=HOUR_S)
    assert len(stage.messages) == 2 and shown(stage, 1) == {}
