"""What a flush is compared with: the same rows, written by the driver alone in one statement and one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Protocol

import asyncpg

from plugin.history.sqlite import PRAGMAS

Rows = Sequence[tuple[Any, ...]]


class Plain(Protocol):
    """A table that is written without a store."""

    async def rows(self, table: str, at: int) -> Rows:
        """What the store has written there for a minute."""
        ...

    async def insert(self, table: str, rows: Rows) -> None:
        """Write rows, and commit."""
        ...

    async def close(self) -> None:
        """Close the connections."""


class PlainSQLite:
    """Reads from one file and writes to another, with the same pragmas as the store."""

    def __init__(self, source: str, target: str) -> None:
        self._source = sqlite3.connect(source)
        self._target = sqlite3.connect(target, isolation_level=None)
        for pragma in PRAGMAS:
            self._target.execute(pragma)

    async def rows(self, table: str, at: int) -> Rows:
        """What the store has written there for a minute."""
        return self._source.execute(f"SELECT * FROM {table} WHERE at = ?", (at,)).fetchall()

    async def insert(self, table: str, rows: Rows) -> None:
        """Write rows, and commit."""
        marks = ", ".join("?" * len(rows[0]))
        self._target.execute("BEGIN IMMEDIATE")
        self._target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self._target.execute("COMMIT")

    async def close(self) -> None:
        """Close both files."""
        with closing(self._source), closing(self._target):
            pass


class PlainPostgreSQL:
    """Reads from one database and writes to another."""

    def __init__(self, source: Any, target: Any) -> None:
        self._source = source
        self._target = target

    @classmethod
    async def connect(cls, source: str, target: str) -> PlainPostgreSQL:
        """Both databases by their addresses."""
        return cls(await asyncpg.connect(source), await asyncpg.connect(target))

    async def rows(self, table: str, at: int) -> Rows:
        """What the store has written there for a minute."""
        return [tuple(row) for row in await self._source.fetch(f"SELECT * FROM {table} WHERE at = $1", at)]

    async def insert(self, table: str, rows: Rows) -> None:
        """Write rows, and commit."""
        marks = ", ".join(f"${number}" for number in range(1, len(rows[0]) + 1))
        await self._target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    async def close(self) -> None:
        """Close both connections."""
        await self._source.close()
        await self._target.close()
