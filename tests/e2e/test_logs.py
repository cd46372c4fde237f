"""The log of a bot with the monitor is the log of the same bot without it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import hikari
import lightbulb
import pytest
from hikari.impl import rate_limits

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import Scene, patient_discord, until

# hikari's own: it leaves the listeners that come after one without a name.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine 'EventManagerBase._invoke_callback' was never awaited")

MESSAGES = "/channels/{channel_id}/messages"
TYPING = "/channels/{channel_id}/typing"
CALLBACK = "/interactions/{interaction_id}/{token}/callback"

_VARIES = (
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"), "MOMENT"),
    (re.compile(r"'?\b[0-9a-f]{32}\b'?"), "SESSION"),
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"Task-\d+"), "TASK"),
    (re.compile(r"\d+\.\d+(e-\d+)?"), "NUMBER"),
    (re.compile(r"-?\d{6,}"), "ID"),
    (re.compile(r"interactions/ID/[^/]+/"), "interactions/ID/TOKEN/"),
)

_OURS = re.compile(r"extension (loaded )?'plugin'|subscribing callback 'async def _on_\w+\(", re.IGNORECASE)


class Log(logging.Handler):
    """Keeps every line of every logger as it would be written, but for what differs between any two runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines: Counter[str] = Counter()
        self.errors = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("plugin") or _OURS.search(record.getMessage()):
            return
        line = self.format(record)
        for pattern, word in _VARIES:
            line = pattern.sub(word, line)
        self.lines[line] += 1
        self.errors += record.levelno >= logging.ERROR


class Stage:
    """One bot in a run, and what happens to it."""

    def __init__(self, scene: Scene, sample: Any, log: Log) -> None:
        self.scene, self.sample, self.log = scene, sample, log

    async def slash(self, name: str) -> None:
        """The member calls a slash command."""
        await self.scene.discord.slash(self.scene.member, name, guild=self.scene.guild)

    async def write(self, content: str) -> None:
        """The member writes a message."""
        await self.scene.discord.message(self.scene.member, self.scene.channel, content)


async def unhandled(stage: Stage) -> None:
    await stage.slash("boom")


async def subcommand(stage: Stage) -> None:
    await stage.slash("shop stock fail")


async def failed_check(stage: Stage) -> None:
    await stage.slash("denied")


async def broken_check(stage: Stage) -> None:
    await stage.slash("broken_check")


async def in_a_library(stage: Stage) -> None:
    await stage.slash("in_a_library")


async def answers_twice(stage: Stage) -> None:
    await stage.slash("twice")


async def too_late(stage: Stage) -> None:
    stage.scene.discord.fail("POST", CALLBACK, 404, 10_062, message="Unknown interaction")
    errors = stage.log.errors
    await stage.slash("ping")
    await until(lambda: stage.log.errors > errors)  # or the next response meets the failure


async def dead_click(stage: Stage) -> None:
    """A click on a view that nobody serves any more, and a listener that fails at it."""

    async def fail(event: hikari.InteractionCreateEvent) -> None:
        if isinstance(event.interaction, hikari.ComponentInteraction):
            raise RuntimeError("this view is long dead")

    row = stage.sample.bot.rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "dead", label="Buy")
    await stage.sample.bot.rest.create_message(stage.scene.channel.id, "buy?", component=row)
    stage.sample.bot.event_manager.subscribe(hikari.InteractionCreateEvent, fail)
    message = stage.scene.discord.messages(stage.scene.channel)[-1]
    await stage.scene.discord.click(message, "Buy", stage.scene.member)


async def listener_raises(stage: Stage) -> None:
    async def fail(event: hikari.TypingEvent) -> None:
        raise RuntimeError("the listener is broken")

    stage.sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, fail)
    await stage.write("hello")


async def nameless_listener(stage: Stage) -> None:
    """From hikari 2.6 on a listener without a name fails at dispatch."""

    async def fail(_: object, event: hikari.TypingEvent) -> None:
        raise RuntimeError("the listener is broken")

    stage.sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, functools.partial(fail, None))
    await stage.write("hello")


async def look(stage: Stage) -> None:
    """Let the monitor look at everything, where there is one."""
    monitor = plugin.monitor_of(stage.sample.bot)
    if monitor is not None:
        await monitor.tick()


