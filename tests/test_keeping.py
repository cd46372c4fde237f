"""The scheduled work of history, on one loop after another."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from plugin.corridor.cutting import Cutter
from plugin.corridor.keeping import Keeper
from plugin.corridor.minutes import Minutes, history_clock
from plugin.instrument.containment import Containment
from plugin.metrics import Registry
from plugin.model import CommandKey, CommandKind, Observation
from plugin.settings import Settings

ROOT = Path(__file__).parents[1]
MANY = 120
"""Commands that are cut in more than one step."""


def keeper(path: Path, containment: Containment | None = None) -> Keeper:
    """One with commands to cut, of a bot that history knows."""
    registry = Registry(10, 1000)
    rest: Any = None
    for number in range(MANY):
        registry.command(CommandKey(CommandKind.SLASH, f"command {number}", None))
    containment, settings = containment or Containment(), Settings(database=str(path / "golem.db"))
    cutter = Cutter(registry, Observation, tuple, tuple, history_clock())
    minutes = Minutes(cutter, containment)
    made = Keeper(rest, minutes, lambda: ((), ""), lambda: False, containment, settings)
    made.bot = 1
    return made


def test_a_bot_that_runs_twice_in_a_process_is_cut_as_before(tmp_path: Path) -> None:
    """Each run has a loop of its own, and on each several may ask for a flush at the same moment."""
    history = keeper(tmp_path)

    async def run() -> None:
        history.start()
        await asyncio.gather(*(history.flush() for _ in range(3)))
        await history.leave()

    for _ in range(2):
        asyncio.run(run())


def test_a_process_that_leaves_its_loop_ends_without_a_word(tmp_path: Path) -> None:
    """Nobody closed the bot, and history says goodbye at the very end, when Python begins no thread any more."""
    program = """
import asyncio, pathlib, sys
from tests.test_keeping import keeper

history = keeper(pathlib.Path(sys.argv[1]))

async def run():
    history.start()
    await history.flush()

loop = asyncio.new_event_loop()
loop.run_until_complete(run())
for task in asyncio.all_tasks(loop):
    task.cancel()
loop.run_until_complete(asyncio.sleep(0))
loop.close()
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    with closing(sqlite3.connect(tmp_path / "golem.db")) as connection:
        assert connection.execute("SELECT left_at IS NOT NULL FROM golem_boots").fetchall() == [(1,)]
