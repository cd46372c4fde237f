"""Statements that are built once, and asked with other values each time: to build one costs as much as its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

_MOST_KEPT = 500
_DIALECT = sqlite.dialect(paramstyle="named")


class Statements:
    """Statements of one database, by what they look like."""

    def __init__(self, is_postgres: bool) -> None:
        self._is_postgres = is_postgres
        self._built: dict[Hashable, Query] = {}
        self._texts: dict[Hashable, str] = {}

    async def rows(
        self, connection: AsyncConnection, key: Hashable, build: Callable[[], Query], given: Mapping[str, Any]
    ) -> Iterable[Any]:
        """What a statement answers to these values, rows like tuples; it is built where none has this key yet.

        A file is asked in one step to its thread and back, where SQLAlchemy takes four; the transaction, too, begins
        there, and ends with the connection.
        """
        if self._is_postgres:
            # All at once: to iterate over them would ask for each row by itself.
            return (await connection.execute(_kept(self._built, key, build), given)).all()
        text = _kept(self._texts, key, lambda: str(build().compile(dialect=_DIALECT)))
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            if not driver.in_transaction:
                await driver.execute_fetchall("BEGIN")
            return await driver.execute_fetchall(text, given)
        except ValueError as closed:  # as aiosqlite says it
            raise sqlite3.OperationalError(str(closed)) from closed


def _kept(known: dict[Hashable, Any], key: Hashable, build: Callable[[], Any]) -> Any:
    found = known.get(key)
    if found is None:
        if len(known) >= _MOST_KEPT:
            known.clear()
        found = known[key] = build()
    return found
