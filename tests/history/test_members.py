"""Salts and sketches of active members: shared by all processes, and gone an hour after their day or week."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from plugin.history.store import Store, open_store
from plugin.hyperloglog import HyperLogLog, member_hash
from plugin.model import MemberPeriod, MemberSketch, MemberSpan
from tests.history.builders import BOT, DAY, HOUR, NOON, WRITER, batch, prune_all

OTHER = WRITER._replace(instance="other", boot="other boot")
TODAY, WEEK = MemberSpan.DAY.period(NOON), MemberSpan.WEEK.period(NOON)


def sketch(salt: bytes, *members: int, period: MemberPeriod = TODAY) -> MemberSketch:
    """What a process counted."""
    counted, hashed = HyperLogLog(), member_hash(salt)
    for member in members:
        counted.add(hashed(member))
    return MemberSketch(period, counted.pack(), salt)


async def salt_of(store: Store, period: MemberPeriod = TODAY) -> bytes:
    """The salt of a period."""
    ((_, salt, _),) = await store.fleet.members(BOT, [period])
    return salt


async def counted(store: Store, period: MemberPeriod = TODAY) -> int:
    """The members of a period, as the database has them."""
    ((_, _, packed),) = await store.fleet.members(BOT, [period])
    return round(HyperLogLog.unpack(packed).estimate())


async def test_each_period_has_a_salt_that_all_share(store: Store, other: Store) -> None:
    """Whoever asks first makes it; a day, a week and another bot have others."""
    found = await asyncio.gather(*(one.fleet.members(BOT, [TODAY, WEEK]) for one in (store, other, store)))
    assert found[0] == found[1] == found[2] and [one.period for one in found[0]] == [TODAY, WEEK]
    ((_, another, _),) = await store.fleet.members(BOT + 1, [TODAY])
    salts = {another, *(one.salt for one in found[0])}
    assert len(salts) == 3 and {len(salt) for salt in salts} == {32}


async def test_what_two_instances_counted_is_one(store: Store, other: Store) -> None:
    """Members of both are counted once, whatever is written twice or again."""
    salt = await salt_of(store)
    await store.writing.write(WRITER, batch(NOON, members=(sketch(salt, 1, 2, 3),)))
    await other.writing.write(OTHER, batch(NOON, members=(sketch(salt, 3, 4),)))
    await store.writing.write(WRITER, batch(NOON + 60, members=(sketch(salt, 1, 2, 3, 5),)))
    assert await counted(other) == 5


async def test_a_period_without_a_salt_takes_nothing(store: Store) -> None:
    """A sketch that comes after its salt was deleted is dropped, and the rest of its batch is not."""
    salt = await salt_of(store)
    late = sketch(salt, 1, period=MemberSpan.DAY.period(NOON - 3 * DAY))
    assert await store.writing.write(WRITER, batch(NOON, members=(late, sketch(salt, 1))))
    assert await counted(store) == 1


async def test_a_sketch_of_another_salt_is_not_merged(store: Store) -> None:
    """A database that was replaced has another one, until the process has learnt it."""
    salt = await salt_of(store)
    await store.writing.write(WRITER, batch(NOON, members=(sketch(salt, 1, 2),)))
    await store.writing.write(WRITER, batch(NOON + 60, members=(sketch(bytes(32), 3, 4),)))
    assert await counted(store) == 2


async def test_a_damaged_sketch_is_replaced(store: Store) -> None:
    """What nobody can read gives way to what is counted now."""
    salt = await salt_of(store)
    await store.writing.write(WRITER, batch(NOON, members=(MemberSketch(TODAY, b"damaged", salt),)))
    await store.writing.write(WRITER, batch(NOON + 60, members=(sketch(salt, 1, 2),)))
    assert await counted(store) == 2


async def test_salts_are_deleted_an_hour_after_their_period(store: Store) -> None:
    """Until then they stay; of a week that goes on, too."""
    salt, of_week = await salt_of(store), await salt_of(store, WEEK)
    await store.writing.write(WRITER, batch(NOON, members=(sketch(salt, 1),)))
    await prune_all(store, TODAY.end + HOUR - 1)
    assert await salt_of(store) == salt
    await prune_all(store, TODAY.end + HOUR)
    assert await salt_of(store, WEEK) == of_week
    assert await salt_of(store) != salt and await counted(store) == 0


@pytest.mark.parametrize("written", [1, 400])
async def test_a_deleted_salt_is_not_in_the_file(tmp_path: Path, written: int) -> None:
    """SQLite overwrites it, however much else was written meanwhile."""
    path = tmp_path / "history.db"
    async with await open_store(str(path)) as store:
        salt = await salt_of(store)
        for minute in range(written):
            await store.writing.write(WRITER, batch(NOON + 60 * minute, members=(sketch(salt, *range(minute * 9)),)))
    assert salt in path.read_bytes()
    async with await open_store(str(path)) as store:
        await prune_all(store, TODAY.end + HOUR)
    assert salt not in files(tmp_path)


def files(folder: Path) -> bytes:
    """All that the database has written."""
    return b"".join(file.read_bytes() for file in folder.iterdir())
