"""History in PostgreSQL: a small pool of connections, each for one transaction at a time."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] # there are none

from plugin.history.engine import NOTHING, Connection, Database, Lock, Values
from plugin.history.errors import StoreUnavailable
from plugin.history.schema import Table

_connect = cast("Callable[..., Awaitable[Any]]", getattr(asyncpg, "connect"))  # noqa: B009 # it is untyped

_CONNECTIONS = 3
_COMMAND_TIMEOUT_S = 60
_CLOSE_TIMEOUT_S = 1
_LOCKS = 0x60_1E_4

_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
# Starting a parallel worker takes the server several times as long as any query here.
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL max_parallel_workers_per_gather = 0"


class PostgreSQL(Database):
    """The database at one address; sessions keep no state, since a pooler may switch them."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    )

    def __init__(self, shown: str, arguments: Mapping[str, Any], patience_s: float) -> None:
        super().__init__(shown)
        self._arguments: dict[str, Any] = {
            **arguments,
            "timeout": patience_s,
            "command_timeout": _COMMAND_TIMEOUT_S,
            "max_cacheable_statement_size": 0,  # no limit
        }
        self._turns = asyncio.Semaphore(_CONNECTIONS)
        self._idle: list[Any] = []
        self._busy: set[Any] = set()

    @asynccontextmanager
    async def _transaction(self, writing: bool) -> AsyncGenerator[Connection]:
        async with self._turns:
            connection = await self._begun(_WRITING if writing else _READING)
            self._busy.add(connection)
            try:
                yield InServer(connection)
                await connection.execute("COMMIT")
            except BaseException as error:
                await self._end(connection, error)
                raise
            finally:
                self._busy.discard(connection)
            self._idle.append(connection)

    async def _begun(self, begin: str) -> Any:
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.execute(begin)
            except (*self.driver_errors, OSError):
                # The connection was lost, for example by a server restart, so the idle ones were too: reconnect.
                for lost in (connection, *self._idle):
                    lost.terminate()
                self._idle.clear()
            except BaseException:
                connection.terminate()
                raise
            else:
                return connection
        connection = await _connect(**self._arguments)
        self.connections += 1
        try:
            await connection.execute(begin)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _end(self, connection: Any, error: BaseException) -> None:
        """Roll back after an error; a lost connection raises StoreUnavailable."""
        if connection.is_closed():
            if isinstance(error, asyncpg.InterfaceError):
                raise StoreUnavailable(f"history at {self.shown}: connection lost ({error})") from error
            return
        try:
            await connection.execute("ROLLBACK", timeout=_CLOSE_TIMEOUT_S)
        except (*self.driver_errors, OSError):
            connection.terminate()
        except BaseException:
            connection.terminate()
            raise
        else:
            self._idle.append(connection)

    async def close(self) -> None:
        """Close every connection and abandon running statements."""
        idle, self._idle = self._idle, []
        for connection in idle:
            try:
                await connection.close(timeout=_CLOSE_TIMEOUT_S)
            except (*self.driver_errors, OSError):
                connection.terminate()
        for connection in self._busy:
            connection.terminate()


class InServer(Connection):
    """A transaction on a server."""

    locking: ClassVar[str] = " FOR UPDATE"
    by_bytes: ClassVar[str] = ' COLLATE "C"'

    def __init__(self, connection: Any) -> None:
        self.driver = connection

    async def rows(self, sql: str, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        text, names = _numbered(sql)
        return [*map(tuple, await self.driver.fetch(text, *(values[name] for name in names)))]

    async def chunks(self, sql: str, at_once: int) -> AsyncGenerator[list[tuple[Any, ...]]]:
        cursor = await self.driver.cursor(sql)
        while rows := [*map(tuple, await cursor.fetch(at_once))]:
            yield rows

    async def execute(self, sql: str, values: Values = NOTHING) -> int:
        text, names = _numbered(sql)
        status: str = await self.driver.execute(text, *(values[name] for name in names))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def many(self, sql: str, values: Sequence[Values]) -> None:
        text, names = _numbered(sql)
        await self.driver.executemany(text, [[one[name] for name in names] for one in values])

    async def insert(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
    ) -> None:
        if rows:
            await self.driver.execute(_inserting(table, tuple(columns), conflict), *map(list, zip(*rows, strict=True)))

    async def load(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        await self.driver.copy_records_to_table(table.name, columns=columns, records=rows)

    def one_of(self, column: str, name: str) -> str:
        return f"{column} = ANY(:{name})"

    def listed(self, values: Sequence[int] | Sequence[str]) -> list[int | str]:
        return [*values]

    async def lock(self, lock: Lock) -> None:
        await self.rows("SELECT pg_advisory_xact_lock(:locks, :lock)", {"locks": _LOCKS, "lock": lock.value})

    async def try_lock(self, lock: Lock) -> bool:
        asked = "SELECT pg_try_advisory_xact_lock(:locks, :lock)"
        ((got,),) = await self.rows(asked, {"locks": _LOCKS, "lock": lock.value})
        return bool(got)

    async def tables(self) -> set[str]:
        visible = "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)"
        return {name for (name,) in await self.rows(visible)}

    def ddl(self, statement: str) -> str:
        return statement.format(blob="BYTEA", compact="")


@functools.lru_cache(500)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1`, `$2`, … instead of names, and the names in that order."""
    names: dict[str, int] = {}
    text = re.sub(r"(?<!:):([a-z]\w*)", lambda found: f"${names.setdefault(found[1], len(names) + 1)}", sql)
    return text, tuple(names)


@functools.lru_cache(100)
def _inserting(table: Table, columns: tuple[str, ...], conflict: str) -> str:
    # One statement for all rows: one array per column.
    lists = ", ".join(f"${number}::{table.types[column]}[]" for number, column in enumerate(columns, 1))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({lists}) {conflict}"
