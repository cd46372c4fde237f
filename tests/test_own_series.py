"""Own measures of one bot since its start."""

from __future__ import annotations

import plugin
from plugin.corridor.own_series import OwnSeries
from tests.metrics.own import Bot


class Book:
    """Feeds measures of another system, and counts how often it is read."""

    system = "market"

    def __init__(self) -> None:
        self.posted = 0

    def post(self) -> None:
        self.posted += 1

    def reset(self) -> None:
        """Nothing to forget."""


async def test_counts_since_the_start_are_of_one_system_alone() -> None:
    """No other system is read: a bot may have thousands of series."""
    bot = Bot()
    plugin.counter("market.sales", bot=bot).add(7)
    bot.counter("kind").add(5, kind="cake")
    book = bot.own().book(Book, Book)
    own = OwnSeries(bot, lambda: 1, waits=False)
    past = await own.since_start("shop", 1_000.0, 10.0)
    assert [(one.measure, one.course.points[0].values.sum) for one in past.series] == [("shop.sales", 5)]
    assert book.posted == 0
    assert [one.measure for one in (await own.since_start("market", 1_000.0, 10.0)).series] == ["market.sales"]
    assert book.posted == 1
