"""Signs of life, as those read them who watch a bot from outside."""

from __future__ import annotations

import sqlite3

import pytest

from plugin.history.address import parse
from plugin.history.errors import StoreLocked
from plugin.history.life_signs import expect_writable, life_signs
from plugin.history.opening import open_database
from plugin.history.store import Store
from plugin.model import LifeSign, Writer

NOW = 1_700_000_000.0
ONE = Writer(42, "one", "a", "1.0", True)
HOST = Writer(42, "host", "b", "1.0", False)
OTHER = Writer(43, "one", "c", "1.0", True)


async def test_every_process_tells(store: Store, address: str) -> None:
    """The last seen first: of one bot, or of all."""
    for number, writer in enumerate((ONE, HOST, OTHER)):
        await store.fleet.register(writer, NOW)
        await store.fleet.beat(writer, NOW + number, (0, number), "memory 81 MB")
    await store.fleet.note_status(ONE, NOW + 500, "event loop blocked for 3 min, memory 81 MB")
    await store.fleet.leave(HOST, NOW + 9)
    database = await open_database(parse(address), as_it_is=True)
    found = await life_signs(database, None)
    blocked = "event loop blocked for 3 min, memory 81 MB"
    assert found == (
        LifeSign(42, "host", False, "b", NOW, NOW + 9, True, (0, 1), "memory 81 MB"),
        LifeSign(43, "one", True, "c", NOW, NOW + 2, False, (0, 2), "memory 81 MB"),
        LifeSign(42, "one", True, "a", NOW, NOW, False, (0, 0), blocked),
    )
    assert await life_signs(database, 43) == found[1:2]
    assert await life_signs(database, 44) == ()
    await expect_writable(database)
    await database.close()


async def test_a_file_that_is_locked_cannot_be_written(store: Store, address: str) -> None:
    """A bot cannot tell that it lives; who only reads would not notice."""
    if address.startswith("postgresql"):
        pytest.skip("servers have no such lock")
    await store.fleet.register(ONE, NOW)
    holder = sqlite3.connect(address, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = await open_database(parse(address), 0, as_it_is=True)
    assert len(await life_signs(database, None)) == 1
    with pytest.raises(StoreLocked):
        await expect_writable(database)
    holder.execute("ROLLBACK")
    holder.close()
    await database.close()
