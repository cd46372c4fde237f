"""One cut a minute: whoever subscribes gets every batch, whether history is kept or not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from plugin.corridor.cutting import Cutter
from plugin.corridor.keeping import Keeper
from plugin.corridor.minutes import Minute, Minutes, history_clock
from plugin.history.store import open_store
from plugin.instrument.containment import Containment
from plugin.metrics import Registry
from plugin.model import CommandKey, CommandKind, Observation, Scope
from plugin.settings import Settings

PING = CommandKey(CommandKind.SLASH, "ping", None)
MS = 1_000_000


class Bot:
    """What a bot counts, and the minutes that are cut of it."""

    def __init__(self) -> None:
        self.registry, self.containment = Registry(10, 100), Containment()
        cutter = Cutter(self.registry, Observation, tuple, tuple, history_clock())
        self.minutes = Minutes(cutter, self.containment)

    def invoke(self) -> None:
        """One invocation that took 5 ms."""
        self.registry.command(PING).record(0, 0, MS, 5 * MS)


def invocations(minutes: list[Minute]) -> list[int]:
    """How many each minute has."""
    return [sum(sum(delta.outcomes) for delta in minute.batch.commands) for minute in minutes]


async def test_every_subscriber_gets_each_cut_once() -> None:
    """Without any history, and in the same order."""
    bot, first, second = Bot(), list[Minute](), list[Minute]()
    bot.minutes.subscribe("first", first.append)
    bot.minutes.subscribe("second", second.append)
    for _ in range(3):
        bot.invoke()
        await bot.minutes.cut()
    bot.minutes.cut_now()
    assert first == second and invocations(first) == [1, 1, 1, 0]
    assert [minute.batch.sequence for minute in first] == [1, 2, 3, 4]


async def test_a_subscriber_that_fails_keeps_nothing_from_the_others() -> None:
    """Its exceptions are faults of its part of the monitor."""
    bot, got = Bot(), list[Minute]()

    def fail(minute: Minute) -> None:
        raise ValueError(minute.at)

    bot.minutes.subscribe("alerts", fail)
    bot.minutes.subscribe("history", got.append)
    bot.invoke()
    await bot.minutes.cut()
    assert invocations(got) == [1] and bot.containment.faults["alerts"] == 1


async def test_the_schedule_prepares_and_cuts_at_once() -> None:
    """The first cut does not wait for the end of the minute, and what it needs is prepared before."""
    bot, order, cut = Bot(), list[str](), asyncio.Event()

    async def prepare() -> None:
        order.append("prepared")

    def take(minute: Minute) -> None:
        order.append("cut")
        cut.set()

    bot.minutes.before.append(prepare)
    bot.minutes.subscribe("test", take)
    bot.minutes.start()
    bot.minutes.start()
    await cut.wait()
    bot.minutes.stop()
    assert order == ["prepared", "cut"]


@pytest.mark.parametrize("flush_interval_s", [60, 600])
async def test_what_is_cut_before_history_is_open_is_kept(tmp_path: Path, flush_interval_s: float) -> None:
    """The application id may be known minutes after the start, and writes may be rarer than cuts."""
    rest: Any = None
    bot = Bot()
    settings = Settings(database=str(tmp_path / "golem.db"), flush_interval_s=flush_interval_s, instance="one")
    keeper = Keeper(rest, bot.minutes, lambda: ((), ""), lambda: False, bot.containment, settings)
    keeper.start()
    for _ in range(3):
        bot.invoke()
        await bot.minutes.cut()
    keeper.bot = 1
    await keeper.leave()  # nothing to leave yet
    keeper.start()
    for _ in range(2):
        bot.invoke()
        await bot.minutes.cut()
    await keeper.leave()
    async with await open_store(settings.database) as store:
        (ping,) = await store.reading.all_time(Scope(1, "one"))
    assert ping.outcomes == (5, 0, 0, 0)
