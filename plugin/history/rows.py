"""Adding rows to a tier: what is there already is merged with what comes, never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history.engine import Database
from plugin.history.schema import Kind
from plugin.history.tiers import Tier

Row = tuple[Any, ...]
"""Time, the kind's keys, the kind's values, each in the order of the kind."""

_AT_ONCE = 500


def combine(kind: Kind, rows: Iterable[Row], step_s: int) -> list[Row]:
    """Rows with the same keys and in the same step of time (such as a tier), made into one."""
    length = 1 + len(kind.keys)
    groups: dict[Row, list[Row]] = {}
    for row in rows:
        at = row[0]
        groups.setdefault((at - at % step_s, *row[1:length]), []).append(row[length:])
    return [(*key, *_one(kind, values)) for key, values in groups.items()]


def _one(kind: Kind, values: Sequence[Row]) -> Row:
    if len(values) == 1:
        return values[0]
    return tuple(merge(column) for merge, column in zip(kind.merges.values(), zip(*values, strict=True), strict=True))


async def put(
    database: Database, connection: AsyncConnection, bot: int, kind: Kind, tier: Tier, rows: Sequence[Row]
) -> None:
    """Store rows; one with the same key is overwritten."""
    columns = ("at", *kind.keys, *kind.merges)
    table = kind.tables[tier]
    insert = database.insert(table)
    values = {name: insert.excluded[name] for name in kind.merges}
    statement = insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=values)
    for start in range(0, len(rows), _AT_ONCE):
        together = [{"bot": bot, **dict(zip(columns, row, strict=True))} for row in rows[start : start + _AT_ONCE]]
        await connection.execute(statement, together)


async def add(
    database: Database, connection: AsyncConnection, bot: int, kind: Kind, tier: Tier, rows: Sequence[Row]
) -> None:
    """Store rows; one with the same key is merged with what it meets. The caller holds the lock of the instance."""
    rows = combine(kind, rows, tier)
    if rows:
        met = await _met(database, connection, bot, kind, tier, rows)
        await put(database, connection, bot, kind, tier, combine(kind, [*met, *rows], tier))


async def _met(
    database: Database, connection: AsyncConnection, bot: int, kind: Kind, tier: Tier, rows: Sequence[Row]
) -> list[Row]:
    # All rows have one writer, and nearly always one time; so the rest of the key is compared here.
    table = kind.tables[tier]
    length = 1 + len(kind.keys)
    columns = [table.c[name] for name in ("at", *kind.keys, *kind.merges)]
    keys = {row[:length] for row in rows}
    who = {row[length - 2 : length] for row in rows}
    found: list[Row] = []
    for instance, release in who:
        times = sorted({row[0] for row in rows})
        mine = (table.c.bot == bot) & (table.c.instance == instance) & (table.c.release == release)
        statement = select(*columns).where(mine, database.one_of(table.c.at, "times"))
        stored = await connection.execute(statement, {"times": database.listed(times)})
        found += [row for row in map(tuple, stored) if row[:length] in keys]
    return found
