"""The mark of a begun copy in its destination: bots leave it alone, and the same copy can go on."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from plugin.history import schema
from plugin.history.address import Address, printable, real_path
from plugin.history.engine import Connection, Database, Lock
from plugin.history.errors import AlreadyFilled, StoreRefused
from plugin.history.migrations import NEWEST, migrate

_CREATED = f"CREATE TABLE {schema.COPY_MARKER} (source TEXT NOT NULL, shown TEXT NOT NULL, run TEXT NOT NULL)"
_NEW = f"INSERT INTO {schema.COPY_MARKER} (source, shown, run) VALUES (:source, :shown, :run)"
_TAKEN = f"UPDATE {schema.COPY_MARKER} SET run = :run"


def digest_of(address: Address) -> str:
    """A text that is equal for addresses of the same database, and tells nothing of a password."""
    if address.path is not None:
        what: tuple[Any, ...] = ("file", printable(real_path(address.path)))
    else:
        server = address.server
        user = server.get("user")
        what = (server.get("host"), server.get("port") or 5432, server.get("database") or user)
    return hashlib.sha256(repr(what).encode()).hexdigest()


class CopyMarker:
    """The mark in one destination; of several runs, only the one that began last may write."""

    def __init__(self, destination: Database, source: Address) -> None:
        self._database = destination
        self._source = digest_of(source)
        self._shown = source.shown
        self._run = secrets.token_hex(8)
        self._is_set = False

    async def begin(self) -> None:
        """Mark an empty database, made ready first, or go on in one that has a begun copy of the same source.

        Raises StoreRefused, with nothing changed, for any other: AlreadyFilled for one with history.
        """
        async with self._database.reading() as connection:
            begun = await self._is_begun(connection)
        if not begun:
            await migrate(self._database)
        async with self._database.writing() as connection:
            await connection.lock(Lock.MIGRATE)
            if not await self._is_begun(connection):
                await connection.execute(_CREATED)
                await connection.execute(_NEW, {"source": self._source, "shown": self._shown, "run": self._run})
            else:
                # Waits for a run that was killed, until the server has rolled back or committed its last rows.
                await connection.execute(_TAKEN, {"run": self._run})
        self._is_set = True
        await self._database.prepare()

    async def hold(self, connection: Connection) -> None:
        """Make sure, in each transaction that writes, that no other run has gone on with this copy."""
        there = schema.COPY_MARKER in await connection.tables()
        if not there or not await connection.execute(f"{_TAKEN} WHERE run = :run", {"run": self._run}):
            raise StoreRefused(
                f"history at {self._database.shown}: another process goes on with this copy: let one of them end"
            )

    async def end(self) -> None:
        """Take the mark away, if this run set it: from now on this is history like any other."""
        if not self._is_set:
            return
        async with self._database.writing() as connection:
            await self.hold(connection)
            await connection.execute(f"DROP TABLE {schema.COPY_MARKER}")

    async def _is_begun(self, connection: Connection) -> bool:
        tables, shown = await connection.tables(), self._database.shown
        if schema.COPY_MARKER not in tables:
            await self._expect_empty(connection, tables)
            return False
        ((source, named),) = await connection.rows(f"SELECT source, shown FROM {schema.COPY_MARKER}")
        if source != self._source:
            raise StoreRefused(
                f"history at {shown}: holds the begun copy of another database ({named}): "
                "go on with that one, or copy to an empty database"
            )
        ((version,),) = await connection.rows(f"SELECT max(version) FROM {schema.MIGRATIONS.name}")
        if version != NEWEST:
            raise StoreRefused(
                f"history at {shown}: holds a copy that was begun for schema {version}, and this version has {NEWEST}: "
                "copy to an empty database"
            )
        return True

    async def _expect_empty(self, connection: Connection, tables: set[str]) -> None:
        for name in tables & schema.TABLES.keys() - {schema.MIGRATIONS.name}:
            if await connection.rows(f"SELECT 1 FROM {name} LIMIT 1"):
                raise AlreadyFilled(
                    f"history at {self._database.shown}: holds history already: copy to an empty database "
                    "(a new file, or a server's database without the tables golem_…)"
                )
