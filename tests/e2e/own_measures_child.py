"""A bot that sells until it is killed or told to stop.

`python -m tests.e2e.own_measures_child REST_URL TOKEN [DATABASE INSTANCE]` writes a line each time that sales are known
to be in the database: how many. Each sale is counted once, recorded once and adds one to what is gone, so that all
three agree at any moment. At the end of its input it stops cleanly, and writes how many sales there were in all.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import plugin
from tests.e2e.history_child import Discord, SampleBot


class Shop:
    """Sells, and knows how much it sold."""

    def __init__(self) -> None:
        self.sold = 0
        self._sales = plugin.counter("shop.sales", attributes=("kind",))
        self._prices = plugin.histogram("shop.price", unit="{coin}")
        self._gone = plugin.gauge("shop.gone", unit="{piece}")

    def sell(self) -> None:
        """Sell one piece, of one of two kinds."""
        self.sold += 1
        self._sales.add(kind="cake" if self.sold % 3 else "tea")
        self._prices.record(self.sold % 500)
        self._gone.set(self.sold)


def say(number: int) -> None:
    """Write one line, at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


async def main(rest_url: str, token: str, database: str = "golem.db", instance: str = "one") -> None:
    """Sell and write again and again, and say how much is written."""
    plugin.configure(instance=instance, release="1.0.0", database=database)
    shop = Shop()
    shop.sell()  # before the extension is loaded
    sample = SampleBot(Discord(rest_url, token), logs=None)
    await sample.load()
    await sample.start()
    monitor: Any = plugin.monitor_of(sample.bot)
    stopping = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    while not stopping.done():
        for _ in range(37):
            shop.sell()
        before = shop.sold
        begun = monitor._keeper._archive is not None  # or a flush has nowhere to write to yet
        await monitor.flush()
        state = monitor.snapshot().monitor.history
        if begun and state is not None and not state.waiting and state.problem is None:
            say(before)
        for _ in range(11):
            shop.sell()
        await asyncio.sleep(0.01)
    shop.sell()
    await sample.close()
    say(shop.sold)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
