"""What `python -m plugin watch` takes beside a bot: memory, and its share of a core."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from plugin.cli.watch import EVERY_S
from plugin.history.store import open_store
from plugin.model import Writer
from tests.bench.table import Row, alone
from tests.history.postgres import Postgres

MEMORY_BOUND_MB, SHARE_BOUND_PERCENT = 30, 0.2
MEGABYTE = 2**20
PROCESSES = 500
HURRY_S = 0.05
"""It looks so often instead; the time that a look itself takes makes it somewhat less."""
ROOT = Path(__file__).parents[2]


def measure(quick: bool) -> list[Row]:
    """A watcher over a bot that was started 500 times, in a process of its own, after some hundred looks."""
    seconds = 2 if quick else 20
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="golem-bench-") as folder:
        rows += _rows("SQLite", str(Path(folder) / "golem.db"), folder, seconds)
        server = Postgres()
        try:
            rows += _rows("PostgreSQL", server.address, folder, seconds)
        finally:
            server.remove()
    return rows


def _rows(kind: str, address: str, folder: str, seconds: float) -> list[Row]:
    asyncio.run(_fill(address))
    memory_mb, look_s = _watched(address, folder, seconds)
    share = 100 * look_s / EVERY_S
    shown = f"{1e3 * look_s:.1f} ms a look"
    return [
        alone(f"memory of watch, {kind}", f"{memory_mb:.1f} MB", memory_mb, MEMORY_BOUND_MB, "MB"),
        alone(f"processor time of watch, {kind}", shown, share, SHARE_BOUND_PERCENT, "%"),
    ]


async def _fill(address: str) -> None:
    async with await open_store(address) as store:
        for number in range(PROCESSES):
            writer, at = Writer(42, "one", f"{number}", "1.0", True), time.time() - 3600 * (PROCESSES - number)
            await store.fleet.register(writer, at)
            await store.fleet.beat(writer, at + 3000, (0, 1), "memory 81 MB, CPU 4 %, 0 alerts")


def _watched(address: str, folder: str, seconds: float) -> tuple[float, float]:
    """Resident megabytes of a watcher, and seconds of processor time for each look."""
    command = (sys.executable, "-m", "plugin", "watch", "--database", address, "--every", str(HURRY_S))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLEM_")}
    watcher = subprocess.Popen(command, cwd=folder, env=kept | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
    try:
        assert watcher.stdout is not None
        watcher.stdout.readline()  # it watches
        process = psutil.Process(watcher.pid)
        time.sleep(1)  # the first looks import and prepare what later ones have
        before_s, began_s = sum(process.cpu_times()[:2]), time.monotonic()
        time.sleep(seconds)
        used_s, passed_s = sum(process.cpu_times()[:2]) - before_s, time.monotonic() - began_s
        memory_mb = process.memory_info().rss / MEGABYTE
    finally:
        watcher.terminate()
        watcher.communicate()
    return memory_mb, _look_s(used_s / passed_s)


def _look_s(busy: float) -> float:
    """Processor time of one look, of a watcher that is busy for this share of the time between two."""
    return HURRY_S * busy / (1 - busy)
