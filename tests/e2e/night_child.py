"""A bot with a bad night, on a time of its own: `python -m tests.e2e.night_child REST_URL TOKEN NOW`.

`NOW` is the Unix time at which its clock stands. For each line of its input it waits until something has happened to
it, lets a minute pass, writes what it knows to history, and answers with the line: `started`, `blocked` by /holds,
`lost` by Discord, or `quiet`. Then it is killed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import plugin
from tests.e2e.conftest import until
from tests.e2e.history_child import Discord, SampleBot
from tests.e2e.moved_time import MINUTE_S, MovedTime

HELD_S = 0.6
"""Long enough to be more than a block even where the machine does not let the process run for half of it."""


async def holds(_: object) -> None:
    """Hold the loop, as a bot must not."""
    time.sleep(HELD_S)  # noqa: ASYNC251 # that is what is to be found


class Night:
    """The bot and its time."""

    def __init__(self, sample: Any, moved: MovedTime) -> None:
        self._monitor: Any = plugin.monitor_of(sample.bot)
        self._time = moved

    async def live(self, what: str) -> None:
        """Wait for it, and let the minute pass in which it happened."""
        if what == "blocked":
            await until(self._is_blocked)
        elif what == "lost":
            await until(lambda: not self._monitor.snapshot().connection.shards[0].connected)
        if what != "started":
            self._time.forward(MINUTE_S)
        await self._monitor.tick()
        await self._monitor.flush()

    def _is_blocked(self) -> bool:
        return any(block.call == "time.sleep" for block in self._monitor.snapshot().loop.blocks)


async def main(rest_url: str, token: str, now: str) -> None:
    """Do what the lines of the input say."""
    plugin.configure(
        instance="one",
        release="1.4.1",
        database="golem.db",
        judge_interval_s=1,
        sample_interval_s=1,
        memory_threshold_mb=100_000,
        cpu_threshold_percent=6400,  # the time of which CPU is a share stands still
    )
    moved = MovedTime(float(now))
    for place in moved.places():
        setattr(*place)
    sample = SampleBot(Discord(rest_url, token), logs=None)
    sample.add("holds", holds)
    await sample.load()
    await sample.start()
    night = Night(sample, moved)
    await until(lambda: night._monitor._keeper._archive is not None)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await night.live(line.strip())
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
