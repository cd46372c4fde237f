"""The two ways in which every question is answered: summed by the database, or merged here with histograms."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, Select, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history.engine import Database
from plugin.history.rows import Row, combine
from plugin.history.schema import Kind
from plugin.history.statements import Query
from plugin.history.views import Part, Piece, Shape

Values = Callable[[Any], Sequence[ColumnElement[int]]]
"""What is summed, made of the columns of a table; always the same function, so that its statement is known again."""

_Read = Callable[[Database, Shape], Select[*tuple[Any, ...]]]
"""What is read from rows of a shape."""

_TIMES_AT_ONCE = 1000
_ROWS_AT_ONCE = 5000
_PARTS_AT_ONCE = 50
_NOBODY: ColumnElement[int] = literal_column("0")
"""Stands for the instance and the release where those of all are merged."""
_UNREAD: ColumnElement[None] = literal_column("NULL")
"""Stands for a column that nobody asked for."""


class _Statement(NamedTuple):
    """Pieces that are read together."""

    pieces: Sequence[Piece]

    @property
    def database(self) -> Database:
        return self.pieces[0].part.view.database

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(piece.shape for piece in self.pieces)

    def given(self) -> dict[str, Any]:
        return dict(chain.from_iterable(piece.given(place) for place, piece in enumerate(self.pieces)))

    def build(self, read: _Read, finish: Callable[[Query], Query]) -> Query:
        """One statement for all pieces, finished as a whole."""
        queries = [
            read(self.database, shape).where(*shape.where(self.database, place))
            for place, shape in enumerate(self.shapes)
        ]
        return finish(union_all(*queries) if len(queries) > 1 else queries[0])

    async def rows(
        self,
        connection: AsyncConnection,
        key: Hashable,
        read: _Read,
        finish: Callable[[Query], Query] = lambda query: query,
        **others: Any,
    ) -> Iterable[tuple[Any, ...]]:
        """The rows of all pieces; whatever is read and finished by one key from one shape looks the same."""
        given = self.given() | others
        ask = self.database.statements.rows
        return await ask(connection, (key, self.shapes), lambda: self.build(read, finish), given)


def _sum(value: ColumnElement[int]) -> ColumnElement[int]:
    # What PostgreSQL sums of large integers is no integer by itself.
    return cast(func.sum(value), BigInteger)


async def summed(
    connection: AsyncConnection, parts: Iterable[Part], by: Sequence[str], values: Values, enough: int | None = None
) -> dict[Row, list[int]]:
    """Sums of values by columns, over all rows of the parts.

    So many of the largest are `enough`, the first value first; all come where one statement cannot tell.
    """

    def sums_of(_: Database, shape: Shape) -> Select[*tuple[Any, ...]]:
        groups = [shape.columns[column] for column in by]
        totals = [_sum(value).label(f"sum_{place}") for place, value in enumerate(values(shape.columns))]
        return select(*groups, *totals).group_by(*groups)

    statements = list(_together(part.ranged() for part in parts))
    largest = enough if len(statements) == 1 else None

    def whole(query: Query) -> Query:
        if isinstance(query, CompoundSelect):
            columns = list(query.subquery().c)
            groups = columns[: len(by)]
            query = select(*groups, *map(_sum, columns[len(by) :])).group_by(*groups)
        if largest is None:
            return query
        order = [value.desc() for value in list(query.selected_columns)[len(by) :]]
        return query.order_by(*order).limit(literal_column(str(largest))).offset(literal_column("0"))

    sums: dict[Row, list[int]] = {}
    for statement in statements:
        for row in await statement.rows(connection, (values, largest, *by), sums_of, whole):
            key, found = row[: len(by)], row[len(by) :]
            known = sums.get(key)
            sums[key] = list(found) if known is None else [one + other for one, other in zip(known, found, strict=True)]
    return sums


async def merged(
    connection: AsyncConnection,
    kind: Kind,
    parts: Iterable[Part],
    subjects: Sequence[int] | Sequence[str],
    step_s: int,
    unread: Sequence[str] = (),
    apart: bool = False,
) -> list[Row]:
    """Rows of a few subjects (the first key of the kind) by step and subject; the times of the parts are sought.

    Those of several instances become one, unless they are kept `apart`. A packed histogram that is left unread is
    empty.
    """

    def rows_of(database: Database, shape: Shape) -> Select[*tuple[Any, ...]]:
        subject = shape.columns[kind.keys[0]]
        values = [_UNREAD if name in unread else shape.columns[name] for name in kind.merges]
        instance = shape.columns.instance if apart else _NOBODY
        statement = select(shape.columns.at, subject, instance, _NOBODY, *values)
        return statement.where(database.one_of(subject, "subjects"))

    rows: list[Row] = []
    for statement in _together(chain.from_iterable(part.sought(_TIMES_AT_ONCE) for part in parts)):
        listed = statement.database.listed(subjects)
        rows += await statement.rows(connection, (merged, apart, *unread), rows_of, subjects=listed)
        if len(rows) > _ROWS_AT_ONCE:
            rows = combine(kind, rows, step_s)
    return combine(kind, rows, step_s)


async def pooled(connection: AsyncConnection, parts: Iterable[Part], column: str) -> AsyncGenerator[list[Any]]:
    """The values of one column in all rows of the parts, so many at once."""
    for statement in _together(part.ranged() for part in parts):
        query = statement.build(lambda _, shape: select(shape.columns[column]), lambda query: query)
        found = await connection.execute(query, statement.given())
        while several := found.scalars().fetchmany(_ROWS_AT_ONCE):
            yield list(several)


async def oldest(connection: AsyncConnection, parts: Iterable[Part]) -> int | None:
    """The time of the first row; None where there is none."""

    def first(_: Database, shape: Shape) -> Select[*tuple[Any, ...]]:
        return select(func.min(shape.columns.at))

    times: list[int | None] = []
    for statement in _together(part.ranged() for part in parts):
        times += [at for (at,) in await statement.rows(connection, oldest, first)]
    return min((at for at in times if at is not None), default=None)


def _together(pieces: Iterable[Piece]) -> Iterator[_Statement]:
    # Every statement is a way to the database and back; but SQLite takes only so many parts in one.
    pieces = iter(pieces)
    while several := tuple(islice(pieces, _PARTS_AT_ONCE)):
        yield _Statement(several)
