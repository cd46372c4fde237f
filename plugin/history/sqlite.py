"""History in a file: one connection that reads and one that writes, both used directly in the history thread.

Most queries take less time than a switch to another thread and back, and long ones yield in between. Locks of other
processes are retried, never waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar

from plugin.history import private_file, schema
from plugin.history.address import real_path
from plugin.history.engine import NOTHING, Connection, Database, Lock, Values
from plugin.history.errors import NotAStore, StoreLocked, translated
from plugin.history.file_repair import FileRepair
from plugin.history.file_watch import FileChange
from plugin.history.schema import Table

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA journal_size_limit=16777216",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=FAST",
)
"""Set on every connection; with a write-ahead log, NORMAL survives a crash of the process. What is deleted, such as the
salts of active members, is overwritten where that costs no more writing."""

LOG_BYTES = 4 * 2**20
"""Size at which the write-ahead log is copied into the file; SQLite's own default."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_RETRY_S = (0.001, 0.025)
"""First and longest pause before a lock is retried."""


class SQLite(Database):
    """The database in one file."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error, sqlite3.Warning)
    of_one_host: ClassVar[bool] = True
    stores_nan: ClassVar[bool] = False

    def __init__(self, path: str, patience_s: float) -> None:
        super().__init__(path)
        # The bot may change its working directory, and SQLite keeps its log beside a link's target.
        self._path = real_path(path)
        self._patience_s = patience_s
        self._reader = _Session(self._connect, "BEGIN", patience_s)
        self._writer = _Session(self._connect, "BEGIN IMMEDIATE", patience_s)
        self._repair = FileRepair(self._path, schema.MIGRATIONS.name)

    @asynccontextmanager
    async def _transaction(self, writing: bool) -> AsyncGenerator[Connection]:
        async with (self._writer if writing else self._reader).transaction() as connection:
            yield connection
        if writing and self._repair.watch.log_bytes > LOG_BYTES:
            await self._shorten_log()

    async def _shorten_log(self) -> None:
        # SQLite's automatic checkpoint would look like a write by another program.
        known = self._repair.watch.change() is None
        await self._writer.outside_transaction("PRAGMA wal_checkpoint(PASSIVE)")
        if known:
            self._repair.watch.trust()

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
        """Switch to a write-ahead log, so that readers and the writer never block each other."""
        # If the file is locked, another process has switched, or the next one to open it will.
        with contextlib.suppress(StoreLocked), translated(self.shown, self.driver_errors):
            await self._writer.outside_transaction("PRAGMA journal_mode=WAL")
        async with self.reading() as connection:
            tables = await connection.tables()
        self._repair.watch.trust()
        private_file.make_private(self._path, tables)

    async def verify(self, damaged: bool = False) -> str | None:
        """Check that the files are intact and the open ones, and repair them; returns what was wrong and done."""
        with translated(self.shown, self.driver_errors):
            change = FileChange.DAMAGED if damaged else self._repair.find()
            if change is None:
                self.connections += self._repair.has_checked  # another program may have written another database
                return None
            if change is FileChange.INDEX_LOST:
                await self.close()
            async with self._reader.lent() as live:
                found = self._repair.repair(change, live)
            await self.close()
            return found

    async def seal(self) -> None:
        """Check the file, and make it one that needs no log beside it; raises NotAStore if it is damaged."""
        with translated(self.shown, self.driver_errors):
            await self._reader.close()
            await self._writer.outside_transaction("PRAGMA journal_mode=DELETE")
            found = await self._writer.outside_transaction("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise NotAStore(f"history at {self.shown}: it is damaged ({found[0][0]}): check the disk")

    async def close(self) -> None:
        """Close both connections once they are idle."""
        self._repair.watch.forget()
        await self._reader.close()
        await self._writer.close()


class _Session:
    """A connection that is opened on first use, for one transaction at a time."""

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
                await self._retrying(lambda: self._start(connection))
                yield InFile(connection)
                await self._retrying(lambda: connection.execute("COMMIT"))
            finally:
                if connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # the first error says more
                        connection.rollback()

    async def outside_transaction(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement that is executed outside any transaction."""
        async with self._turns:
            connection = await self._ready()
            return await self._retrying(lambda: connection.execute(statement).fetchall())

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[sqlite3.Connection | None]:
        """The connection, outside any transaction; None if none is open."""
        async with self._turns:
            yield self._connection

    async def close(self) -> None:
        async with self._turns:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    async def _ready(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = await self._retrying(self._connect)
        return self._connection

    def _start(self, connection: sqlite3.Connection) -> None:
        connection.execute(self._begin)
        try:
            # The first read takes the snapshot; from here on no other process can interfere.
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.Error:
            connection.rollback()
            raise

    async def _retrying(self, work: Callable[[], T]) -> T:
        """The result of `work`, retried for `patience_s` while another connection holds a lock."""
        pause_s, longest_s = _RETRY_S
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
    """A transaction in a file; a writing one holds the only lock."""

    locking: ClassVar[str] = ""
    by_bytes: ClassVar[str] = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    async def chunks(self, sql: str, at_once: int) -> AsyncGenerator[list[tuple[Any, ...]]]:
        with contextlib.closing(self._connection.execute(sql)) as cursor:
            while rows := cursor.fetchmany(at_once):
                yield rows

    async def execute(self, sql: str, values: Values = NOTHING) -> int:
        return self._connection.execute(sql, values).rowcount

    async def many(self, sql: str, values: Sequence[Values]) -> None:
        self._connection.executemany(sql, values)

    async def insert(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
    ) -> None:
        self._connection.executemany(_inserting(table, tuple(columns), conflict), rows)

    async def load(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        await self.insert(table, columns, rows)

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
