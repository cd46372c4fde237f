"""One database, of either kind: transactions for reading and for writing, and the few things that differ in SQL."""

from __future__ import annotations

import enum
import functools
import json
import logging
import os
import threading
import uuid
import weakref
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import aiosqlite
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    column,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from plugin.history.address import STATEMENTS_KEPT, shown
from plugin.history.errors import StoreLocked, translated
from plugin.history.statements import Statements

PRAGMAS = ("PRAGMA synchronous=NORMAL", "PRAGMA journal_size_limit=16777216", "PRAGMA temp_store=MEMORY")
"""What every connection to SQLite begins with; with a write-ahead log, NORMAL survives the death of the process."""

_LOGGER = "golem"
"""The last part of the names of SQLAlchemy's loggers for our engines, which are silenced so without the bot's own."""

_LOCKS = 0x60_1E_4
_BEGIN = "golem_begin"
_COMMAND_TIMEOUT_S = 60
_ATTEMPTS = 5
_LAST_WORDS_S = 0.5


class Lock(enum.IntEnum):
    """What only one session at a time may do."""

    MIGRATE = 1
    NAME = 2
    ROLL_UP = 3
    PRUNE = 4


class Database:
    """Connections to one database; StoreError for whatever goes wrong in a transaction."""

    def __init__(self, url: URL, patience_s: float) -> None:
        self.shown = shown(url)
        self.is_postgres = url.drivername.startswith("postgresql")
        self._threads = weakref.WeakSet[threading.Thread]()
        with translated(self.shown):
            postgres = self.is_postgres
            self._engine = _postgres(url, patience_s) if postgres else _sqlite(url, patience_s, self._threads)
        self.connections = 0
        """How many connections were made so far; what was known over earlier ones may be of another database."""
        self.statements = Statements(self.is_postgres)
        self._path = None if self.is_postgres else url.database
        self._file: tuple[int, int] | None = None
        event.listen(self._engine.sync_engine, "connect", self._on_connect)
        self._reader = self._engine.execution_options(**_READING[self.is_postgres])
        self._writer = self._engine.execution_options(**_WRITING[self.is_postgres])

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that sees the database as of one moment."""
        with translated(self.shown):
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that is committed at the end, or leaves no trace; on SQLite the only one at its time."""
        with translated(self.shown):
            async with self._writer.begin() as connection:
                yield connection

    async def prepare(self) -> None:
        """Switch a file to a write-ahead log, so that readers and the writer never wait for each other."""
        for _ in range(_ATTEMPTS if not self.is_postgres else 0):
            try:
                await self._log_ahead()
                break
            except StoreLocked:
                # The switch itself does not wait for others, so wait with them for the right to write. Where one of
                # them always comes first, it has switched; if not, the next to open the file will.
                async with self.writing():
                    pass
        self._file = _identity(self._path)

    async def leave_deleted_file(self) -> bool:
        """Close every connection if the file that they lead to was deleted or replaced; whether it was."""
        if _identity(self._path) == self._file:
            return False
        await self.close()
        return True

    def _on_connect(self, *_: object) -> None:
        self.connections += 1

    async def _log_ahead(self) -> None:
        with translated(self.shown):
            async with self._engine.execution_options(**{_BEGIN: None}).connect() as connection:
                await connection.execute(text("PRAGMA journal_mode=WAL"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
        for thread in list(self._threads):
            if thread.is_alive():
                thread.join(_LAST_WORDS_S)  # it has a last thing to log, which takes no time

    async def lock(self, connection: AsyncConnection, lock: Lock) -> None:
        """Wait for a lock that is held to the end of the transaction; SQLite's transaction is one already."""
        if self.is_postgres:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCKS, lock.value)))

    async def try_lock(self, connection: AsyncConnection, lock: Lock) -> bool:
        """Like `lock`, but False at once where another session holds it."""
        if not self.is_postgres:
            return True
        return bool((await connection.execute(select(func.pg_try_advisory_xact_lock(_LOCKS, lock.value)))).scalar())

    def ddl(self, statement: str) -> str:
        """A statement of a migration in the database's own words."""
        blob, compact = ("BYTEA", "") if self.is_postgres else ("BLOB", " WITHOUT ROWID")
        return statement.format(blob=blob, compact=compact)

    def one_of(self, of: Column[Any], name: str) -> ColumnElement[bool]:
        """A condition with one parameter, however many values are `listed`; both databases seek each in the index."""
        if self.is_postgres:
            return of == any_(bindparam(name, type_=postgresql.ARRAY(of.type)))
        each = func.json_each(bindparam(name, type_=Text)).table_valued(column("value", of.type))
        return of.in_(select(each.c.value))

    def listed(self, values: Sequence[int] | Sequence[str]) -> list[int | str] | str:
        """Values as the parameter of `one_of` takes them."""
        return [*values] if self.is_postgres else json.dumps([*values])

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that knows `on_conflict_do_update`."""
        return postgresql.insert(table) if self.is_postgres else sqlite.insert(table)


_READING: dict[bool, dict[str, Any]] = {
    True: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    False: {_BEGIN: "BEGIN"},
}
_WRITING: dict[bool, dict[str, Any]] = {
    True: {"isolation_level": "READ COMMITTED"},
    False: {_BEGIN: "BEGIN IMMEDIATE"},
}


def _engine(url: URL, **how: Any) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=2, max_overflow=2, logging_name=_LOGGER, pool_logging_name=_LOGGER, **how
    )
    parts: list[Any] = [engine.sync_engine, engine.pool]
    for part in parts:
        part.logger.setLevel(logging.WARNING)
    return engine


def _postgres(url: URL, patience_s: float) -> AsyncEngine:
    arguments: dict[str, Any] = {"timeout": patience_s, "command_timeout": _COMMAND_TIMEOUT_S}
    pooled = url.query.get(STATEMENTS_KEPT) == "0"
    if pooled:
        # Behind a pooler the session may hold statements of others, so none has a name that another could have.
        arguments |= {"statement_cache_size": 0, "prepared_statement_name_func": lambda: f"golem_{uuid.uuid4().hex}"}
    engine = _engine(url, pool_pre_ping=True, connect_args=arguments)
    if not pooled:  # where the session is nobody else's
        event.listen(engine.sync_engine, "connect", _alone)
    return engine


def _alone(connection: Any, _: object) -> None:
    # To start a worker takes the server several times as long as to answer any question here.
    cursor = connection.cursor()
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    cursor.close()
    connection.commit()


def _sqlite(url: URL, patience_s: float, threads: weakref.WeakSet[threading.Thread]) -> AsyncEngine:
    connect = functools.partial(_connection, threads)
    engine = _engine(url, connect_args={"timeout": patience_s, "async_creator_fn": connect})
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "checkout", _on_checkout)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


async def _connection(threads: weakref.WeakSet[threading.Thread], *args: Any, **kwargs: Any) -> Any:
    connection: Any = aiosqlite.connect(*args, **kwargs)
    thread = getattr(connection, "_thread", None)
    if isinstance(thread, threading.Thread):
        thread.daemon = True  # it must not outlive the bot
        thread.name = "golem-sqlite"  # so that whoever looks at the bot's threads knows whose it is
        threads.add(thread)
    try:
        return await connection
    except BaseException:
        # Its thread has a last thing to tell the loop, which must not be closed before; it takes no time.
        if isinstance(thread, threading.Thread) and thread.ident is not None:
            thread.join(_LAST_WORDS_S)
        raise


def _identity(path: str | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _on_connect(connection: Any, _: object) -> None:
    connection.isolation_level = None  # so that a transaction begins where we say, and not with the first write
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_checkout(connection: Any, *_: object) -> None:
    try:
        connection.driver_connection.in_transaction  # noqa: B018 # which asks no thread
    except ValueError as closed:
        raise DisconnectionError(str(closed)) from closed  # so that the pool makes another


def _on_begin(connection: Connection) -> None:
    begin = cast("str | None", connection.get_execution_options().get(_BEGIN, "BEGIN"))
    driver: Any = connection.connection.driver_connection
    if begin is not None and not driver.in_transaction:  # as it is where `Statements` was first
        connection.exec_driver_sql(begin)