async def task_dies(stage: Stage) -> None:
    async def die() -> None:
        raise RuntimeError("the task is broken")

    held = [asyncio.create_task(die())]
    await look(stage)
    await asyncio.wait(held)  # which does not ask for the exception
    await look(stage)
    held.clear()
    gc.collect()


async def task_dies_at_once(stage: Stage) -> None:
    async def die() -> None:
        raise RuntimeError("the task is broken")

    asyncio.create_task(die())  # noqa: RUF006 # that nobody holds it is what is tested
    await asyncio.sleep(0)
    gc.collect()


async def task_is_lost(stage: Stage) -> None:
    """A task that waits for what nobody can give it any more is destroyed."""

    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    with no_collection():
        held = [asyncio.create_task(wait())]
        await asyncio.sleep(0)
        await look(stage)
        held.clear()
        gc.collect()


async def scheduled_task_fails(stage: Stage) -> None:
    async def fail() -> None:
        raise RuntimeError("the scheduled task is broken")

    stage.sample.schedule(fail, failures=2)
    await until(lambda: not any("_loop" in repr(task) for task in asyncio.all_tasks()))
    await look(stage)


async def handler_raises(stage: Stage) -> None:
    async def fail(_: object) -> bool:
        raise RuntimeError("the handler is broken")

    if LIGHTBULB_LINE == 2:
        stage.sample.bot.get_plugin(stage.scene.cogs["fun"]).set_error_handler(fail)
    else:
        stage.sample.client.error_handler(fail)
    await stage.slash("boom")


async def malformed_interaction(stage: Stage) -> None:
    stage.scene.discord.emit("INTERACTION_CREATE", {"type": 2})


async def answer_by_rest_fails(stage: Stage) -> None:
    """The bot answers an interaction that is not there."""
    try:
        await stage.sample.bot.rest.create_interaction_response(1, "token", 4, "hello")
    except hikari.NotFoundError:
        logging.getLogger("bot").exception("this interaction is gone")


async def prefix(stage: Stage) -> None:
    await stage.write("!boom")


async def prefix_subcommand(stage: Stage) -> None:
    await stage.write("!shop stock fail")


async def prefix_conversion(stage: Stage) -> None:
    await stage.write("!square x")


async def unknown_prefix_command(stage: Stage) -> None:
    await stage.write("!nothing")


async def cannot_be_made(stage: Stage) -> None:
    """A command class raises in its constructor."""
    command = next(c for c in stage.sample.client.registered_commands if c._command_data.name == "silent")

    def fail(self: object) -> None:
        raise RuntimeError("no clay")

    command.__init__ = fail
    await stage.slash("silent")


async def cancelled(stage: Stage) -> None:
    await stage.slash("cancelled")


async def handled(stage: Stage) -> None:
    stage.sample.handle_errors()
    await stage.slash("boom")
    await until(lambda: stage.sample.handled)


async def gateway_flaps(stage: Stage) -> None:
    """The shard is closed with a code, asked to reconnect, and told that its session is over."""
    discord, shard = stage.scene.discord, stage.sample.bot.shards[0]
    with no_backoff():
        for lose in (
            lambda: discord.close_shard(0, 4000),
            lambda: _soon(discord.reconnect_shard, 0),
            lambda: _soon(discord.invalidate_shard, 0),
        ):
            seen = discord.shards[0].identified + discord.shards[0].resumed
            await lose()
            await until(lambda: discord.shards[0].identified + discord.shards[0].resumed > seen)  # noqa: B023 # awaited within the turn
            await until(lambda: shard.is_connected)


async def _soon(function: Callable[..., object], *args: object) -> None:
    function(*args)


