"""Rolling up and pruning change where numbers are kept, and never what they are."""

from __future__ import annotations

import asyncio

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.history.schema import COMMANDS, KINDS, TIERS
from plugin.history.store import Store
from plugin.history.tiers import Tier
from plugin.model import Retention, Scope
from tests.history.builders import (
    BUY,
    DAY,
    NOON,
    SCOPE,
    WRITER,
    batch,
    count,
    delta,
    failure,
    prune_all,
    roll_up_all,
)

HOUR = 3600


async def rows(store: Store, tier: Tier) -> int:
    """How many rows of commands a tier holds."""
    async with store._database.reading() as connection:
        ((count,),) = await connection.rows(f"SELECT count(*) FROM {COMMANDS.tables[tier].name}")
        return count


async def test_hours_and_days_are_rolled_up(store: Store) -> None:
    """A row of each hour, the one that goes on included, and of each day that is over."""
    for hour in range(40):
        for minute in (0, 30):
            await store.writing.write(WRITER, batch(NOON + hour * HOUR + minute * 60, delta()))
    await roll_up_all(store, NOON + 39 * HOUR + 1800)
    assert [await rows(store, tier) for tier in TIERS] == [80, 40, 2]
    assert await count(store, NOON, NOON + 40 * HOUR) == 80


async def test_minutes_are_waited_for(store: Store) -> None:
    """Ten minutes are rolled up five minutes after their end, not before."""
    await store.writing.write(WRITER, batch(NOON, delta()))
    await roll_up_all(store, NOON + 300)
    assert await store.writing.roll_up(NOON + 899) is False
    assert await store.writing.roll_up(NOON + 900) is True


@pytest.mark.parametrize("late", [False, True], ids=["in order", "in another order"])
async def test_an_hour_grows_by_parts(store: Store, late: bool) -> None:
    """However many parts of it are rolled up, an hour has each of its minutes once, and so has every cut through it."""
    for minute in range(48):
        await store.writing.write(WRITER, batch(NOON + 60 * (minute * 37 % 48 if late else minute), delta(), memory=1))
        await roll_up_all(store, NOON + 60 * minute)
        if minute % 10 == 7:
            whole = await store.reading.command(SCOPE, NOON, NOON + 2 * HOUR, BUY)
            assert (whole.outcomes[0], whole.durations.total) == (minute + 1, minute + 1)
            assert (await store.reading.values(SCOPE, NOON - HOUR, NOON + 2 * HOUR, "memory") or [0])[0] == minute + 1
    for cut in range(0, 49, 3):
        at = NOON + 60 * cut
        assert (await count(store, NOON, at), await count(store, at, NOON + 2 * HOUR)) == (cut, 48 - cut)
    assert await rows(store, Tier.HOUR) == 1


async def test_one_step_is_one_hour_of_one_instance(store: Store) -> None:
    """Each call does a small part and says whether there may be more."""
    for instance in ("a", "b"):
        for hour in range(3):
            await store.writing.write(WRITER._replace(instance=instance), batch(NOON + hour * HOUR, delta()))
    steps = [await store.writing.roll_up(NOON + 3 * HOUR + 300) for _ in range(7)]
    assert steps == [True] * 6 + [False]
    assert await rows(store, Tier.HOUR) == 6


@pytest.mark.parametrize("late_by_s", [2 * HOUR, 30 * HOUR, 50 * DAY], ids=["hours", "a day", "longer than kept"])
async def test_late_minutes_are_counted_once_in_every_tier(store: Store, late_by_s: int) -> None:
    """What arrives after its hour or day was rolled up, or even deleted, is added wherever it belongs."""
    start = NOON - DAY
    for _ in range(2):
        await store.writing.write(WRITER, batch(start, delta(), memory=1, errors=(failure(),)))
        await roll_up_all(store, start + late_by_s)
        await prune_all(store, start + late_by_s)
    for now in (start + late_by_s, start + 60 * DAY):
        await roll_up_all(store, now)
        await prune_all(store, now)
        day = start - start % DAY, start - start % DAY + DAY
        assert await count(store, *day) == 2
        assert (await store.reading.command(SCOPE, *day, BUY)).durations.total == 2
        assert (await store.reading.series(SCOPE, *day, ["memory"], DAY))[0].points[0].values.count == 2
        assert (await store.reading.errors(SCOPE, *day))[0].count == 2
        assert [total.outcomes[0] for total in await store.reading.all_time(SCOPE)] == [2]


