"""What goes wrong: with the connection, with Discord, with the bot, and with the monitor itself."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any

import hikari
import lightbulb
import pytest
from hikari.internal import routes
from hikari.internal.routes import Route

import plugin
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters import LIGHTBULB_LINE
from plugin.instrument.containment import FAULTS_UNTIL_OFF
from plugin.instrument.invocation import Invocation
from plugin.instrument.invocations import Invocations
from plugin.instrument.places import Places
from plugin.instrument.receipts import Receipts
from plugin.instrument.slow_responses import SlowResponseWatch
from plugin.instrument.stage_watch import StageWatch
from plugin.metrics import CommandMetrics, Registry
from plugin.model import CommandSnapshot, MonitorState
from tests.e2e.conftest import Scene, until

only_lightbulb3 = pytest.mark.skipif(LIGHTBULB_LINE != 3, reason="this exists on Lightbulb 3 only")


def known(sample: Any, name: str) -> CommandSnapshot:
    """What is known of one command now."""
    commands = plugin.monitor_of(sample.bot).snapshot().commands
    return next(command for command in commands if command.key.name == name)


def state(sample: Any) -> MonitorState:
    """What the monitor says of itself."""
    return plugin.monitor_of(sample.bot).snapshot().monitor


async def send(scene: Scene, name: str, times: int = 1) -> None:
    """The member calls a slash command so many times; returns at once."""
    await scene.discord.burst(scene.member, name, count=times, guild=scene.guild)


async def enter(scene: Scene, sample: Any, name: str, times: int = 1) -> None:
    """The member calls a command that waits; returns once it does."""
    await send(scene, name, times)
    for _ in range(times):
        async with asyncio.timeout(PATIENCE_S):
            await sample.gates.entered.get()


async def ended(sample: Any, name: str, times: int = 1) -> CommandSnapshot:
    """What is known of a command once it has ended so many times."""
    await until(lambda: known(sample, name).invocations >= times)
    return known(sample, name)


# The world


async def test_a_command_survives_a_disconnect(scene: Scene) -> None:
    """A command that runs while the connection breaks is counted once, when it ends."""
    sample = await scene.run()
    await enter(scene, sample, "deferred")
    await scene.discord.close_shard(0)
    await until(lambda: not sample.bot.shards[0].is_connected)
    assert known(sample, "deferred").in_flight == 1
    await scene.discord.connected()
    await until(lambda: sample.bot.shards[0].is_connected)
    sample.gates.open("deferred")
    found = await ended(sample, "deferred")
    assert (found.outcomes, found.in_flight) == ((1, 0, 0, 0), 0)


@pytest.mark.parametrize(("status", "code"), [(404, 10_062), (500, 0)], ids=["too late", "Discord fails"])
async def test_a_refused_answer_is_an_error_without_a_response(scene: Scene, status: int, code: int) -> None:
    """Where Discord does not take the answer, the command fails, and no first response is counted."""
    sample = await scene.run(max_retries=0)
    scene.discord.fail("POST", "/interactions/{interaction_id}/{token}/callback", status, code)
    await send(scene, "ping")
    found = await ended(sample, "ping")
    assert (found.outcomes, found.first_responses.total) == ((0, 0, 1, 0), 0)
    assert found.errors[0].type.startswith("hikari.errors.")
    assert found.errors[0].place.function == "ping"


async def test_a_command_that_never_ends_stays_in_flight(scene: Scene) -> None:
    """What has not ended is in flight, and neither counted nor measured yet."""
    sample = await scene.run()
    await enter(scene, sample, "slow")
    found = known(sample, "slow")
    assert (found.in_flight, found.invocations, found.last_invoked) == (1, 0, None)


async def test_a_bot_that_stops_leaves_nothing_in_flight(scene: Scene) -> None:
    """A command that is cut off by the end of the bot changes nothing but the count of cancelled ones."""
    sample = await scene.run()
    await enter(scene, sample, "slow")
    monitor = plugin.monitor_of(sample.bot)
    await sample.close()
    assert monitor.snapshot().monitor.faults == {}


async def test_invocations_beyond_the_bound_are_counted_exactly(scene: Scene) -> None:
    """Of many that run at once only so many are followed; the rest is said to be dropped, and still counts."""
    plugin.configure(maximum_in_flight=3)
    sample = await scene.run()
    await enter(scene, sample, "slow", times=8)
    assert known(sample, "slow").in_flight == 8
    assert state(sample).dropped == {"invocations in flight": 5}
    sample.gates.open("slow")
    found = await ended(sample, "slow", 8)
    assert (found.outcomes, found.in_flight) == ((8, 0, 0, 0), 0)
    assert (found.durations.total, found.first_responses.total) == (8, 3)


async def test_commands_beyond_the_bound_are_counted_together(scene: Scene) -> None:
    """Once there is no room for another command, invocations count under one name, and that is said."""
    plugin.configure(maximum_commands=1)
    sample = await scene.run()
    for name in ("silent", "ping", "shop buy", "ping"):
        await send(scene, name)
        await until(lambda: not any(command.in_flight for command in _all(sample)))
    await until(lambda: sum(command.invocations for command in _all(sample)) == 4)
    assert (known(sample, "silent").invocations, known(sample, "(other commands)").invocations) == (1, 3)
    assert state(sample).dropped["commands"] >= 2


def _all(sample: Any) -> Any:
    return plugin.monitor_of(sample.bot).snapshot().commands


async def test_a_listener_that_raises_changes_nothing(scene: Scene) -> None:
    """A listener of the bot that fails at each interaction and message is no fault of a command or the monitor."""
    sample = scene.make()

    async def fail(_: object) -> None:
        raise RuntimeError("the listener is broken")

    for event in (hikari.InteractionCreateEvent, hikari.MessageCreateEvent):
        sample.bot.event_manager.subscribe(event, fail)
    await sample.load()
    await sample.start()
    await scene.call("ping")
    assert (await ended(sample, "ping")).outcomes == (1, 0, 0, 0)
    assert state(sample) == MonitorState({}, {}, {})


@pytest.mark.parametrize(
    "payload",
    [b"{}", b'{"type": 2}', b'{"type": 2, "id": "x"}', b"null", b"[]"],
    ids=["empty", "no id", "bad id", "null", "list"],
)
async def test_an_interaction_that_is_none_changes_nothing(scene: Scene, payload: bytes) -> None:
    """What Discord should never send is hikari's affair: the connection stays, and the monitor has no fault."""
    sample = await scene.run()
    scene.discord.emit("INTERACTION_CREATE", payload)
    await scene.call("ping")
    assert (await ended(sample, "ping")).outcomes == (1, 0, 0, 0)
    assert state(sample) == MonitorState({}, {}, {})


