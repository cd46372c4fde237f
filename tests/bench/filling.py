"""Commands with a past: full windows, durations of every size, some failures."""

from __future__ import annotations

import random
from collections.abc import Iterable

from plugin.metrics import CommandMetrics
from plugin.model import ErrorGroup, Outcome, Place

COMMANDS = 1_000
INVOCATIONS = 150
"""More than a window holds, so that it has wrapped around."""

FAILING_SHARE = 0.1
ERRORS = 3
MS = 1_000_000


def fill(commands: Iterable[CommandMetrics]) -> None:
    """Give every command 150 invocations of 1 ms to 4 s (12 octaves) with a first response, and errors to a tenth."""
    choose = random.Random(7)  # the same past in every run
    for number, command in enumerate(commands):
        for _ in range(INVOCATIONS):
            duration_ns = int(MS * 2 ** choose.uniform(0, 12))
            command.record(Outcome.OK, 1, 1 + duration_ns // 2, 1 + duration_ns)
        if number % round(1 / FAILING_SHARE) == 0:
            _fail(command)


def _fail(command: CommandMetrics) -> None:
    for number in range(ERRORS):
        place = Place(f"cogs/{command.key.cog}.py", f"{command.key.name}.callback", 10 + number)
        command.failed(Outcome.ERROR, ErrorGroup(f"bot.errors.Error{number}", place, 1, 1.7e9, 1.7e9))
        command.record(Outcome.ERROR, 1, 0, 1 + 20 * MS)
