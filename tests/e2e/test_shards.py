"""Shards that come and go, hear nothing, or have few identifies left, on a real bot."""

from __future__ import annotations

from typing import Any

import hikari
import pytest
from hikari.impl import rest
from hikari.impl import shard as hikari_shard

import plugin
from plugin.corridor import instruments, snapshots
from plugin.model import ConnectionSnapshot, ShardSnapshot
from tests.e2e.conftest import Scene, patient_discord, until
from tests.e2e.test_schedule import Clock

AT_ONCE = 0.0


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hikari reconnect without waiting."""
    monkeypatch.setattr(hikari_shard.rate_limits.ExponentialBackOff, "__next__", lambda _: AT_ONCE)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every monitor that is loaded from now on."""
    clock = Clock()
    clock.advance(-int(clock.time()) % 3600)  # to the begin of an hour
    for module in (instruments, snapshots):
        monkeypatch.setattr(module, "time", clock)
    return clock


def connection(sample: Any) -> ConnectionSnapshot:
    """What is known of Discord's side."""
    return plugin.monitor_of(sample.bot).snapshot().connection


def shard(sample: Any, id: int = 0) -> ShardSnapshot:
    """What is known of one shard."""
    return connection(sample).shards[id]


def returns(sample: Any) -> int:
    """How often the shard came back."""
    return shard(sample).resumes + shard(sample).new_sessions


async def back(sample: Any, times: int) -> None:
    """Wait until the shard came back so often, and is connected."""
    await until(lambda: returns(sample) == times and shard(sample).connected)


async def test_the_first_connection_is_no_return(scene: Scene) -> None:
    """A bot that just started has lost nothing, and has heard something a moment ago."""
    sample = await scene.run()
    found = shard(sample)
    assert (found.disconnects, found.resumes, found.new_sessions, found.close_codes) == (0, 0, 0, ())
    assert 0 <= found.silence_s < 60


async def test_a_gateway_that_flaps_is_counted_exactly(scene: Scene) -> None:
    """Losses, resumes and new sessions are told apart, and each close code is counted; others leave none."""
    sample = await scene.run()
    for times in range(3):
        await scene.discord.close_shard(0, 4000)
        await back(sample, times + 1)
    scene.discord.reconnect_shard(0)
    await back(sample, 4)
    await scene.discord.close_shard(0, 4009, "Session timed out")
    await back(sample, 5)
    scene.discord.invalidate_shard(0)
    await back(sample, 6)
    found = shard(sample)
    assert (found.disconnects, found.resumes, found.new_sessions) == (6, 5, 1)
    assert dict(found.close_codes) == {4000: 3, 4009: 1}
    assert scene.discord.shards[0].resumed == 5


async def test_the_bots_own_end_is_no_loss(scene: Scene) -> None:
    """A bot that stops disconnects its shards, which is nothing to tell."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    shards = monitor._of.gateway.shards
    await sample.close()
    assert shards._record_of(0).tallies == [0, 0, 0]


async def test_a_latency_of_before_is_not_shown(scene: Scene) -> None:
    """After a disconnect the latency is unknown, until a heartbeat of the new connection is answered."""
    sample = await scene.run()
    await until(lambda: shard(sample).latency_s is not None)
    scene.discord.acknowledge_heartbeats(False)
    await scene.discord.close_shard(0)
    await back(sample, 1)
    assert sample.bot.shards[0].heartbeat_latency > 0
    assert shard(sample).latency_s is None
    scene.discord.acknowledge_heartbeats()
    await scene.discord.close_shard(0)
    await back(sample, 2)
    await until(lambda: shard(sample).latency_s is not None)


async def test_silence_is_measured(scene: Scene, clock: Clock) -> None:
    """How long nothing came, and how long that lasted at most before, at this hour of the day."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    monitor.snapshot()
    for minutes in (2, 1):
        for _ in range(minutes):
            clock.advance(60)
            monitor.snapshot()
        await scene.call("ping")
        clock.advance(60)
        monitor.snapshot()
    clock.advance(600)
    found = shard(sample)
    assert found.silence_s == pytest.approx(660, abs=30)
    assert found.longest_silence_s == pytest.approx(120, abs=30)


async def test_a_deaf_shard_is_named(scene: Scene, clock: Clock) -> None:
    """A shard that heard much and now hears nothing, though it is connected, is in `/health` and `/performance`."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    for _ in range(210):  # until half past
        clock.advance(60)
        scene.discord.emit("TYPING_START", {})
        await until(lambda: shard(sample).silence_s < 30)
    reason = "shard 0 is connected but received nothing for 22 min"
    for _ in range(22):
        assert not monitor.health().deaf or shard(sample).silence_s > 899
        clock.advance(60)
    assert reason in monitor.health().reasons
    assert monitor.health().deaf == {0}
    await scene.call("ping")  # and with it something is heard again
    assert reason not in monitor.health().reasons


async def test_time_without_a_connection_is_no_silence(scene: Scene, clock: Clock) -> None:
    """While a shard is away there is nothing to hear, so the longest silence stays as it was."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    scene.discord.refuse_connections()
    await scene.discord.close_shard(0)
    await until(lambda: shard(sample).disconnects)
    clock.advance(3600)
    monitor.snapshot()
    scene.discord.refuse_connections(False)
    await back(sample, 1)
    await scene.call("ping")
    assert shard(sample).longest_silence_s < 60


