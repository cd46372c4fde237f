"""What the monitor adds to a command, from the raw gateway event to the end of its handler."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

import plugin
from tests.bench.bots import END_BOUND, FIRST_RESPONSE_BOUND, Bot
from tests.bench.events import Events
from tests.bench.measure import Batch, processor_ns, side_by_side
from tests.bench.table import Row, beside

SIZE = 400
FIRST_RESPONSE = "answering until the answer"
MEASURED = (
    ("silent", "event to end, silent command"),
    ("answering", "event to end, with a response"),
    (FIRST_RESPONSE, "event to first response"),
)
WITHOUT_REASONS = {"stage_watch": False, "rest_watch": False, "loop_watch": False, "task_watch": False}
"""Settings of a monitor that counts and times, but does not tell why something is slow."""

STOP = ""


class Done(NamedTuple):
    """What a bot did until it was stopped."""

    ran: int
    requests: int
    counted: int | None
    """None without the monitor, here and below."""
    first_responses: int | None
    troubles: str


def measure(quick: bool) -> list[Row]:
    """Two equal bots, one of them with the monitor, by turns in small batches.

    Each is in a process of its own, as it is where it runs: in one process the interpreter's inline caches would see
    the classes of both, which slows either. Each invocation is a raw event handed to hikari's event manager, and has
    ended when Lightbulb's listener has: then all is done that the command set off, on either line. Nothing goes over
    a socket: where the command responds, the innermost request is answered at once, so what Discord would take does
    not hide what the monitor adds.
    """
    repeats = 5 if quick else 100
    with_monitor, without = Process(measured=True), Process(measured=False)
    counting = Process(measured=True, **WITHOUT_REASONS)
    rows: list[Row] = []
    for command, what in MEASURED:
        pair = side_by_side(with_monitor.batch(command), without.batch(command), repeats)
        rows.append(
            beside(what, pair, "the bot without it", FIRST_RESPONSE_BOUND if command == FIRST_RESPONSE else END_BOUND)
        )
    for command, what in MEASURED[:2]:
        pair = side_by_side(counting.batch(command), without.batch(command), repeats)
        rows.append(beside(f"{what}, counting only", pair, "the bot without it", END_BOUND))
    _check([with_monitor.stop(), counting.stop()], without.stop())
    return rows


class Process:
    """A bot in a process of its own that runs batches when it is told to."""

    def __init__(self, measured: bool, **settings: bool) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs, measured, settings), daemon=True)
        self._process.start()

    def batch(self, command: str) -> Batch:
        """Runs a batch of that command's invocations; nanoseconds of the processor's time for each."""

        def run() -> float:
            self._pipe.send(command)
            return self._pipe.recv()

        return run

    def stop(self) -> Done:
        """End it, and tell what it did."""
        self._pipe.send(STOP)
        done = self._pipe.recv()
        self._process.join()
        return done


def serve(pipe: Connection, measured: bool, settings: dict[str, bool]) -> None:
    """Run what comes through the pipe, until it is told to stop."""
    _share_a_core()
    plugin.configure(**settings)
    with asyncio.Runner() as runner:
        events = Events()
        bot = Bot(events.token)
        runner.run(_open(bot, events, measured))
        while command := pipe.recv():
            pipe.send(runner.run(_batch(bot, events, command)))
        pipe.send(_done(bot))
        runner.run(bot.stop())


def _share_a_core() -> None:
    # They never run at once; on one core whatever else the machine does slows both alike.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


async def _open(bot: Bot, events: Events, measured: bool) -> None:
    await bot.start(measured)
    for guild in events.guilds(1):
        await bot.wire.deliver("GUILD_CREATE", guild)


async def _batch(bot: Bot, events: Events, command: str) -> float:
    payloads = [events.call(command.partition(" ")[0]) for _ in range(SIZE)]
    deliver = bot.wire.deliver
    if command == FIRST_RESPONSE:
        session, took_ns = bot.wire.session, 0
        for payload in payloads:
            began_ns = processor_ns()
            await deliver("INTERACTION_CREATE", payload)
            took_ns += session.requested_ns - began_ns
        return took_ns / SIZE
    began_ns = processor_ns()
    for payload in payloads:
        await deliver("INTERACTION_CREATE", payload)
    return (processor_ns() - began_ns) / SIZE


def _done(bot: Bot) -> Done:
    monitor = plugin.monitor_of(bot.app)
    requests = bot.wire.session.requests
    if monitor is None:
        return Done(bot.ran, requests, None, None, "")
    snapshot = monitor.snapshot()
    counted = sum(command.outcomes[0] for command in snapshot.commands)
    first_responses = sum(command.first_responses.total for command in snapshot.commands)
    troubles = {**snapshot.monitor.faults, **snapshot.monitor.switched_off}
    return Done(bot.ran, requests, counted, first_responses, str(troubles or ""))


def _check(measured: Sequence[Done], without: Done) -> None:
    """What the bots with a monitor did is what the one without did in its turns, and all of it was measured."""
    turns = sum(done.ran for done in measured), sum(done.requests for done in measured)
    whole = all(
        (done.counted, done.first_responses, done.troubles) == (done.ran, done.requests, "") for done in measured
    )
    if turns != (without.ran, without.requests) or not whole:
        raise RuntimeError(f"the bots did not do the same: {measured}, not {without}")
