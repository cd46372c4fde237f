"""Rooms on demand under traffic: what the monitor says agrees with what happened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import plugin
from examples.demo.town import Town
from examples.demo.voices import Voices
from examples.localdiscord import LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor.bot_measures import measures_of
from plugin.own_measures import Distribution
from tests.e2e.conftest import Clock, until

if LIGHTBULB_LINE == 2:
    from examples.demo.bot2 import SampleBot
else:
    from examples.demo.bot3 import SampleBot

EXTENSION = f"examples.lightbulb{LIGHTBULB_LINE}_rooms"
MEETINGS = 24


class Scene:
    """The town with the demo's bot, which makes rooms and forgets some of them."""

    def __init__(self, town: Town, sample: Any) -> None:
        self.town, self.sample = town, sample
        self.voices = Voices(town, longest_pause_s=0.002)

    @property
    def monitor(self) -> Any:
        """That of the bot."""
        return plugin.monitor_of(self.sample.bot)

    def rooms(self) -> list[str]:
        """The rooms that there are, in all servers."""
        return [
            str(channel.id)
            for guild in self.town.guilds
            for channel in guild.channels
            if channel.parent is not None and channel is not self.town.lobby_of(guild)
        ]

    def measures(self) -> dict[tuple[str, ...], Any]:
        """What the bot's measures of voice say now."""
        self.monitor.own.systems()
        found = (reading for registry in measures_of(self.sample.bot) for reading in registry.read())
        return {(one.measure.name, *one.values): one.value for one in found if one.measure.system == "voice"}

    async def settled(self, removed: int) -> None:
        """Wait until the monitor, too, has seen so many rooms go, and that nobody is in voice."""
        await until(lambda: self.measures().get(("voice.channels_removed",), 0) == removed)
        await until(lambda: self.measures()["voice.members",] == 0)

    def left(self) -> set[str]:
        """The channels that are named as left behind."""
        return {channel.channel_id for channel in self.monitor.snapshot().voice.left}


@pytest.fixture
def forgets() -> int:
    """Of so many rooms the bot forgets one; 0: none."""
    return 9


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The monotonic clock of every monitor that is made from now on."""
    clock = Clock()
    monkeypatch.setattr("time.monotonic_ns", clock)
    return clock


@pytest.fixture
async def scene(
    discord: LocalDiscord, clock: Clock, forgets: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Scene]:
    """A bot that has started, with the extension and the monitor."""
    monkeypatch.setenv("ROOMS_FORGETS", str(forgets))
    monkeypatch.setenv("GOLEM_DATABASE", str(tmp_path / "golem.db"))
    monkeypatch.delitem(__import__("sys").modules, EXTENSION, raising=False)
    town = Town(discord)
    sample = SampleBot(discord.token, typed=False, rest_url=discord.rest_url, banner=None, logs=None)
    await sample.load("plugin", EXTENSION)
    await sample.start()
    yield Scene(town, sample)
    await sample.close()


async def test_the_numbers_agree_with_what_happened(scene: Scene) -> None:
    """Joins, moves, sessions, channels and time are those of the traffic, to the unit."""
    done = await scene.voices.run(MEETINGS)
    await scene.settled(removed=MEETINGS - MEETINGS // 9)
    found = scene.measures()
    sessions: Distribution = found["voice.sessions", "whole"]
    assert (done.joins, done.moves) == (found["voice.joins",], found["voice.moves",])
    assert (done.rooms, sessions.number) == (found["voice.channels_created",], done.leaves)
    assert ("voice.sessions", "part") not in found and done.joins == done.leaves
    time = sum(value for name, value in found.items() if name[0] == "voice.time")
    assert time == pytest.approx(sessions.sum, abs=1e-6)


async def test_the_rooms_that_the_bot_forgets_are_named(scene: Scene, clock: Clock) -> None:
    """Exactly the rooms that are still there, and no other, once they have been empty for long."""
    await scene.voices.run(MEETINGS)
    await scene.settled(removed=MEETINGS - MEETINGS // 9)
    assert len(scene.rooms()) == MEETINGS // 9 and scene.left() == set()
    clock.forward(1_000)
    assert scene.left() == {*scene.rooms()} and scene.measures()["voice.channels_left",] == MEETINGS // 9
    health = scene.monitor.health()
    named = {finding.subject.name for finding in health.findings if finding.rule == "voice_channel_left"}
    assert named == {*scene.rooms()} and health.reasons[0].startswith("2 voice channels left behind")


@pytest.mark.parametrize("forgets", [0])
async def test_a_bot_that_forgets_none_is_not_accused(scene: Scene, clock: Clock) -> None:
    """Where every room is removed, nothing is named, not even channels that are empty for a day."""
    await scene.voices.run(MEETINGS)
    await scene.settled(removed=MEETINGS)
    for _ in range(24):
        clock.forward(3_600)
        assert scene.left() == set()
    assert not [finding for finding in scene.monitor.health().findings if "voice" in finding.rule]


@pytest.mark.parametrize("forgets", [0])
async def test_rooms_of_before_a_restart_are_removed(scene: Scene) -> None:
    """A bot that starts again removes rooms that are empty, and goes on with those that are not."""
    host, guest = scene.town.members[0], scene.town.members[3]
    room, other = await scene.voices.open_room(host), await scene.voices.open_room(guest)
    await scene.sample.close()
    await scene.voices.leave(host)
    again = SampleBot(
        scene.town.discord.token, typed=False, rest_url=scene.town.discord.rest_url, banner=None, logs=None
    )
    await again.load(EXTENSION)
    await again.start()
    await until(lambda: scene.rooms() == [str(other.id)])
    await scene.voices.leave(guest)
    await until(lambda: not scene.rooms())
    assert room.id not in {channel.id for channel in host.guild.channels}
    await again.close()


async def test_no_id_of_a_user_is_kept(scene: Scene, tmp_path: Path) -> None:
    """The database holds neither the id nor the name of anybody who was in voice."""
    await scene.voices.run(MEETINGS)
    await until(lambda: scene.measures()["voice.members",] == 0)
    await scene.monitor.flush()
    await scene.sample.close()
    kept = _contents(tmp_path)
    users = {member.user for member in scene.town.members}
    assert kept and not [user for user in users if str(user.id).encode() in kept or user.username.encode() in kept]


def _contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("golem.db*"))
