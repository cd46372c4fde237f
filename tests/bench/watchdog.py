"""What it costs to watch the event loop, in shares of one core."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from plugin.instrument.containment import Containment
from plugin.instrument.loop import LoopWatch
from plugin.instrument.places import Places
from tests.bench.table import Row, alone

BOUND_PERCENT = 0.5


def measure(quick: bool) -> list[Row]:
    """Processor time of the watchdog and of the loop's beats, beside a loop that rests and one that never does.

    On the loop that rests all that its thread uses is counted, waking up included. One that is busy wakes up anyway,
    and its beats take microseconds.
    """
    seconds = 1.5 if quick else 8
    resting = asyncio.run(_share(seconds, busy=False))
    busy = asyncio.run(_share(seconds, busy=True))
    return [
        alone(
            "watchdog, idle loop", f"{resting[0]:.3f} % and {resting[1]:.3f} %", sum(resting), BOUND_PERCENT, "%", NOTE
        ),
        alone("watchdog, busy loop", f"{busy[0]:.3f} %", busy[0], BOUND_PERCENT, "%"),
    ]


NOTE = "its thread, and the loop that would do nothing else"


async def _share(seconds: float, *, busy: bool) -> tuple[float, float]:
    """Processor time of the watchdog and of this loop's thread, in percent of the time that passed."""
    watch = LoopWatch(250, Places(Path.cwd()), lambda _: None, lambda _: None, Containment())
    watch.start()
    began_ns, loop_ns = time.monotonic_ns(), time.thread_time_ns()
    if busy:
        while time.monotonic_ns() - began_ns < seconds * 1e9:
            sum(number * number for number in range(2000))
            await asyncio.sleep(0)
    else:
        await asyncio.sleep(seconds)
    passed_ns, used_ns = time.monotonic_ns() - began_ns, time.thread_time_ns() - loop_ns
    watch.stop()
    return 100 * watch.processor_ns / passed_ns, 100 * used_ns / passed_ns
