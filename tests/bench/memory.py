"""How much memory a thousand commands take."""

from __future__ import annotations

import gc
import tracemalloc

from plugin.metrics import Registry, Routes
from plugin.metrics.stages import LARGEST_PLACES, Stages
from plugin.model import CommandKey, CommandKind, Place
from tests.bench.filling import COMMANDS, fill
from tests.bench.table import Row, alone

BOUND_MB = 5
REASONS_BOUND_MB = 8
ROUTES = 200
MS = 1_000_000


def measure(_: bool) -> list[Row]:
    """Bytes of all objects that are alive because of 1,000 commands with full windows, their names included."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    registry = Registry(100, COMMANDS)
    fill(registry.command(_key(number)) for number in range(COMMANDS))
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    megabytes = taken / 1e6
    shown = f"{megabytes:.2f} MB, {taken / COMMANDS:,.0f} bytes a command"
    return [alone("memory of 1,000 commands", shown, megabytes, BOUND_MB, "MB"), _reasons()]


def _reasons() -> Row:
    """Bytes of all that tells why: stages with misses and places of 1,000 commands, and 200 routes."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [_stages(number) for number in range(COMMANDS)], _routes()
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    megabytes = taken / 1e6
    shown = f"{megabytes:.2f} MB, {len(kept[0]):,} commands"
    return alone("memory of why they are slow", shown, megabytes, REASONS_BOUND_MB, "MB")


def _stages(number: int) -> Stages:
    stages = Stages(100)
    for _ in range(150):
        stages.record(MS, MS, 900 * MS, 200 * MS, 0, MS, 50 * MS)
    stages.missed(False, 500 * MS, (MS, MS, 3_000 * MS, 500 * MS, 0), 50 * MS)
    for line in range(LARGEST_PLACES):
        stages.waited(Place(f"cogs/cog{number % 300}.py", f"Command{number}.callback", line))
    return stages


def _routes() -> Routes:
    routes = Routes()
    for number in range(ROUTES):
        route = routes.route(f"POST /channels/{{channel}}/route{number}")
        for power in range(30):
            route.finished(2**power * 1000, 2**power, 0, 0, False, number)
    return routes


def _key(number: int) -> CommandKey:
    return CommandKey(CommandKind.SLASH, f"group{number % 40} command{number}", f"cog{number % 300}")