@pytest.mark.parametrize("first", ["series", "commands", "errors"])
async def test_rows_of_every_kind_are_rolled_up(store: Store, first: str) -> None:
    """Whichever kind has the oldest row, and however long before the others."""
    at = {kind: NOON if kind == first else NOON + 5 * HOUR for kind in ("commands", "series", "errors")}
    await store.writing.write(WRITER, batch(at["commands"], delta()))
    await store.writing.write(WRITER, batch(at["series"], memory=1))
    await store.writing.write(WRITER, batch(at["errors"], errors=(failure(),)))
    await roll_up_all(store, NOON + DAY)
    span = NOON, NOON + DAY
    assert await count(store, *span) == 1
    assert (await store.reading.values(SCOPE, *span, "memory") or [0])[0] == 1
    assert [error.count for error in await store.reading.errors(SCOPE, *span)] == [1]


async def test_a_late_minute_of_the_day_that_goes_on_is_counted_once(store: Store) -> None:
    """The first minute after the last day that was rolled up is in no day yet, and in one once that day is over."""
    midnight = NOON + DAY // 2
    await store.writing.write(WRITER, batch(midnight - 60, delta()))
    await store.writing.write(WRITER, batch(midnight + 60, delta()))
    await roll_up_all(store, midnight + 2 * HOUR)
    await store.writing.write(WRITER, batch(midnight, delta()))
    for now in (midnight + 2 * HOUR, midnight + 2 * DAY):
        await roll_up_all(store, now)
        assert await count(store, midnight, midnight + DAY) == 2
        assert [total.outcomes[0] for total in await store.reading.all_time(SCOPE)] == [3]


async def test_a_clock_that_jumped_ahead_costs_nothing(store: Store) -> None:
    """Minutes rolled up and written under a clock of years ahead leave those of the right time whole."""
    ahead = NOON + 365 * DAY
    await store.writing.write(WRITER, batch(NOON, delta()))
    await store.writing.write(WRITER, batch(ahead, delta()))
    await roll_up_all(store, ahead + HOUR)
    for minute in range(1, 5):
        await store.writing.write(WRITER, batch(NOON + minute * 60, delta()))
    for now in (NOON + HOUR, NOON + 3 * DAY):
        await roll_up_all(store, now)
        assert await count(store, NOON, NOON + HOUR) == 5
        assert await count(store, NOON + 60, NOON + 120) == 1
        assert sum(total.outcomes[0] for total in await store.reading.all_time(SCOPE)) == 6


async def test_a_minute_of_the_far_future_costs_little(store: Store) -> None:
    """A clock that once was a century ahead leaves a span without rows that is not gone through minute by minute."""
    ahead = NOON + 100 * 365 * DAY
    await store.writing.write(WRITER, batch(NOON, delta()))
    await store.writing.write(WRITER, batch(ahead, delta(), memory=1))
    async with asyncio.timeout(PATIENCE_S):
        assert (await store.reading.several(SCOPE, None, 0, [BUY]))[0].outcomes[0] == 2
        assert [one.outcomes[0] for one in await store.reading.top(SCOPE, NOON, ahead + 60)] == [2]
        assert len((await store.reading.courses(SCOPE, NOON, ahead + 60, [BUY], 60))[0].points) == 2


async def test_a_bot_keeps_what_its_own_settings_say(store: Store) -> None:
    """A bot that keeps less deletes nothing of another in the same database."""
    for bot in (1, 2):
        await store.writing.write(WRITER._replace(bot=bot), batch(NOON, delta()))
    now = NOON + 10 * DAY
    await roll_up_all(store, now)
    while await store.writing.prune(2, now, Retention(HOUR, DAY, DAY)):
        pass
    assert [await count(store, NOON - DAY, now, Scope(bot)) for bot in (1, 2)] == [1, 0]


async def test_a_long_silence_is_skipped(store: Store) -> None:
    """Years without rows take no steps of their own."""
    await store.writing.write(WRITER, batch(60, delta()))
    await store.writing.write(WRITER, batch(NOON, delta()))
    assert await roll_up_all(store, NOON + 2 * DAY) < 10
    assert await count(store, 0, NOON + DAY) == 2


