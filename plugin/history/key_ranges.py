"""Rows of any table in the order of its key, which is the same in both databases."""

from __future__ import annotations

from typing import Any

from plugin.history.engine import Connection
from plugin.history.schema import Table

Row = tuple[Any, ...]
"""One value per column, in the order of `Table.types`, so the key comes first."""


def key_of(table: Table, row: Row) -> Row:
    """The key of a row."""
    return row[: len(table.key)]


def in_order(connection: Connection, table: Table) -> str:
    """A statement for all rows, in the order of their keys."""
    return f"{_selected(table)} ORDER BY {', '.join(_compared(connection, table))}"


async def last_key(connection: Connection, table: Table) -> Row | None:
    """The greatest key of a table; None if it is empty."""
    order = ", ".join(f"{column} DESC" for column in _compared(connection, table))
    rows = await connection.rows(f"SELECT {', '.join(table.key)} FROM {table.name} ORDER BY {order} LIMIT 1")
    return rows[0] if rows else None


async def rows_between(connection: Connection, table: Table, after: Row | None, until: Row | None) -> list[Row]:
    """The rows with keys after one, up to and including another, in their order; None is no bound."""
    condition, values = _between(connection, table, after, until)
    order = ", ".join(_compared(connection, table))
    return await connection.rows(f"{_selected(table)} WHERE {condition} ORDER BY {order}", values)


async def delete_between(connection: Connection, table: Table, after: Row | None, until: Row | None) -> None:
    """Delete the rows of `rows_between`."""
    condition, values = _between(connection, table, after, until)
    await connection.execute(f"DELETE FROM {table.name} WHERE {condition}", values)


def _selected(table: Table) -> str:
    return f"SELECT {', '.join(table.types)} FROM {table.name}"


def _compared(connection: Connection, table: Table) -> list[str]:
    return [column + (connection.by_bytes if table.types[column] == "TEXT" else "") for column in table.key]


def _between(connection: Connection, table: Table, after: Row | None, until: Row | None) -> tuple[str, dict[str, Any]]:
    compared, conditions, values = ", ".join(_compared(connection, table)), ["1 = 1"], dict[str, Any]()
    for name, sign, bound in (("after", ">", after), ("until", "<=", until)):
        if bound is not None:
            named = {f"{name}_{column}": value for column, value in zip(table.key, bound, strict=True)}
            conditions.append(f"({compared}) {sign} ({', '.join(f':{one}' for one in named)})")
            values |= named
    return " AND ".join(conditions), values