async def rest_outage(stage: Stage) -> None:
    """Discord limits, fails, hangs up and refuses; the bot logs what reaches it."""
    discord, log = stage.scene.discord, logging.getLogger("bot")
    with no_backoff():
        for spoil in (
            lambda: discord.rate_limit("POST", MESSAGES, 0.1),
            lambda: discord.rate_limit("POST", MESSAGES, 0.1, scope="shared"),
            lambda: discord.rate_limit("POST", MESSAGES, 0.1, scope="global"),
            lambda: discord.fail("POST", MESSAGES, 503, times=9),
            lambda: discord.hang_up("POST", MESSAGES, times=9),
            lambda: discord.fail("POST", MESSAGES, 403),
        ):
            fault = spoil()
            try:
                await stage.sample.bot.rest.create_message(stage.scene.channel.id, "hello")
            except hikari.HikariError:
                log.exception("this message is not written")
            fault.times = 0
        discord.rate_limit("POST", TYPING, 1000.0, scope="shared")
        try:
            await stage.sample.bot.rest.trigger_typing(stage.scene.channel.id)
        except hikari.RateLimitTooLongError:
            log.exception("nobody waits so long")


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Collect nothing unasked: what an object has survived decides in which order a cycle's objects are finalized."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def no_backoff() -> Iterator[None]:
    """Let hikari try again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limits.ExponentialBackOff, "__next__", lambda _: 0.0)
        yield


Action = Callable[[Stage], Awaitable[None]]

LOGGED: list[Action] = [
    unhandled,
    subcommand,
    failed_check,
    broken_check,
    in_a_library,
    answers_twice,
    too_late,
    dead_click,
    listener_raises,
    nameless_listener,
    task_dies,
    task_dies_at_once,
    task_is_lost,
    scheduled_task_fails,
    handler_raises,
    malformed_interaction,
    answer_by_rest_fails,
    rest_outage,
]
LOGGED += (
    [prefix, prefix_subcommand, prefix_conversion, unknown_prefix_command] if LIGHTBULB_LINE == 2 else [cannot_be_made]
)
QUIET: list[Action] = [cancelled, handled, gateway_flaps]


async def log_of(actions: list[Action], level: int, *, loaded: bool) -> Log:
    """The log of a bot that does all of this; each of the `LOGGED` has left an error in it."""
    gc.collect()  # what tests before this one left may log when it goes
    log = Log()
    root = logging.getLogger()
    before = root.level
    root.addHandler(log)
    root.setLevel(level)
    try:
        async with patient_discord() as discord:
            scene = Scene(discord)
            sample = scene.make()
            if loaded:
                await sample.load()
            await sample.start()
            stage = Stage(scene, sample, log)
            for action in actions:
                errors = log.errors
                await action(stage)
                await scene.call("ping")
                if action in LOGGED:
                    await until(lambda: log.errors > errors)  # noqa: B023 # it is awaited here
            gc.collect()
            await sample.close()
    finally:
        root.removeHandler(log)
        root.setLevel(before)
    return log


@pytest.mark.parametrize("action", LOGGED + QUIET, ids=lambda action: action.__name__)
async def test_the_log_is_the_same(action: Action) -> None:
    """What the bot's operator reads, tracebacks included, is the same with the monitor as without it."""
    plugin.configure(commands=False)
    without = await log_of([action], logging.INFO, loaded=False)
    assert (await log_of([action], logging.INFO, loaded=True)).lines == without.lines


async def test_the_log_of_a_whole_day_is_the_same() -> None:
    """One bot to which everything happens, and which has the monitor's commands too, logs the same."""
    actions = [action for action in LOGGED + QUIET if action is not handler_raises]
    without = await log_of(actions, logging.INFO, loaded=False)
    assert (await log_of(actions, logging.INFO, loaded=True)).lines == without.lines


async def test_the_log_for_debugging_is_the_same() -> None:
    """Of all that hikari, Lightbulb and asyncio tell at DEBUG, only the monitor's own subscriptions are new."""
    plugin.configure(commands=False)
    # What hikari says at DEBUG of limits depends on its guesses about the clock, which differ from run to run.
    actions = [action for action in LOGGED + QUIET if action not in (handler_raises, rest_outage)]
    without = await log_of(actions, logging.DEBUG, loaded=False)
    assert (await log_of(actions, logging.DEBUG, loaded=True)).lines == without.lines


@pytest.mark.parametrize("moment", ["2026-11-25 23:59:59.250001+00:00", "2026-11-26T00:00:00+00:00"])
def test_two_runs_may_lie_on_either_side_of_a_minute(moment: str) -> None:
    """When something happened is no difference, however it is written."""
    log = Log()
    log.emit(logging.LogRecord("hikari", logging.INFO, __file__, 1, f"payload: {{'timestamp': '{moment}'}}", (), None))
    assert list(log.lines) == ["hikari INFO payload: {'timestamp': 'MOMENT+00:00'}"]


async def test_failures_are_logged_at_all() -> None:
    """The comparison compares something: a failure leaves its traceback with the bot's line, and none of ours."""
    log = await log_of([unhandled], logging.INFO, loaded=True)
    (line,) = [line for line in log.lines if "KeyError" in line]
    assert "bodies.py" in line
    assert "/plugin/" not in line
    assert lightbulb.__name__ in line
