"""What holds the event loop of a real bot, and for how long."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import hikari
import pytest

import plugin
from plugin.instrument import containment
from plugin.instrument.installed import find_installed
from plugin.instrument.loop.stack_samples import StackSampler
from plugin.model import Holding, LoopBlock, LoopSnapshot
from tests.e2e.conftest import Scene, patient_discord, until

FILE = f"{Path(__file__).parents[1].name}/e2e/test_loop.py"
HELD_S = 0.6
"""Long enough to be more than a block even where the machine does not let the process run for half of it."""


RAN_NEXT = ("task test_", "task BaseSelectorEventLoop.")
"""What shares the loop with the bot in these tests, and is none of its code."""


def loop_of(sample: Any) -> LoopSnapshot:
    """What is known of the loop of a bot."""
    known = plugin.monitor_of(sample.bot).snapshot().loop
    assert known is not None
    return known


async def blocked(sample: Any) -> LoopBlock:
    """The only block, once it is known."""
    await until(lambda: loop_of(sample).blocks)
    (block,) = loop_of(sample).blocks
    return block


async def slept(sample: Any) -> LoopBlock:
    """The block of the `time.sleep`, once it is known; a machine that is busy may hold the loop beside it."""
    await until(lambda: sleeping(sample))
    (block,) = sleeping(sample)
    return block


def sleeping(sample: Any) -> list[LoopBlock]:
    """What is known of blocks by `time.sleep`."""
    return [block for block in loop_of(sample).blocks if block.call == "time.sleep"]


async def holding(scene: Scene, body: Any) -> Any:
    """A running bot with the command /holds, which knows by now whose code is whose."""
    await asyncio.to_thread(find_installed)
    sample = scene.make()
    sample.add("holds", body)
    await sample.load()
    await sample.start()
    return sample


def seen(sample: Any) -> int:
    """How often its loop stood still, whatever the reason."""
    return sum(block.count for block in loop_of(sample).blocks) + loop_of(sample).pauses


async def named(scene: Scene, sample: Any) -> LoopBlock:
    """What is known of /holds, which is called until it was seen."""

    async def call() -> None:
        await scene.discord.slash(scene.member, "holds", guild=scene.guild)

    return await told(sample, call)


async def told(sample: Any, begin: Callable[[], Awaitable[object]]) -> LoopBlock:
    """What is known of what holds the loop, begun until it was seen; before that it may be unknown.

    On a busy machine the watchdog may come too late to what C code has done: it sees nothing, or what ran next, which
    is this test, waiting, or its Discord, which accepts a connection.
    """
    for _ in range(5):
        before = seen(sample)
        await begin()
        await until(lambda before=before: seen(sample) > before)
        found = [block for block in loop_of(sample).blocks if block.what and not block.what.startswith(RAN_NEXT)]
        if found:
            (block,) = found
            return block
    raise AssertionError(f"it was never named: {loop_of(sample)}")


def watchdogs() -> int:
    """How many watchdogs run in this process."""
    return sum(thread.name == "golem-watchdog" for thread in threading.enumerate())


# What a command does


def hold() -> None:
    """Hold the loop."""
    time.sleep(HELD_S)


WORTH_ADVICE_S = 1.1
"""Where the three seconds are at risk."""


async def sleeps(_: object) -> None:
    hold()


async def computes(_: object) -> None:
    end = time.thread_time() + HELD_S
    number = 0
    while time.thread_time() < end:
        for _ in range(2000):
            number = number * 3 % 7919


async def matches(_: object) -> None:
    size, took = 22, 0.0
    while took < HELD_S:
        size += 1
        began = time.thread_time()
        re.match("(a+)+$", "a" * size + "b")
        took = time.thread_time() - began


async def sums(_: object) -> None:
    size, took = 500_000, 0.0
    while took < HELD_S:
        size *= 2
        began = time.thread_time()
        sum(range(size))
        took = time.thread_time() - began


async def queries(_: object) -> None:
    size = 10_000
    database = sqlite3.connect(":memory:")
    took = 0.0
    while took < HELD_S:
        size *= 2
        began = time.thread_time()
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT max(i) FROM n", (size,)
        ).fetchone()
        took = time.thread_time() - began
    database.close()


@pytest.mark.parametrize(
    ("body", "call", "how"),
    [
        (sleeps, "time.sleep", Holding.WAITING),
        (computes, "", Holding.COMPUTING),
        (matches, "re.match", Holding.LOCKING),
        (sums, "sum", Holding.LOCKING),
        (queries, "database.execute", Holding.COMPUTING),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_a_command_does_is_named(scene: Scene, body: Any, call: str, how: Holding) -> None:
    """A command that holds the loop is named with its line, what that line calls, and for how long it did."""
    sample = await holding(scene, body)
    block = await named(scene, sample)
    assert block.place is not None
    assert (block.what, block.call, block.holding) == ("/holds", call, how)
    assert (block.place.file, block.place.function) == (FILE, "hold" if body is sleeps else body.__name__)
    assert block.longest_ns / 1e9 > HELD_S - 0.1


@pytest.mark.usefixtures("open_details")
async def test_the_page_says_it_in_a_sentence(scene: Scene) -> None:
    """/health names the command, its line and what that calls; the monitor's own cost stands below."""
    plugin.configure(details="readers")
    sample = await holding(scene, sleeps)
    await scene.discord.slash(scene.member, "holds", guild=scene.guild)
    await blocked(sample)
    embeds = (await scene.ask("health")).response.data["embeds"]
    text = "".join(embed["description"] for embed in embeds)
    assert re.search(r"`/holds`: [^`]+ in `\S*test_loop\.py:\d+` \(time\.sleep\)", text)
    assert "watchdog" in text
    cost = plugin.monitor_of(sample.bot).snapshot().cost
    assert cost is not None
    assert min(cost.processor_ns["watchdog"], cost.memory_bytes) > 0


