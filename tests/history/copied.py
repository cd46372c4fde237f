"""Histories to copy, and all that is in one."""

from __future__ import annotations

import math
from typing import Any

from plugin.history import schema
from plugin.history.address import parse
from plugin.history.copying import TABLES
from plugin.history.opening import database_of
from plugin.history.store import open_store
from plugin.model import AlertKept, MemberPeriod, MemberSketch, MemberSpan
from plugin.model.alert_actions import ActionKind, AlertAction
from tests.history.builders import (
    BOT,
    BUY,
    DAY,
    HOUR,
    NOON,
    PING,
    SELL,
    WRITER,
    batch,
    delta,
    failure,
    finding,
    prune_all,
    roll_up_all,
)

PERIOD = MemberPeriod(MemberSpan.DAY, NOON - DAY // 2)
HOURS = 30
SKETCH = b"who was active, packed"
SERIES = schema.SERIES.tables[min(schema.SERIES.tables)]
ODD = (
    (BOT, NOON, "Zebra", 1, 1, 2**62, 5e-324, -math.inf, math.inf, b"\0\xff", None),
    (BOT, NOON, "apple", 1, 1, 0, 0.1 + 0.2, -1.7976931348623157e308, 1e-300, b"", math.pi),
    (BOT, NOON, 'äpple{x="1"} 🟢', 1, 1, -1, 0.0, 0.0, 0.0, None, 1.0),
    (BOT, NOON, "_", 1, 1, 1, 1.0, 1.0, 1.0, None, None),
)
"""Values at the edges, and names that other collations order in another way."""


async def fill(address: str) -> None:
    """More than a day with every kind of row, secrets of active members among them."""
    async with await open_store(address) as store:
        await store.fleet.register(WRITER, NOON - HOURS * HOUR)
        for number in range(HOURS * 2):
            at = NOON - HOURS * HOUR + number * HOUR // 2
            said = batch(
                at,
                *(delta(key, ok=number + 1) for key in (BUY, SELL, PING)),
                sequence=number,
                errors=(failure(f"Error{number % 7}", seen=at),),
                findings=(finding(since=at), finding("error_rate", since=at, until=at + 60)),
                memory_bytes=number / 7,
            )
            await store.writing.write(WRITER, said)
        await roll_up_all(store, NOON)
        await prune_all(store, NOON + HOURS * HOUR)
        ((_, salt, _),) = await store.fleet.members(BOT, [PERIOD])
        await store.fleet.keep_alert(BOT, AlertKept("3f2a1b9c", "discord:12", "host", NOON, "99", "{}"), NOON)
        ada = AlertAction("7", "3f2a1b9c", ActionKind.SILENCED, NOON, "Ada", until=NOON + 60, about=("0f", "1f"))
        await store.fleet.keep_alert_action(BOT, ada)
        await store.writing.write(WRITER, batch(NOON, sequence=1000, members=(MemberSketch(PERIOD, SKETCH, salt),)))
        await insert(address, SERIES, ODD)


async def insert(address: str, table: schema.Table, rows: Any) -> None:
    """Put rows into a table as they are."""
    database = database_of(parse(address))
    async with database.writing() as connection:
        await connection.insert(table, tuple(table.types), rows)
    await database.close()


async def contents(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that are copied, as text that tells every value apart, and those of the secrets."""
    database, found = database_of(parse(address)), dict[str, list[tuple[Any, ...]]]()
    async with database.reading() as connection:
        for table in TABLES:
            rows = await connection.rows(f"SELECT {', '.join(table.types)} FROM {table.name}")
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    await database.close()
    return found


async def count(address: str, *tables: schema.Table) -> int:
    """The number of rows in tables."""
    database, found = database_of(parse(address)), 0
    async with database.reading() as connection:
        for table in tables:
            found += (await connection.rows(f"SELECT count(*) FROM {table.name}"))[0][0]
    await database.close()
    return found
