"""Where the three seconds of a command went, told by a real bot."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.model import CommandSnapshot, Split, Stage, StageSnapshot
from tests.e2e.conftest import Clock, Scene, until

CALLBACK = "/interactions/{interaction_id}/{token}/callback"
UNKNOWN_INTERACTION = 10_062
S = 1_000_000_000


def monitor_of(sample: Any) -> Any:
    """The monitor of a bot under test."""
    return plugin.monitor_of(sample.bot)


def known(sample: Any, name: str) -> CommandSnapshot:
    """What is known of a slash command now."""
    commands = monitor_of(sample).snapshot().commands
    return next(command for command in commands if command.key.name == name and command.key.kind.value == "slash")


async def ended(sample: Any, name: str, times: int = 1) -> StageSnapshot:
    """The stages of a command once it has ended so many times."""
    await until(lambda: known(sample, name).invocations >= times)
    stages = known(sample, name).stages
    assert stages is not None
    return stages


def seconds(split: Split) -> list[float]:
    """A split in seconds."""
    return [stage_ns / S for stage_ns in split.stages_ns]


def about(*expected: float) -> Any:
    """So many seconds each, give or take what a busy machine makes of them."""
    return pytest.approx(list(expected), abs=0.4)


async def run(scene: Scene, body: Any, **options: Any) -> Any:
    """A bot with a command `market` that does this."""
    sample = scene.make()
    sample.add("market", body, **options)
    await sample.load()
    await sample.start()
    return sample


async def send(scene: Scene, name: str = "market") -> Any:
    """The member calls a slash command; returns at once."""
    return await scene.discord.slash(scene.member, name, guild=scene.guild)


async def test_a_late_answer_is_explained_by_file_and_line(scene: Scene, clock: Clock) -> None:
    """The line that a slow command waits in before its first response is named, and how long it was there."""
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def market(context: Any) -> None:
        arrived.set()
        await gate.wait()
        await context.respond("sold")

    sample = await run(scene, market)
    call = await send(scene)
    await arrived.wait()
    clock.forward(3.6)
    waiting = monitor_of(sample).invocations.stages.slow_responses
    waiting.look()
    waiting.stop()  # a busy machine would look once more while the answer is on its way
    assert known(sample, "market").stages.misses.waiting == 1
    gate.set()
    await call.answered()
    stages = await ended(sample, "market")
    (place, looks), *others = stages.places
    line = market.__code__.co_firstlineno + 2
    assert (place.file.rpartition("/")[2], place.line, looks, others) == ("test_stages.py", line, 1, [])
    assert seconds(stages.splits()[0]) == about(0, 0, 3.6, 0, 0, 0)
    assert (stages.misses.late, stages.misses.waiting, stages.misses.number) == (1, 0, 1)
    assert [stages.misses.over_ns / S, stages.misses.most_over_ns / S] == about(0.6, 0.6)
    assert [stages.misses.stages_ns[Stage.CODE] / S] == about(3.6)


async def test_a_slow_command_is_looked_at_by_itself(scene: Scene) -> None:
    """Half a second without an answer is enough for the line to be known, while the command still waits."""
    sample = await scene.run()
    await send(scene, "slow")
    await until(lambda: (found := known(sample, "slow").stages) and found.places)
    assert known(sample, "slow").stages.places[0][0].function == "Gates.wait"
    sample.gates.open("slow")


async def test_a_line_that_blocks_the_loop_is_found_at_the_answer(scene: Scene, clock: Clock) -> None:
    """Where nobody could look, since the loop stood still, the line that answers in the end is named."""

    async def market(context: Any) -> None:
        clock.forward(2)
        await context.respond("sold")

    sample = await run(scene, market)
    await send(scene)
    stages = await ended(sample, "market")
    assert [place.line for place, _ in stages.places] == [market.__code__.co_firstlineno + 2]


async def test_each_stage_has_its_time(scene: Scene, clock: Clock) -> None:
    """The time of checks, of the command's own code, and that after the first response are told apart."""

    def check(_: Any) -> bool:
        clock.forward(1)
        return True

    async def market(context: Any) -> None:
        clock.forward(1.5)
        await context.respond("sold")
        clock.forward(5)

    sample = await run(scene, market, check=check)
    await send(scene)
    stages = await ended(sample, "market")
    assert seconds(stages.splits()[0]) == about(0, 1, 1.5, 0, 0, 5)
    assert [stages.splits()[0].first_response_ns / S] == about(2.5)
    assert (stages.misses.number, stages.deferred) == (0, 0)


