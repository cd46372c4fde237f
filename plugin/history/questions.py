"""The statements behind every question: sums made by the database, or rows merged here with their histograms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from plugin.history.engine import Connection
from plugin.history.rows import Row, combine
from plugin.history.schema import TableKind
from plugin.history.views import Piece, RowRange

_TIMES_AT_ONCE = 1000
_TIMES_SCANNED = 30
_ROWS_AT_ONCE = 5000
_PARTS_AT_ONCE = 50


async def summed(
    connection: Connection,
    parts: Iterable[RowRange],
    by: tuple[str, ...],
    values: tuple[str, ...],
    largest: int | None = None,
    subjects: Sequence[int] | None = None,
) -> dict[Row, list[int]]:
    """Sums of values by columns, over all rows of the parts, or over those of some subjects (the first column).

    With `largest`, only so many groups with the largest first value; all of them if one statement cannot tell.
    """
    statements = list(_statements(part.scan() for part in parts))
    groups, numbers = ", ".join(by), range(len(values))
    columns = [groups, *(f"{_sum(value)} AS sum_{number}" for number, value in enumerate(values))]
    whole = [groups, *(f"{_sum(f'sum_{number}')} AS sum_{number}" for number in numbers)]
    order = ", ".join(f"sum_{number} DESC" for number in numbers)
    limit = f" ORDER BY {order} LIMIT {largest}" if largest is not None and len(statements) == 1 else ""
    sums: dict[Row, list[int]] = {}
    for pieces in statements:
        only = "" if subjects is None else f" AND {connection.one_of(by[0], 'subjects')}"
        sql = _selects(connection, pieces, ", ".join(columns), f"{only} GROUP BY {groups}")
        if len(pieces) > 1:
            sql = f"SELECT {', '.join(whole)} FROM ({sql}) AS parts GROUP BY {groups}"
        given = _given(connection, pieces)
        if subjects is not None:
            given["subjects"] = connection.listed(subjects)
        for row in await connection.rows(sql + limit, given):
            key, found = row[: len(by)], row[len(by) :]
            known = sums.get(key)
            sums[key] = list(found) if known is None else [one + other for one, other in zip(known, found, strict=True)]
    return sums


async def merged(
    connection: Connection,
    kind: TableKind,
    parts: Iterable[RowRange],
    subjects: Sequence[int] | Sequence[str],
    step_s: int,
    unread: tuple[str, ...] = (),
    apart: bool = False,
) -> list[Row]:
    """Rows of a few subjects (the first key of the kind), merged by step and subject; looked up in the index by time.

    Rows of several instances are merged unless kept `apart`. Columns in `unread` are not read; their histograms are
    empty.
    """
    subject, listed = kind.keys[0], connection.listed(subjects)
    # 0 stands for the instance and release of merged rows, NULL for unread values.
    values = ("NULL" if name in unread else name for name in kind.merges)
    columns = "at", subject, "instance" if apart else "0", "0", *values
    rows: list[Row] = []
    for pieces in _statements(chain.from_iterable(part.lookups(_TIMES_AT_ONCE) for part in parts)):
        sql = _selects(connection, pieces, ", ".join(columns), f" AND {connection.one_of(subject, 'subjects')}")
        rows += await connection.rows(sql, {**_given(connection, pieces), "subjects": listed})
        if len(rows) > _ROWS_AT_ONCE:
            rows = combine(kind, rows, step_s)
            await asyncio.sleep(0)  # let other queries run
    return combine(kind, rows, step_s)


async def pooled(connection: Connection, parts: Iterable[RowRange], column: str) -> AsyncGenerator[list[Any]]:
    """The values of one column in all rows of the parts, a few thousand at a time."""
    for piece in chain.from_iterable(part.scans(_TIMES_SCANNED) for part in parts):
        sql = _selects(connection, [piece], column)
        yield [value for (value,) in await connection.rows(sql, _given(connection, [piece]))]
        await asyncio.sleep(0)


async def oldest(connection: Connection, parts: Iterable[RowRange]) -> int | None:
    """The time of the first row, or None."""
    times: list[int | None] = []
    for pieces in _statements(part.scan() for part in parts):
        sql = _selects(connection, pieces, "min(at)")
        times += [at for (at,) in await connection.rows(sql, _given(connection, pieces))]
    return min((at for at in times if at is not None), default=None)


def _statements(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    # As few as possible, since each is a round trip; but SQLite limits the number of SELECTs in one.
    pieces = iter(pieces)
    while several := tuple(islice(pieces, _PARTS_AT_ONCE)):
        yield several


def _selects(connection: Connection, pieces: Sequence[Piece], columns: str, ending: str = "") -> str:
    """One statement for all pieces; pieces of the same shapes give the same text."""
    shapes = [piece.shape for piece in pieces]
    return " UNION ALL ".join(
        f"SELECT {columns} FROM {shape.table.name} WHERE {shape.where(connection, place)}{ending}"
        for place, shape in enumerate(shapes)
    )


def _given(connection: Connection, pieces: Sequence[Piece]) -> dict[str, Any]:
    return dict(chain.from_iterable(piece.given(connection, place) for place, piece in enumerate(pieces)))


def _sum(value: str) -> str:
    # PostgreSQL's sum of BIGINT is NUMERIC.
    return f"CAST(sum({value}) AS BIGINT)"
