"""Who sees source places, error types and the database on a real bot, and who reads the numbers alone."""

from __future__ import annotations

from typing import Any

import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.pages import access
from tests.e2e.conftest import Scene, patient_discord
from tests.e2e.test_pages import NEXT, PREVIOUS, REFRESH, button, press, text

PLACE, ERROR = "bodies.py", "KeyError"
FOR_OWNERS = "The bot's owners also see source locations"
IN_PUBLIC = "Others can see this: source locations"

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="prefix commands are of Lightbulb 2")


async def failed_once(scene: Scene, counted: Any) -> Any:
    """A running bot of which one command has failed."""
    sample = await scene.run()
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await counted(sample, "boom")
    return sample


async def asked_by(scene: Scene, who: Any, **where: Any) -> str:
    """What somebody reads of the command that failed."""
    where = where or {"guild": scene.guild}
    call = await scene.discord.slash(who, "commandstats", options={"command": "/boom"}, **where)
    await call.answered()
    return text(call)


async def all_pages(call: Any) -> str:
    """Everything that the pages of a call say, from the first to the last."""
    shown = [str(call.message.embeds)]
    while NEXT in str(call.message.components) and not button(call.message, NEXT).get("disabled"):
        await press(call, NEXT)
        shown.append(str(call.message.embeds))
    return "".join(shown)


def tells(shown: str) -> bool:
    """Whether a page tells details; either all of them or none."""
    found = {PLACE in shown, ERROR in shown}
    assert len(found) == 1
    return found.pop()


async def test_an_administrator_reads_numbers_and_that_owners_see_more(scene: Scene, counted: Any) -> None:
    """The failure is counted for an administrator, without its type and place."""
    await failed_once(scene, counted)
    shown = await asked_by(scene, scene.admin)
    assert not tells(shown)
    assert "error 1" in shown and shown.count(FOR_OWNERS) == 1


async def test_an_owner_sees_details(scene: Scene, counted: Any) -> None:
    """An owner who is an administrator of the guild sees them there, and in a DM."""
    await failed_once(scene, counted)
    owner = scene.discord.owner
    for shown in (await asked_by(scene, owner), await asked_by(scene, scene.discord.owner, dm=True)):
        assert tells(shown) and FOR_OWNERS not in shown


async def test_a_member_of_the_team_sees_details(counted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody in the team that owns the bot is an owner, but who was only invited to it is none."""
    monkeypatch.setattr(access, "OWNERS_KNOWN_S", 0)
    async with patient_discord(team=["grace", "alan"]) as discord:
        scene = Scene(discord)
        sample = await failed_once(scene, counted)
        assert tells(await asked_by(scene, discord.team[1], dm=True))
        discord._world.invited.add(discord.team[1].id)
        call = await discord.slash(discord.team[1], "health", dm=True)
        await call.answered()
        assert call.response.data["content"] == access.OWNERS_ONLY
        await sample.close()


async def test_details_can_be_opened_to_all_readers(scene: Scene, counted: Any) -> None:
    """With `details = "readers"` whoever may read a page reads all of it."""
    plugin.configure(details="readers")
    await failed_once(scene, counted)
    shown = await asked_by(scene, scene.admin)
    assert tells(shown) and FOR_OWNERS not in shown
    assert (await scene.call("commandstats")).response.data["content"].startswith("Only administrators")


async def test_what_everybody_in_a_channel_sees_has_no_details(scene: Scene, counted: Any) -> None:
    """With ephemeral off an owner's page in a guild says why it has none."""
    plugin.configure(ephemeral=False)
    await failed_once(scene, counted)
    owner = scene.discord.owner
    shown = await asked_by(scene, owner)
    assert not tells(shown) and shown.count(IN_PUBLIC) == 1


@only_lightbulb2
@pytest.mark.parametrize("details", ["owners", "readers"])
async def test_a_prefix_answer_has_no_details_unless_opened(scene: Scene, counted: Any, details: str) -> None:
    """Everybody in the channel sees it, whoever asked."""
    plugin.configure(details=details)
    await failed_once(scene, counted)
    owner = scene.discord.owner
    await scene.discord.message(owner, scene.channel, "!commandstats boom")
    answer = await scene.discord.next_message(scene.channel)
    shown = answer.embeds[0]["description"]
    assert tells(shown) == (details == "readers")
    assert (IN_PUBLIC in shown) == (details == "owners")


async def test_health_names_neither_the_database_nor_the_host(
    scene: Scene, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where history is kept, under which name and of which release is for the owners."""
    monkeypatch.setenv("GOLEM_DATABASE", "secret-place.db")
    monkeypatch.setenv("GOLEM_INSTANCE", "secret-host")
    monkeypatch.setenv("GOLEM_RELEASE", "secret-release")
    sample = await failed_once(scene, counted)
    await plugin.monitor_of(sample.bot).flush()
    owner = scene.discord.owner
    for page, options in (("health", {}), ("health", {"scope": "fleet"}), ("performance", {"period": "1h"})):
        seen = []
        for who in (scene.admin, owner):
            call = await scene.discord.slash(who, page, guild=scene.guild, options=options)
            await call.answered()
            seen.append(await all_pages(call))
        assert "secret" not in seen[0]
        if page == "health":
            assert "secret" in seen[1]


@pytest.mark.parametrize("emoji", [NEXT, REFRESH], ids=["next", "refresh"])
async def test_a_click_shows_what_may_be_seen_now(
    scene: Scene, counted: Any, monkeypatch: pytest.MonkeyPatch, emoji: str
) -> None:
    """Who has ceased to own the bot loses the details with the next click, whatever button it is."""
    monkeypatch.setattr(access, "OWNERS_KNOWN_S", 0)
    sample = await failed_once(scene, counted)
    owner = scene.discord.owner
    call = await scene.discord.slash(owner, "commandstats", guild=scene.guild)
    await call.answered()
    for _ in range(2):
        await press(call, NEXT)
    assert tells(text(call))
    await press(call, PREVIOUS)
    scene.discord._world.owner = scene.member.user
    if emoji == REFRESH:
        await press(call, PREVIOUS)
        await press(call, NEXT)
    await press(call, emoji)
    await press(call, NEXT) if emoji == REFRESH else None
    assert "error 1" in text(call) and not tells(text(call))
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


async def test_a_page_that_fails_shows_no_more_than_may_be_seen_now(
    scene: Scene, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made for an owner is not turned to after that, where making it anew failed since."""
    monkeypatch.setattr(access, "OWNERS_KNOWN_S", 0)
    sample = await failed_once(scene, counted)
    call = await scene.discord.slash(scene.discord.owner, "commandstats", guild=scene.guild)
    await call.answered()
    for _ in range(2):
        await press(call, NEXT)
    assert tells(text(call))
    await press(call, PREVIOUS)
    scene.discord._world.owner = scene.member.user
    with monkeypatch.context() as broken:
        broken.setattr(plugin.monitor_of(sample.bot), "look", lambda _: 1 / 0)
        await press(call, REFRESH)
    await press(call, NEXT)
    assert "error 1" in text(call) and not tells(text(call))
