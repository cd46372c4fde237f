"""How much memory a thousand commands take."""

from __future__ import annotations

import gc
import tracemalloc

from plugin.metrics import Registry
from plugin.model import CommandKey, CommandKind
from tests.bench.filling import COMMANDS, fill
from tests.bench.table import Row, alone

BOUND_MB = 5


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
    return [alone("memory of 1,000 commands", shown, megabytes, BOUND_MB, "MB")]


def _key(number: int) -> CommandKey:
    return CommandKey(CommandKind.SLASH, f"group{number % 40} command{number}", f"cog{number % 300}")
