"""The thread that keeps history: what it deletes, and how fast."""

from __future__ import annotations

import asyncio

from plugin.corridor.archive import Archive, Beat
from plugin.history import open_store
from plugin.model import Retention
from tests.history.builders import BUY, DAY, NOON, SCOPE, WRITER, batch, count, delta, roll_up_all

HOUR = 3600
MINUTE = 60
HOURS = 6


async def test_a_clock_that_is_years_ahead_for_a_moment_deletes_little(address: str) -> None:
    """What is too old is deleted an hour or a day each time, so that a clock that is mended soon costs no history."""
    async with await open_store(address) as store:
        for hour in range(HOURS):
            await store.write(WRITER, batch(NOON + hour * HOUR, delta()))
        await roll_up_all(store, NOON + 2 * DAY)
    ahead = NOON + 5 * 365 * DAY
    faults: list[Exception] = []
    archive = Archive(address, WRITER, Retention(), "history", faults.append, lambda: ahead)
    archive.put(batch(ahead, delta()), Beat(ahead, (0,), "well"))
    await archive.settled()

    async def has_deleted() -> bool:
        course = await archive.ask(lambda store: store.course(SCOPE, NOON, NOON + DAY, BUY, MINUTE))
        return course.step_s != MINUTE

    async with asyncio.timeout(20):
        while not await has_deleted():
            pass
    archive.end()
    await archive.ended()
    assert not faults
    async with await open_store(address) as store:
        assert len((await store.course(SCOPE, NOON, NOON + DAY, BUY, HOUR)).points) == HOURS
        assert await count(store, NOON, NOON + DAY) == HOURS