async def test_an_event_that_hikari_does_not_know_is_ignored(scene: Scene) -> None:
    """Events that are new to hikari pass the monitor, and the connection stays."""
    sample = await scene.run()
    scene.discord.emit("GOLEM_CREATE", {"clay": True})
    await scene.call("ping")
    assert state(sample) == MonitorState({}, {}, {})


@only_lightbulb3
async def test_a_command_that_cannot_be_made_counts_as_an_error(scene: Scene) -> None:
    """A command class whose constructor raises has failed once, at the line of the constructor."""
    sample = scene.make()

    @sample.client.register
    class Broken(lightbulb.SlashCommand, name="broken", description="Cannot be made"):
        def __init__(self) -> None:
            raise RuntimeError("no clay")

        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None: ...

    await sample.load()
    await sample.start()
    await send(scene, "broken")
    found = await ended(sample, "broken")
    assert (found.outcomes, found.in_flight) == ((0, 0, 1, 0), 0)
    assert found.errors[0].place.function.endswith("Broken.__init__")


# The monitor itself


def broken(*_: object, **__: object) -> Any:
    """What an instrument is replaced with."""
    raise LookupError("the instrument is broken")


INSTRUMENTS = {
    "registry": (Registry, "command", "commands"),
    "begin": (Invocations, "begin", "commands"),
    "record": (CommandMetrics, "record", "commands"),
    "receipts": (Receipts, "__setitem__", "receipts"),
    "responses": (Invocations, "responded", "first responses"),
    "stages": (SlowResponseWatch, "start", "stages"),
    "stages at the end": (StageWatch, "on_end", "stages"),
    "entrances": (Invocation, "requests_at_entry_ns", "checks"),
}


