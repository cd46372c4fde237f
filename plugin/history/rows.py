"""Add rows to a tier: new rows are merged with stored ones, never lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from plugin.history.engine import Connection
from plugin.history.schema import TableKind
from plugin.history.tiers import Tier

Row = tuple[Any, ...]
"""Time, the kind's keys, the kind's values, each in the order of the kind."""

_AT = itemgetter(0)
_AT_ONCE = 500
"""Rows per statement."""


def combine(kind: TableKind, rows: Iterable[Row], step_s: int) -> list[Row]:
    """Merge rows that have the same keys and lie in the same step of time, for example of a tier."""
    length = 1 + len(kind.keys)
    groups: dict[Row, list[Row]] = {}
    for row in sorted(rows, key=_AT):  # in order, since some values keep the last one
        at = row[0]
        groups.setdefault((at - at % step_s, *row[1:length]), []).append(row[length:])
    return [(*key, *_one(kind, values)) for key, values in groups.items()]


def _one(kind: TableKind, values: Sequence[Row]) -> Row:
    if len(values) == 1:
        return values[0]
    return tuple(merge(column) for merge, column in zip(kind.merges.values(), zip(*values, strict=True), strict=True))


async def put(connection: Connection, bot: int, kind: TableKind, tier: Tier, rows: Sequence[Row]) -> None:
    """Store rows; stored ones with the same keys are overwritten."""
    table = kind.tables[tier]
    new = ", ".join(f"{name} = excluded.{name}" for name in kind.merges)
    conflict = f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {new}"
    for start in range(0, len(rows), _AT_ONCE):
        some = [(bot, *row) for row in rows[start : start + _AT_ONCE]]
        await connection.insert(table, ("bot", *kind.columns), some, conflict)


async def add(connection: Connection, bot: int, kind: TableKind, tier: Tier, rows: Sequence[Row]) -> None:
    """Store rows, merged with stored ones of the same keys. The caller holds the lock of the instance."""
    rows = combine(kind, rows, tier)
    if rows:
        stored = await _stored(connection, bot, kind, tier, rows)
        await put(connection, bot, kind, tier, combine(kind, [*stored, *rows], tier))


async def _stored(connection: Connection, bot: int, kind: TableKind, tier: Tier, rows: Sequence[Row]) -> list[Row]:
    # All rows have one writer and nearly always one time, so the rest of the key is compared here.
    length = 1 + len(kind.keys)
    keys = {row[:length] for row in rows}
    times = connection.listed(sorted({row[0] for row in rows}))
    sql = (
        f"SELECT {', '.join(kind.columns)} FROM {kind.tables[tier].name} "
        f"WHERE bot = :bot AND instance = :instance AND release = :release AND {connection.one_of('at', 'times')}"
    )
    found: list[Row] = []
    for instance, release in {row[length - 2 : length] for row in rows}:
        values = {"bot": bot, "instance": instance, "release": release, "times": times}
        found += [row for row in await connection.rows(sql, values) if row[:length] in keys]
    return found
