"""Copy history into another database: from one snapshot, so that it is consistent although bots go on writing.

What is there already is compared, and mended where it differs, so that a copy that was killed goes on where it was. In
the end both sides are compared row for row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple

from plugin.history import schema
from plugin.history.address import Address
from plugin.history.copy_marker import CopyMarker, digest_of
from plugin.history.engine import Connection, Database
from plugin.history.errors import AlreadyFilled, StoreAddressError, StoreError, unexpected
from plugin.history.opening import database_of, open_database
from plugin.history.schema import Table
from plugin.history.table_copy import ROWS_AT_ONCE, TableCopy

LEFT_OUT = (schema.MEMBER_SALTS, schema.MEMBER_SKETCHES)
"""Secrets: with both one can try who was active, so no copy has them."""

TABLES = tuple(table for table in schema.TABLES.values() if table not in LEFT_OUT)
RUNNING_S = 180
"""A process with a later heartbeat that did not shut down is still writing."""


class CopyProgress(NamedTuple):
    """How far a copy is: first all rows are copied, then all are compared."""

    comparing: bool
    table: str
    rows: int
    total: int


class Copied(NamedTuple):
    """What was copied, and is equal on both sides."""

    rows: Mapping[str, int]
    """Number of rows by table."""
    running: tuple[str, ...]
    """Instances that were still writing to the source: what they write since is not in the copy."""


OnProgress = Callable[[CopyProgress], None]
_Step = tuple[bool, Callable[[Table], AsyncGenerator[int]]]


async def copy(
    source: Address, destination: Address, now: float, on_progress: OnProgress, at_once: int = ROWS_AT_ONCE
) -> Copied:
    """Copy every table but `LEFT_OUT`, and compare; nothing is changed in the source.

    Raises StoreError. Where that, or a kill, ended a copy, the same call goes on with it.
    """
    if digest_of(source) == digest_of(destination):
        raise StoreAddressError(f"history at {source.shown}: cannot be copied to itself: name another destination")
    into = database_of(destination)
    try:
        marker = CopyMarker(into, source)
        copied = await copy_into(into, marker, source, now, on_progress, at_once)
        await marker.end()
        return copied
    finally:
        await into.close()


async def copy_into(
    destination: Database, marker: CopyMarker, source: Address, now: float, on_progress: OnProgress, at_once: int
) -> Copied:
    """Copy and compare; the marker stays, since its end makes the copy usable."""
    history = await open_database(source, as_it_is=True)
    try:
        async with history.reading() as snapshot:
            tables = TableCopy(history, snapshot, destination, marker, at_once)
            return await _copied(tables, marker, snapshot, now, on_progress)
    except (OverflowError, ValueError, TypeError) as error:  # a value that the other database cannot hold
        raise unexpected(destination.shown, error) from error
    finally:
        await history.close()


async def _copied(
    tables: TableCopy, marker: CopyMarker, snapshot: Connection, now: float, on_progress: OnProgress
) -> Copied:
    try:
        await marker.begin()
    except AlreadyFilled as filled:
        try:
            # A run that was killed after its last step has left a whole copy.
            return await _run(((True, tables.compare),), snapshot, now, on_progress)
        except StoreError:
            raise filled from None
    return await _run(((False, tables.fill), (True, tables.compare)), snapshot, now, on_progress)


async def _run(steps: Sequence[_Step], snapshot: Connection, now: float, on_progress: OnProgress) -> Copied:
    running = await _running(snapshot, now)
    total = sum([await _count(snapshot, table) for table in TABLES])
    rows: dict[str, int] = {}
    for comparing, step in steps:
        rows = dict.fromkeys((table.name for table in TABLES), 0)
        for table in TABLES:
            async with aclosing(step(table)) as counts:
                async for count in counts:
                    rows[table.name] += count
                    on_progress(CopyProgress(comparing, table.name, sum(rows.values()), total))
                    await asyncio.sleep(0)  # work on files never waits, so here Ctrl+C can end it
    return Copied(rows, running)


async def _running(snapshot: Connection, now: float) -> tuple[str, ...]:
    found = await snapshot.rows(
        "SELECT DISTINCT who.name FROM golem_boots AS boots "
        "JOIN golem_instances AS who ON who.bot = boots.bot AND who.instance = boots.instance "
        "WHERE boots.left_at IS NULL AND boots.last_seen > :since",
        {"since": now - RUNNING_S},
    )
    return tuple(sorted(name for (name,) in found))


async def _count(snapshot: Connection, table: Table) -> int:
    ((count,),) = await snapshot.rows(f"SELECT count(*) FROM {table.name}")
    return count
