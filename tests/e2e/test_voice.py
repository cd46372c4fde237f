"""Voice of a real bot: its numbers are those of what happened."""

from __future__ import annotations

import time
from typing import Any

import hikari
import pytest

import plugin
from plugin.corridor.bot_measures import measures_of
from plugin.model import Finding, Severity, Subject, SubjectKind
from plugin.own_measures import Distribution
from tests.e2e.conftest import Clock, Scene, until


def measures(sample: Any) -> dict[tuple[str, ...], Any]:
    """What the bot's measures of voice say now; of histograms, the number of values and their sum."""
    monitor: Any = plugin.monitor_of(sample.bot)
    monitor._of.voice.prepare()
    found: dict[tuple[str, ...], Any] = {}
    for registry in measures_of(sample.bot):
        for measure, values, value in registry.read():
            if measure.system == "voice":
                told = (value.number, value.sum) if isinstance(value, Distribution) else value
                found[measure.name, *values] = told
    return found


def count(sample: Any, name: str, *values: str) -> float:
    """One measure as of now; 0 where it has no value."""
    return measures(sample).get((f"voice.{name}", *values), 0)


async def test_sessions_of_a_real_bot_are_counted(scene: Scene, clock: Clock) -> None:
    """Joins, moves and leaves of members reach the measures with the time they took."""
    sample = await scene.run()
    await scene.discord.connected()
    room, guild = scene.guild.voice_channel, scene.guild
    lounge = guild.add_channel("lounge", 2)
    await until(lambda: count(sample, "channels_created") == 1)
    await scene.discord.voice(scene.admin, room)
    await scene.discord.voice(scene.member, room)
    await until(lambda: count(sample, "members") == 2)
    clock.forward(100)
    await scene.discord.voice(scene.member, lounge)
    await until(lambda: count(sample, "moves") == 1)
    clock.forward(50)
    await scene.discord.voice(scene.member, None)
    await until(lambda: count(sample, "members") == 1)
    found = measures(sample)
    number, seconds = found["voice.sessions", "whole"]
    assert (number, found["voice.joins",]) == (1, 2) and seconds == pytest.approx(150, abs=10)
    assert found["voice.time", "together"] == pytest.approx(200, abs=10)
    assert found["voice.time", "alone"] == pytest.approx(100, abs=10)


async def test_members_who_are_there_before_the_bot_count_from_its_start(scene: Scene) -> None:
    """Who is in voice when the bot connects is a member in voice, and did not join."""
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    sample = await scene.run()
    await until(lambda: count(sample, "members") == 1)
    assert count(sample, "joins") == 0


async def test_a_monitor_that_is_loaded_late_knows_who_is_there(scene: Scene) -> None:
    """Loaded while the bot runs, it knows from hikari's cache who is in voice, and follows them from then on."""
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    sample = scene.make()
    await sample.start()
    await until(lambda: sample.bot.cache.get_voice_state(scene.guild.id, scene.member.id))
    await sample.load()
    await until(lambda: count(sample, "members") == 1)
    await scene.discord.voice(scene.member, None)
    await until(lambda: measures(sample).get(("voice.sessions", "part"), (0,))[0] == 1)


async def test_an_unload_closes_every_session_and_a_load_opens_them(scene: Scene) -> None:
    """After an unload and another load, the session before counts as ended, and the measures go on."""
    sample = await scene.run()
    await scene.discord.connected()
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    await until(lambda: count(sample, "members") == 1)
    await sample.unload()
    await sample.load()
    await until(lambda: count(sample, "members") == 1)
    await scene.discord.voice(scene.member, None)
    await until(lambda: measures(sample).get(("voice.sessions", "part"), (0,))[0] == 2)
    assert count(sample, "joins") == 1


@pytest.mark.parametrize("missing", [hikari.Intents.GUILD_VOICE_STATES, hikari.Intents.GUILDS])
async def test_without_the_intents_voice_is_unknown(scene: Scene, missing: hikari.Intents) -> None:
    """A bot that does not ask for what tells of voice has no measure of it, not one of zero."""
    sample = await scene.run(intents=hikari.Intents.ALL_UNPRIVILEGED & ~missing)
    await scene.discord.connected()
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    scene.guild.add_channel("lounge", 2)
    await scene.call("ping")
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None and monitor.snapshot().voice is None
    assert measures(sample) == {}


async def test_switched_off_it_measures_nothing(scene: Scene) -> None:
    """With `voice_watch=False` there is no measure of voice."""
    plugin.configure(voice_watch=False)
    sample = await scene.run()
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    await scene.call("ping")
    assert measures(sample) == {}


async def test_a_measure_of_the_bot_by_the_same_name_switches_it_off(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the bot has a `voice.joins` of its own, voice is not measured, and the log says why; the bot's stays."""
    sample = await scene.run()
    plugin.counter("voice.joins", unit="s", bot=sample.bot).add()
    await scene.discord.connected()
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    await until(lambda: measures(sample) and "the monitor runs without voice" in caplog.text)
    assert "counter voice.joins (unit s) is already declared" in caplog.text
    assert measures(sample)["voice.joins",] == 1


async def test_a_gateway_that_sends_nonsense_is_counted_not_raised(scene: Scene) -> None:
    """Malformed voice events are dropped with their number, and well-formed ones count as before."""
    sample = await scene.run()
    await scene.discord.connected()
    guild = str(scene.guild.id)
    hostile: list[dict[str, Any]] = [{}, {"user_id": 5}, {"user_id": {}, "channel_id": "1", "guild_id": guild}]
    for payload in hostile:
        scene.discord.emit("VOICE_STATE_UPDATE", payload)
    await scene.discord.voice(scene.member, scene.guild.voice_channel)
    await until(lambda: count(sample, "members") == 1)
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None
    state = monitor.snapshot().monitor
    assert state.dropped["malformed voice events"] == 3 and not state.faults


def left(sample: Any) -> set[str]:
    """The channels that are named as left behind, once the marks are taken."""
    monitor: Any = plugin.monitor_of(sample.bot)
    monitor._of.voice.prepare()
    return {channel.channel_id for channel in monitor.snapshot().voice.left}


async def test_a_mark_from_before_the_start_counts_once_its_guild_is_known(scene: Scene, clock: Clock) -> None:
    """The first sample may come before the gateway tells of guilds; marks of before it count all the same."""
    sample, room = scene.make(), str(scene.guild.voice_channel.id)
    await sample.load()
    plugin.VoiceMeter(bot=sample.bot).temporary(int(room))
    assert left(sample) == set()
    await sample.start()
    await until(lambda: sample.bot.cache.get_guild_channel(int(room)))
    assert left(sample) == set()
    clock.forward(601)
    assert left(sample) == {room}


async def test_a_restart_goes_on_with_a_channel_that_was_left_behind(scene: Scene) -> None:
    """A channel that stood when the process before ended stands again as soon as its guild is known."""
    sample, room, since = scene.make(), str(scene.guild.voice_channel.id), time.time() - 7_200
    await sample.load()
    subject = Subject(SubjectKind.CHANNEL, room)
    monitor: Any = plugin.monitor_of(sample.bot)
    monitor._of.voice.go_on([Finding("voice_channel_left", subject, Severity.WARNING, "", since)])
    await sample.start()
    await until(lambda: left(sample) == {room})
    (channel,) = monitor.snapshot().voice.left
    assert channel.empty_since == pytest.approx(since, abs=10)
