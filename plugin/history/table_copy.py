"""Copy one table at a time into a destination, and compare it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from plugin.history.copy_marker import CopyMarker
from plugin.history.engine import Connection, Database
from plugin.history.errors import StoreRefused
from plugin.history.key_ranges import Row, delete_between, in_order, key_of, last_key, rows_between
from plugin.history.schema import Table

ROWS_AT_ONCE = 10_000
"""Rows of one transaction: what a killed copy may have to copy again."""

_NAN = "NaN"
"""Takes the place of NaN, which equals nothing, where rows are compared."""


class TableCopy:
    """Copies tables from one snapshot of the source."""

    def __init__(
        self, source: Database, snapshot: Connection, destination: Database, marker: CopyMarker, at_once: int
    ) -> None:
        self._snapshot = snapshot
        self._destination = destination
        self._marker = marker
        self._at_once = at_once
        self._drops_nan = source.stores_nan and not destination.stores_nan

    async def fill(self, table: Table) -> AsyncGenerator[int]:
        """Make the table equal to the source's; yields a number of rows whenever so many more are in place."""
        async with self._destination.reading() as there:
            last = await last_key(there, table)
        before: Row | None = None
        async with aclosing(self._chunks(table)) as chunks:
            async for rows in chunks:
                until = key_of(table, rows[-1])
                if last is None or key_of(table, rows[0]) > last:
                    await self._load(table, rows)
                else:
                    await self._mend(table, rows, before, until)
                before = until
                yield len(rows)
        if last is not None:
            await self._mend(table, [], before, None)

    async def compare(self, table: Table) -> AsyncGenerator[int]:
        """Compare both sides row for row, and yield numbers of equal rows; raises StoreRefused if one differs."""
        async with (
            self._destination.reading() as connection,
            aclosing(connection.chunks(in_order(connection, table), self._at_once)) as there,
            aclosing(self._chunks(table)) as chunks,
        ):
            async for rows in chunks:
                if not _are_equal(rows, await anext(there, None)):
                    raise self._differs(table)
                yield len(rows)
            if await anext(there, None):
                raise self._differs(table)

    async def _chunks(self, table: Table) -> AsyncGenerator[list[Row]]:
        drops_nan = self._drops_nan and "DOUBLE PRECISION" in table.types.values()
        async with aclosing(self._snapshot.chunks(in_order(self._snapshot, table), self._at_once)) as chunks:
            async for rows in chunks:
                yield _with_nan_as(None, rows) if drops_nan else rows

    async def _load(self, table: Table, rows: Sequence[Row]) -> None:
        async with self._destination.writing() as connection:
            await self._marker.hold(connection)
            await connection.load(table, tuple(table.types), rows)

    async def _mend(self, table: Table, rows: Sequence[Row], after: Row | None, until: Row | None) -> None:
        """Replace what an earlier run copied to a range, if it is not, or no longer, as in the source."""
        async with self._destination.reading() as connection:
            there = await rows_between(connection, table, after, until)
        if _are_equal(rows, there):
            return
        async with self._destination.writing() as connection:
            await self._marker.hold(connection)
            await delete_between(connection, table, after, until)
            await connection.load(table, tuple(table.types), rows)

    def _differs(self, table: Table) -> StoreRefused:
        return StoreRefused(
            f"history at {self._destination.shown}: {table.name} is not as it was copied: "
            "stop what else writes there, and start the same copy again"
        )


def _are_equal(rows: Sequence[Row], others: Sequence[Row] | None) -> bool:
    return rows == others or (bool(others) and _with_nan_as(_NAN, rows) == _with_nan_as(_NAN, others))


def _with_nan_as(other: Any, rows: Sequence[Row]) -> list[Row]:
    return [tuple(other if value != value else value for value in row) for row in rows]  # only NaN is not itself