@pytest.mark.usefixtures("open_details")
async def test_a_command_that_sleeps_before_it_answers_is_told_the_line(scene: Scene) -> None:
    """To defer first would be the wrong advice: the line that blocks is named, not the one after it."""
    plugin.configure(details="readers")

    async def answers_late(context: Any) -> None:
        time.sleep(WORTH_ADVICE_S)  # noqa: ASYNC251 # what the test is about
        await context.respond("at last")

    sample = await holding(scene, answers_late)
    await (await scene.discord.slash(scene.member, "holds", guild=scene.guild)).answered()
    await blocked(sample)
    line = answers_late.__code__.co_firstlineno + 1
    told = rf"of it blocking the event loop at \S*test_loop\.py:{line} \(time\.sleep\): run it in a thread"

    async def page() -> str:
        embeds = (await scene.ask("commandstats", command="/holds")).response.data["embeds"]
        return " ".join("".join(embed["description"] for embed in embeds).replace("\\", "").split())

    assert re.search(told, await page()), await page()


async def test_the_same_place_counts_as_one(scene: Scene) -> None:
    """A command that holds the loop again is counted, and not told twice."""
    sample = await holding(scene, sleeps)
    for count in (1, 2):
        await scene.discord.slash(scene.member, "holds", guild=scene.guild)
        await until(lambda count=count: [block.count for block in sleeping(sample)] == [count])
    (block,) = loop_of(sample).blocks
    assert block.longest_ns < block.total_ns
    assert block.first_seen < block.last_seen


async def test_a_short_hold_is_no_block(scene: Scene) -> None:
    """What stays under the setting is in the lag, and nowhere else."""
    plugin.configure(loop_block_threshold_ms=10_000)
    sample = await holding(scene, sleeps)
    await scene.discord.slash(scene.member, "holds", guild=scene.guild)
    await until(lambda: (lag := loop_of(sample).lag) and lag.longest_ns > (HELD_S - 0.15) * 1e9)
    assert loop_of(sample).blocks == ()


# What is no command


async def work() -> None:
    """Hold the loop in a task, but not before the task may be seen."""
    await asyncio.sleep(0)
    hold()


def start_task(name: str | None) -> Callable[[], object]:
    """Starts a task of the bot's own."""
    kept: list[object] = []
    return lambda: kept.append(asyncio.get_running_loop().create_task(work(), name=name))


STARTERS: dict[str, tuple[Callable[[], object], str]] = {
    "named task": (start_task("refresh prices"), "task refresh prices"),
    "named by an id": (start_task("refresh 1234567890"), "task refresh …"),
    "task without a name": (start_task(None), "task work"),
    "callback": (lambda: asyncio.get_running_loop().call_soon(hold), "callback hold"),
}


@pytest.mark.parametrize(("begin", "what"), STARTERS.values(), ids=STARTERS)
async def test_what_is_no_command_is_named(scene: Scene, begin: Callable[[], object], what: str) -> None:
    """A task of the bot's own is named by its name or its coroutine, a callback by its function."""
    sample = await scene.run()

    async def hold_again() -> None:
        begin()

    block = await told(sample, hold_again)
    assert (block.what, block.call) == (what, "time.sleep")
    assert block.place is not None
    assert (block.place.file, block.place.function) == (FILE, "hold")


