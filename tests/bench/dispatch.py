"""What the monitor adds to a command, from the raw gateway event to the end of its handler."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import NamedTuple

import plugin
from tests.bench.bots import ADDED_BOUNDS, END_BOUND, FIRST_RESPONSE_BOUND, Bot
from tests.bench.events import Events
from tests.bench.measure import Batch, added, by_turns, pair, processor_ns, side_by_side
from tests.bench.rivals import RIVALS
from tests.bench.table import Row, beside

SIZE = 100
FIRST_RESPONSE = "answering until the answer"
MEASURED = (
    ("silent", "event to end, silent command"),
    ("answering", "event to end, with a response"),
)
BARE, OURS, COUNTING = "bare", "the monitor", "the monitor, counting only"
WITHOUT = "the bot without it"
JUDGED_BY = "prometheus_client"
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
    """Equal bots, one of them bare and each other one with the monitor or with a rival, by turns in small batches.

    Each is in a process of its own, as it is where it runs: in one process the interpreter's inline caches would see
    the classes of all, which slows each. Each invocation is a raw event handed to hikari's event manager, and has
    ended when Lightbulb's listener has: then all is done that the command set off, on either line. Nothing goes over
    a socket: where the command responds, the innermost request is answered at once, so what Discord would take does
    not hide what is added.
    """
    repeats = 5 if quick else 200
    processes = {OURS: Process(OURS), BARE: Process(BARE), COUNTING: Process(COUNTING, **WITHOUT_REASONS)}
    processes |= {rival: Process(rival) for rival in RIVALS}
    rows: list[Row] = []
    for command, what in MEASURED:
        took = dict(
            zip(processes, by_turns([each.batch(command) for each in processes.values()], repeats), strict=True)
        )
        rows += _ends(what, took) + _additions(command, took)
    first = side_by_side(processes[OURS].batch(FIRST_RESPONSE), processes[BARE].batch(FIRST_RESPONSE), repeats)
    rows.append(beside("event to first response", first, WITHOUT, FIRST_RESPONSE_BOUND))
    _check({variant: process.stop() for variant, process in processes.items()})
    return rows


def _ends(what: str, took: Mapping[str, list[float]]) -> list[Row]:
    bare = took[BARE]
    return [
        beside(what, pair(took[OURS], bare), WITHOUT, END_BOUND),
        beside(f"{what}, counting only", pair(took[COUNTING], bare), WITHOUT, END_BOUND),
    ]


def _additions(command: str, took: Mapping[str, list[float]]) -> list[Row]:
    """What the monitor adds to a command beside what each rival adds."""
    bare = took[BARE]
    ours = added(took[OURS], bare)
    return [
        beside(
            f"added per {command} command, {rival}",
            pair(ours, added(took[rival], bare)),
            rival,
            ADDED_BOUNDS[command] if rival == JUDGED_BY else None,
        )
        for rival in RIVALS
    ]


class Process:
    """A bot in a process of its own that runs batches when it is told to."""

    def __init__(self, variant: str, **settings: bool) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs, variant, settings), daemon=True)
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


def serve(pipe: Connection, variant: str, settings: dict[str, bool]) -> None:
    """Run what comes through the pipe, until it is told to stop."""
    _share_a_core()
    plugin.configure(**settings)
    with asyncio.Runner() as runner:
        events = Events()
        bot = Bot(events.token, RIVALS[variant]() if variant in RIVALS else None)
        runner.run(_open(bot, events, variant in (OURS, COUNTING)))
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
    began_ns = time.process_time_ns()  # a rival may do a part of its work in a thread
    for payload in payloads:
        await deliver("INTERACTION_CREATE", payload)
    return (time.process_time_ns() - began_ns) / SIZE


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


def _check(did: Mapping[str, Done]) -> None:
    """All did the same in the rounds in which all had their turn, and the monitors measured everything."""
    turns = {(done.ran, done.requests) for variant, done in did.items() if variant not in (OURS, BARE)}
    pairs = {(did[variant].ran, did[variant].requests) for variant in (OURS, BARE)}
    measured = [did[OURS], did[COUNTING]]
    whole = all(
        (done.counted, done.first_responses, done.troubles) == (done.ran, done.requests, "") for done in measured
    )
    if len(turns) != 1 or len(pairs) != 1 or not whole:
        raise RuntimeError(f"the bots did not do the same: {did}")
