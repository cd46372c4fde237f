"""What 500 of an operator's own rules cost each minute, with 1,000 commands that are all in use."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Iterator
from typing import Any

from plugin.corridor.minutes import Minute
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.threshold_watch import BotView, ThresholdWatch
from plugin.insight.findings import FindingBook
from plugin.metrics import Registry
from plugin.model import Batch, CommandDelta, CommandKey, CommandKind, Outcome
from plugin.own_rules import OwnThreshold
from tests.bench.measure import Spread, processor_ns
from tests.bench.table import Row, alone, milli

RULES, COMMANDS, COGS = 500, 1_000, 50
BOUND_MS, STEP_BOUND_MS = 10, 5
MINUTE_S = 60
BEGIN = 20_000 * 86_400
KEYS = [CommandKey(CommandKind.SLASH, f"group{n % COGS} command{n}", f"Cog {n % COGS}") for n in range(COMMANDS)]
MEASURES: tuple[dict[str, Any], ...] = (
    {"measure": "error_rate_percent", "bound": 20},
    {"measure": "answer_time_ms", "bound": 3500, "value": "p95"},
    {"measure": "answer_time_ms", "bound": 900},
    {"measure": "invocations", "bound": 5, "below": True},
    {"measure": "denials", "bound": 50, "for_s": 300},
    {"measure": "invocations", "absent": True, "for_s": 7200},
)


def measure(quick: bool) -> list[Row]:
    """Taking and judging one minute after another; the first ones, in which commands become known, are left out.

    400 rules are about one command each, 75 about a cog, 20 about the 20 commands of a group, 5 about all commands.
    """
    took, steps = asyncio.run(_minutes(4 if quick else 40))
    return [
        alone("500 rules over 1,000 commands, a minute", milli(took), took.median / 1e6, BOUND_MS, "ms"),
        alone("  longest step of judging them", milli(Spread.of([max(steps)])), max(steps) / 1e6, STEP_BOUND_MS, "ms"),
    ]


def _rules() -> Iterator[OwnThreshold]:
    for number in range(RULES):
        more = MEASURES[number % len(MEASURES)]
        if number < 400:
            yield OwnThreshold(**more, command=f"/{KEYS[number].name}")
        elif number < 475:
            yield OwnThreshold(**more, cog=f"Cog {number % COGS}")
        elif number < 495:
            yield OwnThreshold(**more, command=f"/group{number % COGS} *")
        else:
            yield OwnThreshold(**more)


async def _minutes(number: int) -> tuple[Spread, list[float]]:
    registry, random_ns, book = Registry(100, COMMANDS), random.Random(7), FindingBook()
    own = OwnSeries(object(), lambda: 1, waits=False)
    clock = iter(range(0, 10**9, MINUTE_S))
    view = BotView(str, lambda: True, tuple, lambda: KEYS)
    watch = ThresholdWatch(_rules(), own, lambda: book.active, book.hold, view, lambda: next(clock))
    took, steps = list[float](), list[float]()
    written = list[object]()  # history has them as well, so that rules do not free them
    for minute in range(number + 2):
        cut = tuple(_used(registry, random_ns))
        written.append(cut)
        gc.collect()
        spent = await _judged(watch, Minute(Batch(BEGIN + MINUTE_S * minute, minute, cut, {}, ()), BEGIN + minute * 60))
        if minute >= 2:
            took.append(sum(spent))
            steps += spent
    return Spread.of(took), steps


def _used(registry: Registry, random_ns: random.Random) -> Iterator[CommandDelta]:
    """Each command is invoked three times in the minute, and one in fifty times it fails."""
    for key in KEYS:
        command = registry.command(key)
        for _ in range(3):
            answer_ns = int(1e6 * 2 ** random_ns.uniform(3, 11))
            outcome = Outcome.ERROR if random_ns.random() < 0.02 else Outcome.OK
            command.record(outcome, 1, 1 + answer_ns, 1 + 2 * answer_ns)
        delta = command.cut()
        assert delta is not None
        yield delta


async def _judged(watch: ThresholdWatch, minute: Minute) -> list[float]:
    """The processor time of each step in nanoseconds."""
    began_ns = processor_ns()
    watch.take(minute)
    spent = [float(processor_ns() - began_ns)]
    coroutine = watch.judge()
    while True:
        began_ns = processor_ns()
        try:
            coroutine.send(None)
        except StopIteration:
            return [*spent, processor_ns() - began_ns]
        spent.append(processor_ns() - began_ns)
