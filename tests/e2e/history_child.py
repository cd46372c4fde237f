"""A bot that keeps history until it is killed: `python -m tests.e2e.history_child REST_URL TOKEN [DATABASE INSTANCE]`.

Writes a line with a number each time that so many invocations are known to be in the database.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import plugin
from plugin.adapters import LIGHTBULB_LINE

if LIGHTBULB_LINE == 2:
    from tests.e2e.bot2 import SampleBot
else:
    from tests.e2e.bot3 import SampleBot


class Discord:
    """What a bot must know of a Discord that another process runs."""

    def __init__(self, rest_url: str, token: str) -> None:
        self.rest_url = rest_url
        self.token = token

    async def registered(self, _: str) -> None:
        """The test that started this process waits for it itself."""


def invocations(monitor: Any) -> int:
    """How many were counted."""
    return sum(command.invocations for command in monitor.snapshot().commands)


async def main(rest_url: str, token: str, database: str = "golem.db", instance: str = "one") -> None:
    """Run, write again and again, and say how much is written."""
    plugin.configure(instance=instance, release="1.0.0", database=database)
    sample = SampleBot(Discord(rest_url, token), logs=None)
    await sample.load()
    await sample.start()
    monitor: Any = plugin.monitor_of(sample.bot)
    await monitor.tick()  # or the first sign of life tells of no memory
    while True:
        before = invocations(monitor)
        begun = monitor._keeper._archive is not None  # or a flush has nowhere to write to yet
        await monitor.flush()
        state = monitor.snapshot().monitor.history
        if begun and before and state is not None and not state.waiting and state.problem is None:
            sys.stdout.write(f"{before}\n")
            sys.stdout.flush()
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