async def test_a_refusal_by_a_check_is_all_checks(scene: Scene, clock: Clock) -> None:
    """A command whose check answers and refuses has no code of its own in its time."""

    async def check(context: Any) -> bool:
        clock.forward(1)
        await context.respond("not you")
        return False

    sample = await run(scene, lambda context: context.respond("sold"), check=check)
    if LIGHTBULB_LINE == 3:  # a hook refuses by raising
        sample.handle_errors()
    await send(scene)
    stages = await ended(sample, "market")
    assert seconds(stages.splits()[0])[:3] == about(0, 1, 0)


async def test_what_waited_for_the_loop_is_told(scene: Scene, clock: Clock) -> None:
    """Time between the raw event and the start of its handler is the loop's, not the command's."""
    sample = await scene.run()
    manager = sample.bot.event_manager
    original = type(manager).consume_raw_event

    class Busy(type(manager)):
        __slots__ = ()

        def consume_raw_event(self, name: str, shard: Any, payload: Any) -> None:
            original(self, name, shard, payload)
            if name == "INTERACTION_CREATE":
                clock.forward(1.2)  # something else holds the loop before the handler gets it

    manager.__class__ = Busy
    await send(scene, "ping")
    stages = await ended(sample, "ping")
    manager.__class__ = Busy.__base__
    assert seconds(stages.splits()[0])[:3] == about(1.2, 0, 0)


async def test_a_deferral_counts_as_one(scene: Scene, clock: Clock) -> None:
    """The first response by deferring is in time, however long the command then takes, and is counted apart."""
    sample = await scene.run()
    call = await send(scene, "deferred")
    await sample.gates.entered.get()
    clock.forward(60)
    sample.gates.open("deferred")
    await call.answered()
    stages = await ended(sample, "deferred")
    assert (stages.deferred, stages.misses.number) == (1, 0)
    assert seconds(stages.splits()[0]) == about(0, 0, 0, 0, 0, 60)


async def test_a_command_that_never_answers_missed_it(scene: Scene) -> None:
    """An end without a first response is a missed deadline, and no time until a response is invented for it."""
    sample = await scene.run()
    await send(scene, "silent")
    stages = await ended(sample, "silent")
    assert (stages.misses.unanswered, stages.misses.number, stages.splits()) == (1, 1, [])


async def test_a_command_that_answers_twice_counts_once(scene: Scene) -> None:
    """The second first response, which Discord refuses, changes nothing."""
    sample = await scene.run()
    await send(scene, "twice")
    stages = await ended(sample, "twice")
    assert (len(stages.splits()), stages.misses.number) == (1, 0)


async def test_an_answer_that_discord_refuses_missed_it(scene: Scene, clock: Clock) -> None:
    """Discord no longer knows the interaction: that is a miss, whatever our clock says."""

    async def market(context: Any) -> None:
        clock.forward(2)
        await context.respond("sold")

    sample = await run(scene, market)
    scene.discord.fail("POST", CALLBACK, 404, UNKNOWN_INTERACTION, message="Unknown interaction")
    await send(scene)
    misses = (await ended(sample, "market")).misses
    assert (misses.refused, misses.number, misses.over_ns) == (1, 1, 0)
    assert [misses.stages_ns[Stage.CODE] / S] == about(2)


async def test_time_before_the_receipt_is_an_estimate_of_its_own(scene: Scene, clock: Clock) -> None:
    """What Discord and the way took is told apart once the clocks could be compared, and never as the bot's time."""
    sample = await scene.run()
    stages = monitor_of(sample).invocations.stages
    for _ in range(12):
        await scene.call("ping")
    unix_time = time.time
    stages._unix_time = lambda: unix_time() + 2.5  # later than Discord made it, by both clocks of the bot
    clock.forward(2.5)
    await scene.call("ping")
    splits = (await ended(sample, "ping", 13)).splits()
    assert [split.before_receipt_ns for split in splits[:10]] == [None] * 10
    assert 2.4 < splits[12].before_receipt_ns / S < 3.5
    assert splits[12].first_response_ns < S


