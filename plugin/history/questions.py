"""The two ways in which every question is answered: summed by the database, or merged here with histograms."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, Select, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history.rows import Row, combine
from plugin.history.schema import Kind
from plugin.history.views import Part

if TYPE_CHECKING:
    _Query = Select[*tuple[Any, ...]]

Values = Callable[[Any], Sequence[ColumnElement[int]]]
"""What is summed, made of the columns of a table."""

_TIMES_AT_ONCE = 1000
_ROWS_AT_ONCE = 5000
_PARTS_AT_ONCE = 50
_NOBODY: ColumnElement[int] = literal_column("0")
"""Stands for the instance and the release where those of all are merged."""


async def summed(
    connection: AsyncConnection, parts: Iterable[Part], by: Sequence[str], values: Values
) -> dict[Row, list[int]]:
    """Sums of values by columns, over all rows of the parts."""

    def sums_of(part: Part) -> _Query:
        groups = [part.columns[column] for column in by]
        totals = [cast(func.sum(value), BigInteger) for value in values(part.columns)]
        return part.ranged(select(*groups, *totals)).group_by(*groups)

    sums: dict[Row, list[int]] = {}
    for query in _together(map(sums_of, parts)):
        for row in await connection.execute(query):
            key, found = tuple(row[: len(by)]), row[len(by) :]
            known = sums.get(key)
            sums[key] = list(found) if known is None else [one + other for one, other in zip(known, found, strict=True)]
    return sums


async def merged(
    connection: AsyncConnection, kind: Kind, parts: Iterable[Part], subjects: Sequence[int] | Sequence[str], step_s: int
) -> list[Row]:
    """Rows of a few subjects (the first key of the kind) by step and subject; the times of the parts are sought."""

    def rows_of(part: Part) -> Iterator[_Query]:
        subject = part.columns[kind.keys[0]]
        values = [part.columns[name] for name in kind.merges]
        statement = select(part.columns.at, subject, _NOBODY, _NOBODY, *values)
        return part.sought(statement.where(part.view.database.one_of(subject, subjects)), _TIMES_AT_ONCE)

    rows: list[Row] = []
    for query in _together(chain.from_iterable(map(rows_of, parts))):
        rows += map(tuple, await connection.execute(query))
        if len(rows) > _ROWS_AT_ONCE:
            rows = combine(kind, rows, step_s)
    return combine(kind, rows, step_s)


async def pooled(connection: AsyncConnection, parts: Iterable[Part], column: str) -> AsyncGenerator[list[Any]]:
    """The values of one column in all rows of the parts, so many at once."""
    for query in _together(part.ranged(select(part.columns[column])) for part in parts):
        found = await connection.execute(query)
        while several := found.scalars().fetchmany(_ROWS_AT_ONCE):
            yield list(several)


def _together(queries: Iterable[_Query]) -> Iterator[_Query | CompoundSelect[*tuple[Any, ...]]]:
    # Every statement is a way to the database and back; but SQLite takes only so many parts in one.
    queries = iter(queries)
    while several := list(islice(queries, _PARTS_AT_ONCE)):
        yield union_all(*several) if len(several) > 1 else several[0]