async def test_a_listener_is_named_by_its_function(scene: Scene) -> None:
    """The task in which hikari calls a listener says nothing, so the listener is named."""

    async def on_message(event: hikari.MessageCreateEvent) -> None:
        hold()

    sample = await scene.run()
    sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, on_message)

    async def write() -> None:
        await scene.discord.message(scene.member, scene.channel, "hello")

    assert (await told(sample, write)).what == "on_message"


async def test_many_short_steps_blame_none(scene: Scene) -> None:
    """Where one step after another takes its time, none of them is named."""
    sample = await scene.run()

    async def short() -> None:
        time.sleep(0.02)  # noqa: ASYNC251 # this is what it is about

    tasks = [asyncio.get_running_loop().create_task(short()) for _ in range(30)]
    block = await blocked(sample)
    assert (block.what, block.place, block.holding) == ("", None, Holding.CROWDING)
    await asyncio.gather(*tasks)


# What is nobody's fault


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be suspended here")
def test_a_suspended_process_blames_no_code() -> None:
    """A process that was suspended counts a pause, and no block."""
    command = [sys.executable, "-W", "error", "-c", SUSPENDED]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert "ready\n" in iter(child.stdout.readline, "")
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(1)  # the time that it is suspended for
        os.kill(child.pid, signal.SIGCONT)
        said, _ = child.communicate("go on\n", timeout=50)
    assert "blocks () pauses 1" in said, said


SUSPENDED = """
import asyncio
import sys
import plugin
from tests.e2e.conftest import Scene, patient_discord, until

async def main():
    async with patient_discord() as discord:
        sample = await Scene(discord).run()
        monitor = plugin.monitor_of(sample.bot)
        await until(lambda: monitor.snapshot().loop.lag)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await until(lambda: monitor.snapshot().loop.pauses)
        loop = monitor.snapshot().loop
        print("blocks", loop.blocks, "pauses", loop.pauses)
        await sample.close()

asyncio.run(main())
"""


# On and off


async def test_switched_off_it_costs_nothing(scene: Scene) -> None:
    """Without it there is no thread, and nothing is known of the loop."""
    plugin.configure(loop_watch=False)
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    assert (watchdogs(), monitor.snapshot().loop) == (0, None)
    assert (await scene.ask("performance")).response.data["embeds"]


@pytest.mark.parametrize("end", ["unload", "close"])
async def test_the_thread_ends_with_the_monitor(scene: Scene, end: str) -> None:
    """One thread watches while the bot runs; once it is unloaded or closed there is none, and all is still told."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: watchdogs() == 1)
    await until(lambda: monitor.snapshot().loop.lag)
    await getattr(sample, end)()
    await until(lambda: watchdogs() == 0)
    assert monitor.snapshot().loop.lag is not None


async def test_two_bots_on_one_loop_both_tell(scene: Scene) -> None:
    """Each monitor tells what held its loop; that it was a command is known to the one whose it is."""
    async with patient_discord() as discord:
        first, second = await holding(scene, sleeps), Scene(discord).make()
        await second.load()
        await second.start()
        await until(lambda: watchdogs() == 2)
        await scene.discord.slash(scene.member, "holds", guild=scene.guild)
        told = [await slept(sample) for sample in (first, second)]
        await second.close()
    assert told[0].what == "/holds"
    assert told[1].what != "/holds"


async def test_a_sample_has_the_lag_since_the_one_before(scene: Scene) -> None:
    """Each sample tells how late the loop was meanwhile."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: monitor.snapshot().loop.lag)
    hold()
    await until(lambda: monitor.snapshot().loop.lag.longest_ns > 1e8)
    await monitor.tick()
    await until(lambda: monitor.snapshot().loop.lag.longest_ns)
    lags = [taken.loop_lag for taken in monitor.snapshot().samples if taken.loop_lag is not None]
    assert any(lag.longest_ns > 1e8 for lag in lags)
    assert monitor.snapshot().loop.recent == lags[-1]


async def test_a_broken_watchdog_never_reaches_the_bot(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails in it is counted, and ends its thread in the end; the bot answers."""

    def broken(*_: object, **__: object) -> Any:
        raise LookupError("the instrument is broken")

    monkeypatch.setattr(StackSampler, "sample", broken)
    monkeypatch.setattr(containment, "FAULTS_UNTIL_OFF", 2)
    sample = await holding(scene, sleeps)
    state = plugin.monitor_of(sample.bot).snapshot
    while not state().monitor.switched_off:
        await scene.call("ping")
        hold()
    await until(lambda: watchdogs() == 0)
    assert set(state().monitor.switched_off) == {"event loop"}
    await scene.call("ping")