async def test_what_never_ends_stays_bounded(scene: Scene, clock: Clock) -> None:
    """Of many commands that never answer each is counted past its deadline, and what is kept of them is bounded."""
    plugin.configure(maximum_in_flight=50)
    sample = await scene.run()
    calls = [await send(scene, "slow") for _ in range(80)]
    for _ in calls:
        await sample.gates.entered.get()
    clock.forward(4)
    stages = monitor_of(sample).invocations.stages
    stages.slow_responses.look()
    assert known(sample, "slow").stages.misses.waiting == 50
    assert monitor_of(sample).snapshot().monitor.dropped == {"invocations in flight": 30}
    assert len(known(sample, "slow").stages.places) == 1
    await scene.call("ping")
    sample.gates.open("slow")
    misses = (await ended(sample, "slow", 80)).misses
    assert (misses.waiting, misses.late, misses.unanswered) == (0, 49, 1)


async def test_it_can_be_switched_off(scene: Scene) -> None:
    """Without the setting nothing is told of stages, and first responses are measured all the same."""
    plugin.configure(stage_watch=False)
    sample = await scene.run()
    await scene.call("ping")
    await until(lambda: known(sample, "ping").invocations)
    assert known(sample, "ping").stages is None
    assert known(sample, "ping").first_responses.total == 1


async def test_an_unload_leaves_no_trace_in_commands(scene: Scene) -> None:
    """Classes of commands are as they were, commands are of them all the time, and nothing looks at anything."""
    sample = await scene.run()
    commands = () if LIGHTBULB_LINE == 3 else tuple(sample.bot.slash_commands.values())
    before = [(type(command), dict(vars(type(command)))) for command in commands]
    await scene.call("ping")
    watch = monitor_of(sample).invocations.stages
    assert [type(command) for command in commands] == [cls for cls, _ in before]
    await sample.unload()
    assert not watch.slow_responses.looking
    assert watch.slow_responses._timer is None
    assert all(dict(vars(cls)) == attributes for cls, attributes in before)


async def test_rate_limits_are_told_from_discord(scene: Scene) -> None:
    """What a bucket held back before the first response counts apart from what Discord took, and not as own code."""

    async def market(context: Any) -> None:
        await context.bot.rest.fetch_channel(scene.channel.id) if LIGHTBULB_LINE == 2 else (
            await context.client.rest.fetch_channel(scene.channel.id)
        )
        await context.respond("sold")

    sample = await run(scene, market)
    scene.discord.rate_limit("GET", "/channels/{channel}", 0.4, scope="shared")
    await send(scene)
    split = (await ended(sample, "market")).splits()[0]
    # hikari waits until that moment, which it has set before it waits.
    assert 0.35 < split.stages_ns[Stage.LIMITED] / S < split.first_response_ns / S
    assert split.stages_ns[Stage.DISCORD] > 0
    assert split.stages_ns[Stage.CODE] / S < 0.2


async def test_discords_time_is_told_apart_where_requests_are_not_watched(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long Discord took to take the answer stays Discord's where the figures of requests failed too often."""
    request = aiohttp.ClientSession.request

    def takes_long(self: Any, method: str, url: str, **options: Any) -> Any:
        if url.endswith("/callback"):
            clock.forward(1.5)
        return request(self, method, url, **options)

    async def market(context: Any) -> None:
        await context.respond("sold")

    monkeypatch.setattr(aiohttp.ClientSession, "request", takes_long)
    sample = await run(scene, market)
    monitor_of(sample).rest_calls.part.on = False
    await send(scene)
    split = (await ended(sample, "market")).splits()[0]
    assert split.stages_ns[Stage.DISCORD] / S == pytest.approx(1.5, abs=0.4)
    assert split.stages_ns[Stage.CODE] / S < 0.4


@pytest.mark.usefixtures("open_details")
async def test_the_page_of_a_command_says_it_in_one_sentence(scene: Scene, clock: Clock) -> None:
    """Who asks for a command in detail reads where its three seconds went, as a sentence and as bars."""

    async def market(context: Any) -> None:
        clock.forward(2.4)
        await context.respond("sold")

    sample = await run(scene, market)
    await send(scene)
    await ended(sample, "market")
    answer = await scene.ask("commandstats", command="market")
    shown = answer.response.data["embeds"][0]["description"]
    line = market.__code__.co_firstlineno + 2
    assert f"test\\_stages.py:{line}: defer first" in shown.replace("\\.", ".").replace("\\:", ":")
    assert "own code" in shown