async def test_a_look_before_hikari_says_that_a_shard_is_back(scene: Scene, clock: Clock) -> None:
    """Its first event after an hour away ends no silence either, though it comes before the shard counts as back."""
    sample = scene.make()

    async def look(_: hikari.ShardResumedEvent) -> None:
        assert not shard(sample).resumes

    sample.bot.event_manager.subscribe(hikari.ShardResumedEvent, look)
    await sample.load()
    await sample.start()
    await scene.call("ping")
    scene.discord.refuse_connections()
    await scene.discord.close_shard(0)
    await until(lambda: shard(sample).disconnects)
    clock.advance(3600)
    shard(sample)
    scene.discord.refuse_connections(False)
    await back(sample, 1)
    assert shard(sample).longest_silence_s < 60


async def test_identifies_left_are_known(scene: Scene, clock: Clock) -> None:
    """What Discord said at the start, less each session begun since; a day later there are all of them again."""
    scene.discord.limit_session_starts(5, total=1_000, reset_after_s=3_600)
    sample = await scene.run()
    await until(lambda: connection(sample).identifies_left == 4)
    scene.discord.invalidate_shard(0)
    await back(sample, 1)
    assert (connection(sample).identifies_left, connection(sample).identifies_total) == (3, 1_000)
    clock.advance(3_600)
    assert connection(sample).identifies_left == 1_000


async def test_what_was_not_asked_is_unknown(scene: Scene) -> None:
    """Loaded after the start, the monitor has not seen how many identifies there were, and does not ask."""
    sample = scene.make()
    await sample.start()
    asked = sum(request.route == "/gateway/bot" for request in scene.discord.requests)
    await sample.load()
    assert (connection(sample).identifies_left, connection(sample).identifies_total) == (None, None)
    assert sum(request.route == "/gateway/bot" for request in scene.discord.requests) == asked
    await scene.discord.close_shard(0, 4000)
    await back(sample, 1)
    assert dict(shard(sample).close_codes) == {4000: 1}


async def test_unloading_leaves_the_connections_alone(scene: Scene) -> None:
    """The transport of a live connection, the client and the event manager have hikari's own classes again."""
    sample = scene.make()
    await sample.start()
    transport = sample.bot.shards[0]._ws
    own = type(transport)
    await sample.load()
    assert type(transport).__base__ is own
    await sample.unload()
    assert type(transport) is own
    assert type(sample.bot.rest) is rest.RESTClientImpl
    await scene.discord.close_shard(0)
    await scene.discord.connected()


MOVED = {
    "closes": (hikari_shard._GatewayTransport, "_handle_other_message", "close codes"),
    "limit": (rest.RESTClientImpl, "fetch_gateway_bot_info", "identifies"),
}


@pytest.mark.parametrize(("owner", "method", "part"), MOVED.values(), ids=MOVED)
async def test_a_version_that_moved_the_thing_switches_one_part_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, part: str
) -> None:
    """Where hikari no longer has the method this part is off, and all others go on."""
    sample = scene.make()
    with monkeypatch.context() as moved:
        moved.setattr(owner, method, None)
        await sample.load()
    await sample.start()
    await scene.discord.close_shard(0, 4000)
    await back(sample, 1)
    assert (shard(sample).disconnects, shard(sample).resumes) == (1, 1)
    state = plugin.monitor_of(sample.bot).snapshot().monitor
    assert (set(state.switched_off), state.faults) == ({part}, {})


async def test_two_bots_have_shards_of_their_own(scene: Scene) -> None:
    """Two bots in one process have both a shard 0; what happens to one is not told of the other."""
    first = await scene.run()
    async with patient_discord() as elsewhere:
        second = scene.make(elsewhere)
        await second.load()
        await second.start()
        await scene.discord.close_shard(0, 4000)
        await back(first, 1)
        assert (shard(first).disconnects, shard(second).disconnects) == (1, 0)
        await second.close()


async def test_events_reach_the_bot_as_ever(scene: Scene) -> None:
    """A bot hears each event once, before and after a resume."""
    sample = await scene.run()
    heard: list[str] = []

    async def listen(event: hikari.GuildMessageCreateEvent) -> None:
        heard.append(str(event.content))

    sample.bot.event_manager.subscribe(hikari.GuildMessageCreateEvent, listen)
    await scene.discord.message(scene.member, scene.channel, "one")
    await until(lambda: heard == ["one"])
    await scene.discord.close_shard(0)
    await scene.discord.message(scene.member, scene.channel, "two")
    await back(sample, 1)
    await until(lambda: heard == ["one", "two"])
