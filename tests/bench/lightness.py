"""What the plugin adds to the memory of a small bot, and to its start."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from examples.localdiscord import ADMINISTRATOR, LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from tests.bench.measure import Spread
from tests.bench.table import Row, alone

MEMORY_BOUND_MB = 10
PAGES_BOUND_MB = 6
START_BOUND_MS = 150
CALLS = 20
PAGES: Sequence[tuple[str, dict[str, Any]]] = (
    ("performance", {}),
    ("performance", {"period": "24h"}),
    ("cogstats", {}),
    ("commandstats", {}),
    ("commandstats", {"command": "ping"}),
    ("health", {}),
)
"""Every page once, one of a period and one of a command among them."""

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20
PATIENCE_S = 120


class Run(NamedTuple):
    """One life of the bot."""

    start_processor_ms: float
    start_ms: float
    memory_mb: float
    """Resident memory, after some commands and a write of history."""
    private_mb: float
    """The part of it that no other process shares."""
    after_pages_mb: float


def measure(quick: bool) -> list[Row]:
    """Runs of the demo's bot, with the plugin and without it by turns, each in a new process.

    All settings have their defaults, and history goes to a new SQLite file. Bytecode is compiled in a run that is not
    counted. Memory is what the system calls resident, shared libraries included.
    """
    repeats = 2 if quick else 9
    with tempfile.TemporaryDirectory() as folder:
        pairs = asyncio.run(_pairs(Path(folder), repeats))
    return [
        _row("memory added to a small bot", pairs, "memory_mb", "MB", MEMORY_BOUND_MB, _private(pairs)),
        _pages([ours for ours, _ in pairs]),
        _row("processor time added to its start", pairs, "start_processor_ms", "ms", START_BOUND_MS, _wall(pairs)),
    ]


Pairs = Sequence[tuple[Run, Run]]


def _row(what: str, pairs: Pairs, field: str, unit: str, bound: float, note: str) -> Row:
    ours, theirs = (Spread.of([getattr(pair[which], field) for pair in pairs]) for which in (0, 1))
    added = Spread.of([getattr(mine, field) - getattr(other, field) for mine, other in pairs])
    shown = f"{added.median:.1f} {unit} ({added.low:.1f} - {added.high:.1f})"
    row = alone(what, f"{ours.median:.1f} {unit}", added.median, bound, unit, note)
    return row._replace(theirs=f"{theirs.median:.1f} {unit} the bot without it", judged=f"+ {shown}")


def _pages(runs: Sequence[Run]) -> Row:
    added = Spread.of([run.after_pages_mb - run.memory_mb for run in runs])
    shown = f"{Spread.of([run.after_pages_mb for run in runs]).median:.1f} MB"
    return alone("memory added by all pages, asked once", shown, added.median, PAGES_BOUND_MB, "MB")


def _private(pairs: Pairs) -> str:
    added = Spread.of([mine.private_mb - other.private_mb for mine, other in pairs])
    return f"{added.median:.1f} MB ({added.low:.1f} - {added.high:.1f}) of it shared with no other process"


def _wall(pairs: Pairs) -> str:
    added = Spread.of([mine.start_ms - other.start_ms for mine, other in pairs])
    return f"by the clock {added.median:.0f} ms ({added.low:.0f} - {added.high:.0f})"


async def _pairs(folder: Path, repeats: int) -> Pairs:
    pairs: list[tuple[Run, Run]] = []
    for number in range(repeats + 1):
        turns = {loaded: await _run(folder, loaded) for loaded in ((True, False) if number % 2 else (False, True))}
        pairs.append((turns[True], turns[False]))
    return pairs[1:]


async def _run(folder: Path, loaded: bool) -> Run:
    async with LocalDiscord() as discord:
        guild = discord.add_guild("Golem's workshop")
        ada = guild.add_member("ada", permissions=ADMINISTRATOR)
        began_s = time.monotonic()
        async with _bot(folder, discord, loaded) as bot:
            start_processor_ms = 1e3 * float(await _line(bot))
            start_ms = 1e3 * (time.monotonic() - began_s)
            await discord.registered("ping")
            for _ in range(CALLS):
                await (await discord.slash(ada, "ping", guild=guild)).answered()
            process = await _settled(bot)
            memory_mb, private_mb = process.rss / MEGABYTE, process.uss / MEGABYTE
            for page, options in PAGES if loaded else ():
                await (await discord.slash(ada, page, guild=guild, options=options)).answered()
            after_pages_mb = (await _settled(bot)).rss / MEGABYTE
    return Run(start_processor_ms, start_ms, memory_mb, private_mb, after_pages_mb)


@contextlib.asynccontextmanager
async def _bot(folder: Path, discord: LocalDiscord, loaded: bool) -> AsyncIterator[asyncio.subprocess.Process]:
    extensions = ["plugin"] if loaded else []
    with tempfile.TemporaryDirectory(dir=folder) as home:
        bot = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.bench.small_bot", str(LIGHTBULB_LINE), discord.rest_url, discord.token, *extensions),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=home,
            env=_environment(folder),
        )
        try:
            yield bot
            assert bot.stdin is not None
            bot.stdin.close()
            async with asyncio.timeout(PATIENCE_S):
                await bot.wait()
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


def _environment(folder: Path) -> dict[str, str]:
    unset = {"PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in unset and not name.startswith("GOLEM_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


async def _line(bot: asyncio.subprocess.Process) -> str:
    assert bot.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        line = (await bot.stdout.readline()).decode().strip()
    if not line:
        raise RuntimeError("the bot ended before its time")
    return line


async def _settled(bot: asyncio.subprocess.Process) -> Any:
    assert bot.stdin is not None
    bot.stdin.write(b"settle\n")
    await _line(bot)
    return psutil.Process(bot.pid).memory_full_info()
