"""History in a file: one connection that reads and one that writes, both asked in the thread that they belong to.

An answer takes less time than the way to another thread and back, and what runs longer gives way in between. Nothing
here waits for the lock of another process, except by coming back later.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar

from plugin.history import private_file, schema
from plugin.history.engine import NOTHING, Connection, Database, Lock, Values
from plugin.history.errors import StoreLocked, StoreRefused, translated
from plugin.history.file_watch import FileChange
from plugin.history.mending import Mending
from plugin.history.schema import Table

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA journal_size_limit=16777216",
    "PRAGMA temp_store=MEMORY",
)
"""What every connection begins with; with a write-ahead log, NORMAL survives the death of the process."""

LOG_BYTES = 4 * 2**20
"""How long the write-ahead log may become before it is copied into the file: as long as SQLite itself lets it."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_AGAIN_S = (0.001, 0.025)
"""How soon a lock is tried again: at first, and at the latest."""


class SQLite(Database):
    """The database in one file."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error, sqlite3.Warning)
    of_one_host: ClassVar[bool] = True

    def __init__(self, path: str, patience_s: float) -> None:
        super().__init__(path)
        try:
            # Wherever the bot goes later; and SQLite keeps its log beside the file that a link leads to.
            self._path = os.path.realpath(path)
        except OSError as gone:
            raise StoreRefused(
                f"history at {path}: the working directory does not exist: set GOLEM_DATABASE to an absolute path"
            ) from gone
        self._patience_s = patience_s
        self._reader = _Session(self._connect, "BEGIN", patience_s)
        self._writer = _Session(self._connect, "BEGIN IMMEDIATE", patience_s)
        self._mending = Mending(self._path, schema.MIGRATIONS.name)

    @asynccontextmanager
    async def _transaction(self, writing: bool) -> AsyncGenerator[Connection]:
        async with (self._writer if writing else self._reader).transaction() as connection:
            yield connection
        if writing and self._mending.watch.log_bytes > LOG_BYTES:
            await self._shorten_log()

    async def _shorten_log(self) -> None:
        # SQLite would do so by itself, but then nobody could tell who wrote to the file.
        known = self._mending.watch.change() is None
        await self._writer.alone("PRAGMA wal_checkpoint(PASSIVE)")
        if known:
            self._mending.watch.trust()

    def _connect(self) -> sqlite3.Connection:
        private_file.create(self._path)
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        self.connections += 1
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    async def prepare(self) -> None:
        """Switch to a write-ahead log, so that readers and the writer never wait for each other."""
        # Where others keep the file busy, one of them has switched; if not, the next to open it will.
        with contextlib.suppress(StoreLocked), translated(self.shown, self.driver_errors):
            await self._writer.alone("PRAGMA journal_mode=WAL")
        async with self.reading() as connection:
            tables = await connection.tables()
        self._mending.watch.trust()
        private_file.close_to_others(self._path, tables)

    async def verify(self, damaged: bool = False) -> str | None:
        """See that the files are those that are open, and sound, or let history go on in others; says what was done."""
        with translated(self.shown, self.driver_errors):
            change = FileChange.DAMAGED if damaged else self._mending.find()
            if change is None:
                self.connections += self._mending.has_looked  # what another wrote may be another database
                return None
            if change is FileChange.INDEX_LOST:
                await self.close()
            async with self._reader.lent() as live:
                found = self._mending.mend(change, live)
            await self.close()
            return found

    async def close(self) -> None:
        """Close both connections, once they have nothing more to do."""
        self._mending.watch.forget()
        await self._reader.close()
        await self._writer.close()


class _Session:
    """A connection that is made when it is needed, for one transaction at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], begin: str, patience_s: float) -> None:
        self._connect = connect
        self._begin = begin
        self._patience_s = patience_s
        self._turns = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[InFile]:
        async with self._turns:
            connection = await self._ready()
            try:
                await self._patiently(lambda: self._start(connection))
                yield InFile(connection)
                await self._patiently(lambda: connection.execute("COMMIT"))
            finally:
                if connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # what came first says more
                        connection.rollback()

    async def alone(self, statement: str) -> None:
        """Execute a statement in no transaction."""
        async with self._turns:
            connection = await self._ready()
            await self._patiently(lambda: connection.execute(statement).fetchall())

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[sqlite3.Connection | None]:
        """The connection outside of any transaction; None where there is none."""
        async with self._turns:
            yield self._connection

    async def close(self) -> None:
        async with self._turns:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    async def _ready(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = await self._patiently(self._connect)
        return self._connection

    def _start(self, connection: sqlite3.Connection) -> None:
        connection.execute(self._begin)
        try:
            # From here on the transaction sees one moment, and needs no other process any more.
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.Error:
            connection.rollback()
            raise

    async def _patiently(self, work: Callable[[], T]) -> T:
        """What the work answers, tried again as long as another connection has a lock."""
        pause_s, longest_s = _AGAIN_S
        until = time.monotonic() + self._patience_s
        while True:
            try:
                return work()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > until:
                    raise
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)


class InFile(Connection):
    """A transaction in a file; while it writes, it has every lock there is."""

    locking: ClassVar[str] = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    async def execute(self, sql: str, values: Values = NOTHING) -> int:
        return self._connection.execute(sql, values).rowcount

    async def many(self, sql: str, values: Sequence[Values]) -> None:
        self._connection.executemany(sql, values)

    async def insert(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
    ) -> None:
        self._connection.executemany(_inserting(table, tuple(columns), conflict), rows)

    def one_of(self, column: str, name: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(:{name}))"

    def listed(self, values: Sequence[int] | Sequence[str]) -> str:
        return json.dumps([*values])

    async def lock(self, lock: Lock) -> None:
        pass

    async def try_lock(self, lock: Lock) -> bool:
        return True

    async def tables(self) -> set[str]:
        return {name for (name,) in await self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def ddl(self, statement: str) -> str:
        return statement.format(blob="BLOB", compact=" WITHOUT ROWID")


@functools.lru_cache(100)
def _inserting(table: Table, columns: tuple[str, ...], conflict: str) -> str:
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places}) {conflict}"
