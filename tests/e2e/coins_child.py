"""A bot with coins that lives as it is told: `python -m tests.e2e.coins_child REST_URL TOKEN NOW`.

`NOW` is the Unix time at which its clock stands. Of each line of its input it does one thing, and answers with a line
of JSON: `live N` lets so many minutes pass, each of which is written, `move` moves coins without writing that, both
tell the ledger of the bank (of `live`, after each minute); `look` tells the findings of a look into history. At the end
of its input it stops cleanly.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from typing import Any

import plugin
from examples.coins import Bank
from tests.e2e.history_child import Discord, SampleBot
from tests.e2e.moved_time import MINUTE_S, MovedTime
from tests.examples.coin_life import MEMBERS, live


class Life:
    """The bot, its bank and its time."""

    def __init__(self, time: MovedTime, sample: Any) -> None:
        self._time, self._sample = time, sample
        self._bank = Bank(plugin.EconomyMeter(), "coins.db", clock_s=time.monotonic)
        self._chance = random.Random(time.now_s)

    @property
    def _monitor(self) -> Any:
        return plugin.monitor_of(self._sample.bot)

    async def do(self, what: str, number: str = "1") -> None:
        """Do what a line says, and answer."""
        if what == "live":
            for _ in range(int(number)):
                await self._minute()
                say([[*key, *moved] for key, moved in self._bank.ledger.items()])
        elif what == "move":
            for member in MEMBERS:
                self._bank.daily(member)
            say([[*key, *moved] for key, moved in self._bank.ledger.items()])
        else:
            say([*await self._found()])

    async def _minute(self) -> None:
        self._time.forward(MINUTE_S / 2)
        live(self._bank, self._chance, self._chance.randrange(4))
        self._time.forward(MINUTE_S / 2)
        await self._monitor.flush()

    async def _found(self) -> Iterator[tuple[str, str]]:
        await self._monitor.tick()
        await self._monitor._review.look()
        return ((one.rule, one.sentence) for one in self._monitor.snapshot().findings)


def say(answer: object) -> None:
    """Write one line, at once."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main(rest_url: str, token: str, now: str) -> None:
    """Do what the lines of the input say."""
    plugin.configure(instance="one", release="1.0.0", database="golem.db")
    time = MovedTime(float(now))
    for place in time.places():
        setattr(*place)
    time.of_meters()
    sample = SampleBot(Discord(rest_url, token), logs=None)
    await sample.load()
    await sample.start()
    monitor: Any = plugin.monitor_of(sample.bot)
    while monitor._keeper._archive is None:  # noqa: ASYNC110 # what is waited for announces nothing
        await asyncio.sleep(0.001)
    life = Life(time, sample)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await life.do(*line.split())
    await sample.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
