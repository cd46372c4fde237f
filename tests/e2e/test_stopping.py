"""How a bot ends: nothing that it counted is lost, and nobody else notices that there was a monitor."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor.loop_thread import THREADS
from plugin.history.store import open_store
from plugin.model import Outcome
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, bot_of, kept, run  # noqa: F401 # a fixture

ROOT = Path(__file__).parents[2]
IN_FLIGHT = 30
CHILD_S = 100.0
"""How long a process may take to start on a busy machine."""

OURS = re.compile(r" plugin\.| extension 'plugin' ")
"""What the log says of the plugin."""

TIME = re.compile(r"\d{4}-\d\d-\d\d \S+|\d+\.\d+|0x[0-9a-f]+")
"""What differs from one run to the next."""

SIGNALS = {"run": signal.SIGTERM, "main": signal.SIGINT, "rest": signal.SIGINT}
WAYS = ["run", "main", "exit", "raise", "close", "left", *(["rest"] if LIGHTBULB_LINE == 3 else [])]
"""How a bot may end; Lightbulb 2 has no bots without a gateway."""


async def said(running: Any, *words: str) -> str:
    """Wait until a child has said these words, in their order, among the lines of its log; what follows the last."""
    rest = ""
    for word in words:
        while not (line := (await running.stdout.readline()).decode()).startswith(word):
            assert line, f"it ended before it said {word}"
        rest = line.removeprefix(word).strip()
    return rest


@asynccontextmanager
async def child(scene: Scene, way: str, *, loads: bool = True) -> AsyncIterator[Any]:
    """A bot in a process of its own that has commands in flight and has just answered one."""
    discord = scene.discord
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.stopping_child", discord.rest_url, discord.token, discord.public_key.hex()),
        *(way, "loads" if loads else "bare"),
        env={**os.environ, "PYTHONPATH": str(ROOT), "GOLEM_DATABASE": "golem.db"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        if way == "rest":
            await discord.interactions_endpoint(f"http://127.0.0.1:{await said(child, 'port')}/")
        else:
            await said(child, "started")
        await discord.registered("end", timeout_s=CHILD_S)
        await discord.burst(scene.member, "slow", count=IN_FLIGHT, guild=scene.guild)
        await said(child, *["slow"] * IN_FLIGHT)
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


async def answer_and_end(scene: Scene, running: Any, way: str) -> tuple[int, list[str]]:
    """Have one more command answered, and the bot end in the same moment; its exit code, and its log."""
    await scene.discord.slash(scene.member, "answer", guild=scene.guild)
    await said(running, "answered")
    if way in SIGNALS:
        running.send_signal(SIGNALS[way])
    else:
        await scene.discord.slash(scene.member, "end", guild=scene.guild)
    log, _ = await running.communicate()
    return running.returncode, [TIME.sub("", line) for line in log.decode().splitlines()]


@pytest.mark.parametrize("way", WAYS)
async def test_all_that_ended_with_the_bot_is_kept(scene: Scene, way: str) -> None:
    """What is in flight when a bot ends counts as cancelled, what was answered just before as well, in history too."""
    async with child(scene, way) as running:
        code, log = await answer_and_end(scene, running, way)
    totals = await kept()
    assert totals["slow"].outcomes[Outcome.CANCELLED] == sum(totals["slow"].outcomes) == IN_FLIGHT, log
    assert totals["answer"].outcomes == (1, 0, 0, 0)
    async with await open_store("golem.db") as store:
        (seen,) = await store.fleet.instances(await bot_of(store))
    assert seen.left is not None, (code, log)


async def test_a_command_may_end_after_its_bot(scene: Scene) -> None:
    """Where the loop goes on after the bot has stopped, history waits for what is in flight, by no task of its own."""
    sample, _ = await run(scene)
    await scene.discord.slash(scene.member, "slow", guild=scene.guild)
    await sample.gates.entered.get()
    await sample.close()
    assert threads() and not [task for task in asyncio.all_tasks() if task.get_name().startswith(THREADS[:-1])]
    sample.gates.open("slow")
    await until(lambda: not threads())
    assert sum((await kept())["slow"].outcomes) == 1


def threads() -> list[str]:
    """Threads of the monitor."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(THREADS)]


async def test_nobody_else_notices(scene: Scene) -> None:
    """A bot ends with the same exit code and the same lines in its log as without the plugin."""
    ends: list[tuple[int, list[str]]] = []
    for loads in (True, False):
        async with child(scene, "run", loads=loads) as running:
            code, log = await answer_and_end(scene, running, "run")
        ends.append((code, [line for line in log if not OURS.search(line)]))
    with_plugin, without = ends
    assert with_plugin == without
