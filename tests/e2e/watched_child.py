"""A bot that is watched from outside: `python -m tests.e2e.watched_child REST_URL TOKEN DATABASE`.

It writes a heartbeat whenever it can. `freeze` blocks its loop until a file `thaw` is there; its thread takes a
thousandth of a second for one, so that minutes pass in no time. SIGTERM ends it cleanly.
"""

from __future__ import annotations

import asyncio
import faulthandler
import signal
import sys
import time
from pathlib import Path
from typing import Any

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import archive, keeping
from plugin.corridor.loop_pulse import LoopPulse
from tests.e2e.history_child import Discord

if LIGHTBULB_LINE == 2:
    from tests.e2e.bot2 import SampleBot
else:
    from tests.e2e.bot3 import SampleBot

HUNG_S = 300


async def freeze(_: Any) -> None:
    """What no command should do."""
    while not Path("thaw").exists():  # noqa: ASYNC240 # to block is what it is for
        time.sleep(0.001)  # noqa: ASYNC251 # as above


async def main(rest_url: str, token: str, database: str) -> None:
    """Run until a signal comes."""
    plugin.configure(instance="one", release="1.0.0", database=database)
    sample = SampleBot(Discord(rest_url, token), logs=None)
    sample.add("freeze", freeze)
    await sample.load()
    await sample.start()
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    monitor: Any = plugin.monitor_of(sample.bot)
    await monitor.tick()
    while not ending.is_set():
        await monitor.flush()
        await asyncio.sleep(0.01)
    await sample.close()


def hurried(loop: asyncio.AbstractEventLoop) -> LoopPulse:
    """One whose seconds are milliseconds."""
    return LoopPulse(loop, lambda: 1000 * time.monotonic())


if __name__ == "__main__":
    faulthandler.dump_traceback_later(HUNG_S, exit=True)
    archive.MAINTENANCE_S = 0.01
    keeping.LoopPulse = hurried  # type: ignore[assignment,misc] # in place of a class
    asyncio.run(main(*sys.argv[1:]))