@pytest.mark.parametrize(("owner", "name", "part"), INSTRUMENTS.values(), ids=INSTRUMENTS)
async def test_a_broken_instrument_never_reaches_the_bot(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: type,
    name: str,
    part: str,
) -> None:
    """The bot answers each time; the fault is counted, logged once, and finally the instrument is off."""
    is_attribute = inspect.isdatadescriptor(getattr(owner, name))
    monkeypatch.setattr(owner, name, property(broken, broken) if is_attribute else broken)
    sample = await scene.run()
    snapshot = plugin.monitor_of(sample.bot).snapshot
    await scene.call("ping")
    await until(lambda: state(sample).faults.get(part))
    for _ in range(FAULTS_UNTIL_OFF + 5):
        await scene.call("ping")
        # To its end: of several in flight each may still have its fault after the last that switches off.
        await until(lambda: not any(command.in_flight for command in snapshot().commands))
    assert state(sample).faults == {part: FAULTS_UNTIL_OFF}
    assert state(sample).switched_off == {part: f"failed {FAULTS_UNTIL_OFF} times, last with LookupError"}
    ours = [record for record in caplog.records if record.name.startswith("plugin.instrument")]
    assert [(record.levelno, bool(record.exc_info)) for record in ours] == [
        (logging.ERROR, True),
        (logging.WARNING, False),
    ]
    assert part in ours[0].getMessage()
    assert not scene.discord.refusals


async def test_a_broken_instrument_lets_failures_through(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cause of a failure cannot be noted, the failure is handled and counted all the same."""
    monkeypatch.setattr(Places, "of", broken)
    sample = scene.make()
    sample.handle_errors()
    await sample.load()
    await sample.start()
    await send(scene, "boom")
    found = await ended(sample, "boom")
    await until(lambda: sample.handled)
    assert (found.outcomes, found.errors, found.in_flight) == ((0, 0, 1, 0), (), 0)
    assert state(sample).faults == {"commands": 1}


MOVED = {
    "raw events": ("event_manager", "consume_raw_event", "receipts"),
    **(
        {
            "failures": ("", "maybe_dispatch_error_event", "commands"),
            "slash": ("", "invoke_application_command", "commands"),
        }
        if LIGHTBULB_LINE == 2
        else {
            "contexts": ("client", "build_command_context", "commands"),
            "interactions": ("client", "handle_application_command_interaction", "commands"),
        }
    ),
}


@pytest.mark.parametrize(("attribute", "method", "part"), MOVED.values(), ids=MOVED)
async def test_a_method_that_a_library_moved_switches_one_part_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, attribute: str, method: str, part: str
) -> None:
    """The part that needs the method says that it is off and why; the bot and all other parts go on."""
    sample = scene.make()
    target: Any = {"": sample.bot, "client": sample.app}.get(attribute) or getattr(sample.bot, attribute)
    with monkeypatch.context() as moved:
        moved.setattr(type(target), method, None)
        await sample.load()
    await sample.start()
    await scene.call("ping")
    await send(scene, "boom")
    await scene.call("ping")
    assert set(state(sample).switched_off) == {part}
    assert method in state(sample).switched_off[part]
    found = await ended(sample, "ping", 0 if part == "commands" else 2)
    assert found.invocations == (0 if part == "commands" else 2)
    assert found.first_responses.total == (2 if part == "receipts" else 0)
    assert (await scene.ask("health")).response.data["embeds"]
    assert state(sample).faults == {}


@pytest.mark.parametrize("route", [None, Route("POST", "/interactions/{token}/reply/{interaction}")])
async def test_a_route_that_hikari_moved_switches_one_part_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, route: Route | None
) -> None:
    """First responses are unknown, and all calls are seen, those that answer too."""
    sample = scene.make()
    with monkeypatch.context() as moved:
        moved.setattr(routes, "POST_INTERACTION_RESPONSE", route)
        await sample.load()
    await sample.start()
    await scene.call("ping")
    found = await ended(sample, "ping")
    assert found.first_responses.total == 0
    assert set(state(sample).switched_off) == {"first responses"}
    assert "POST_INTERACTION_RESPONSE" in state(sample).switched_off["first responses"]
    called = [one.route for one in plugin.monitor_of(sample.bot).snapshot().rest.routes]
    assert "POST /interactions/{interaction}/{token}/callback" in called


async def test_unloading_while_a_command_runs_harms_nobody(scene: Scene) -> None:
    """A command that is under way when the monitor goes is answered, and what comes later is not counted."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    call = await scene.discord.slash(scene.member, "slow", guild=scene.guild)
    await sample.gates.entered.get()
    await sample.unload()
    sample.gates.open("slow")
    await call.answered()
    await scene.call("ping")
    slow = next(command for command in monitor.snapshot().commands if command.key.name == "slow")
    assert (slow.in_flight, slow.invocations) == (1, 0)
    assert monitor.snapshot().monitor == MonitorState({}, {}, {})