async def test_two_roll_up_at_once(store: Store, other: Store) -> None:
    """Two processes that roll up and prune at the same time, while one writes, count everything once."""
    for hour in range(30):
        await store.writing.write(WRITER, batch(NOON + hour * HOUR, delta()))
    now = NOON + 3 * DAY

    async def keep_house(into: Store) -> None:
        for _ in range(25):
            await into.writing.roll_up(now)
            await into.writing.prune(SCOPE.bot, now, Retention(HOUR, DAY, 300 * DAY))

    async def write_late() -> None:
        for hour in range(30):
            await other.writing.write(WRITER._replace(boot="late"), batch(NOON + hour * HOUR + 60, delta()))

    await asyncio.gather(keep_house(store), keep_house(other), write_late())
    await roll_up_all(store, now)
    assert await count(store, NOON - DAY, NOON + 3 * DAY) == 60
    assert [total.outcomes[0] for total in await store.reading.all_time(SCOPE)] == [60]


async def test_an_instance_behind_does_not_hide_another(store: Store) -> None:
    """An instance that comes back after days and one that was never away are both counted once, at every stage."""
    back = WRITER._replace(instance="back", boot="1")
    await store.writing.write(back, batch(NOON, delta()))
    await store.writing.write(WRITER, batch(NOON, delta()))
    await roll_up_all(store, NOON + 3 * DAY)
    await store.writing.write(WRITER, batch(NOON + 3 * DAY, delta()))
    await store.writing.write(back, batch(NOON + 2 * DAY, delta()))
    for now in (NOON + 3 * DAY, NOON + 3 * DAY + 2 * HOUR, NOON + 5 * DAY):
        assert await count(store, NOON, NOON + 4 * DAY) == 4
        assert await count(store, NOON, NOON + 4 * DAY, Scope(1, "back")) == 2
        assert [total.outcomes[0] for total in await store.reading.all_time(SCOPE)] == [4]
        await roll_up_all(store, now)


async def test_old_rows_are_deleted_from_every_tier(store: Store) -> None:
    """Minutes, hours and days go when their time is over, of every kind, and the rest stays."""
    for day in range(6):
        await store.writing.write(WRITER, batch(NOON + day * DAY, delta(), memory=1, errors=(failure(),)))
    now, retention = NOON + 6 * DAY, Retention(DAY, 2 * DAY, 4 * DAY)
    await roll_up_all(store, now)
    while await store.writing.prune(SCOPE.bot, now, retention):
        pass
    async with store._database.reading() as connection:
        for kind in KINDS:
            times = [await connection.rows(f"SELECT at FROM {kind.tables[tier].name}") for tier in TIERS]
            assert [sorted((at - NOON) // DAY for (at,) in found) for found in times] == [[5], [4, 5], [1, 2, 3, 4]]


async def test_what_is_not_rolled_up_is_never_deleted(store: Store) -> None:
    """However old minutes are, they stay until their hour is rolled up; hours until their day is."""
    await store.writing.write(WRITER, batch(NOON, delta()))
    assert await store.writing.prune(SCOPE.bot, NOON + 900 * DAY) is False
    assert await count(store, NOON, NOON + 60) == 1


async def test_neighbouring_spans_never_overlap_where_only_days_are_left(store: Store) -> None:
    """Where a moment lies within a day of which only the sum is left, the spans before and after share it not."""
    for hour in range(0, 48, 4):
        await store.writing.write(WRITER, batch(NOON + hour * HOUR, delta()))
    now = NOON + 90 * DAY
    await roll_up_all(store, now)
    await prune_all(store, now)
    for cut in (NOON + 7 * HOUR, NOON + 12 * HOUR, NOON + 30 * HOUR):
        assert await count(store, NOON - DAY, cut) + await count(store, cut, now) == 12


@pytest.mark.parametrize("retention", [Retention(DAY, HOUR), Retention(HOUR, DAY, HOUR)], ids=["hours", "days"])
async def test_a_coarser_tier_is_kept_longer(store: Store, retention: Retention) -> None:
    """A retention that would delete a sum before its parts raises ValueError."""
    with pytest.raises(ValueError, match="coarser"):
        await store.writing.prune(SCOPE.bot, NOON, retention)
