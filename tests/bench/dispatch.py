"""What the monitor adds to a command, from the raw gateway event to the end of its handler."""

from __future__ import annotations

import asyncio

import plugin
from tests.bench.bots import OVERHEAD_BOUND, Bot
from tests.bench.events import Events
from tests.bench.measure import Batch, processor_ns, side_by_side
from tests.bench.table import Row, beside

SIZE = 40


def measure(quick: bool) -> list[Row]:
    """Two equal bots in one process, one of them with the monitor, by turns in small batches.

    Each invocation is a raw event handed to hikari's event manager, and has ended when Lightbulb's listener has: then
    all is done that the command set off, on either line. Nothing goes over a socket: where the command responds, the
    innermost request is answered at once, so what Discord would take does not hide what the monitor adds.
    """
    with asyncio.Runner() as runner:
        return _rows(runner, 60 if quick else 300)


def _rows(runner: asyncio.Runner, batches: int) -> list[Row]:
    events = Events()
    with_monitor, without = Bot(events.token), Bot(events.token)
    for bot, measured in ((with_monitor, True), (without, False)):
        runner.run(_open(bot, events, measured))
    rows = []
    for command, what in (("silent", "event to end, silent command"), ("answering", "event to end, with a response")):
        ours, theirs = (_batch(runner, bot, events, command) for bot in (with_monitor, without))
        pair = side_by_side(ours, theirs, batches)
        rows.append(beside(what, pair, "the bot without it", OVERHEAD_BOUND))
    _check(with_monitor, without)
    for bot in (with_monitor, without):
        runner.run(bot.stop())
    return rows


async def _open(bot: Bot, events: Events, measured: bool) -> None:
    await bot.start(measured)
    for guild in events.guilds(1):
        await bot.wire.deliver("GUILD_CREATE", guild)


def _batch(runner: asyncio.Runner, bot: Bot, events: Events, command: str) -> Batch:
    async def run() -> float:
        payloads = [events.call(command) for _ in range(SIZE)]
        deliver = bot.wire.deliver
        began_ns = processor_ns()
        for payload in payloads:
            await deliver("INTERACTION_CREATE", payload)
        return (processor_ns() - began_ns) / SIZE

    return lambda: runner.run(run())


def _check(with_monitor: Bot, without: Bot) -> None:
    """Both bots did the same, and all of it was measured."""
    monitor = plugin.monitor_of(with_monitor.app)
    assert monitor is not None
    snapshot = monitor.snapshot()
    counted = sum(command.outcomes[0] for command in snapshot.commands)
    responses = sum(command.first_responses.total for command in snapshot.commands)
    expected = (without.ran, without.ran, without.wire.session.requests, without.wire.session.requests)
    found = (with_monitor.ran, counted, with_monitor.wire.session.requests, responses)
    if found != expected or snapshot.monitor.faults or snapshot.monitor.switched_off:
        raise RuntimeError(f"the bots did not do the same: {found}, not {expected}; {snapshot.monitor}")
