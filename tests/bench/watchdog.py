"""What it costs to watch the event loop, in shares of one core."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from plugin.instrument.containment import Containment
from plugin.instrument.installed import find_installed
from plugin.instrument.loop import LoopWatch
from plugin.instrument.places import Places
from tests.bench.measure import Spread
from tests.bench.table import Row, alone

BOUND_PERCENT = 0.5
WINDOW_NS = 1_000_000_000
NOTE = "its thread, and all that the beats make the loop's thread do, which would sleep otherwise"


def measure(quick: bool) -> list[Row]:
    """Processor time of the watchdog and of the loop's beats, beside a loop that rests and one that never does.

    While the loop rests all that the process uses is counted, waking up included; one that is busy is awake anyway.
    """
    find_installed()  # found out once, when a bot starts
    windows = 2 if quick else 10
    return [
        _row("watchdog and beats, idle loop", Spread.of(asyncio.run(_shares(windows, busy=False))), NOTE),
        _row("watchdog and beats, busy loop", Spread.of(asyncio.run(_shares(windows, busy=True)))),
    ]


def _row(what: str, share: Spread, note: str = "") -> Row:
    shown = f"{share.median:.3f} % ({share.low:.3f} - {share.high:.3f})"
    return alone(what, shown, share.median, BOUND_PERCENT, "%", note)


async def _shares(windows: int, *, busy: bool) -> list[float]:
    """Processor time in percent of the time that passed, window by window."""
    watch = LoopWatch(250, Places(Path.cwd()), lambda _: None, lambda _: None, Containment())
    watch.start()
    shares: list[float] = []
    for _ in range(windows):
        began_ns, watch_ns, process_ns = time.monotonic_ns(), watch.processor_ns, time.process_time_ns()
        if busy:
            await _work(began_ns + WINDOW_NS)
        else:
            await asyncio.sleep(WINDOW_NS / 1e9)
        used_ns = watch.processor_ns - watch_ns if busy else time.process_time_ns() - process_ns
        shares.append(100 * used_ns / (time.monotonic_ns() - began_ns))
    watch.stop()
    return shares


async def _work(end_ns: int) -> None:
    while time.monotonic_ns() < end_ns:
        sum(number * number for number in range(2000))
        await asyncio.sleep(0)
