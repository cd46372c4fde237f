"""The interface of both databases: transactions for reading and writing, and the few differences in SQL."""

from __future__ import annotations

import abc
import enum
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar

from plugin.history.errors import translated
from plugin.history.schema import Table

Values = Mapping[str, Any]
"""The parameters of a statement, which are written as `:name` in its text."""

NOTHING: Values = {}


class Lock(enum.IntEnum):
    """Work that only one session may do at a time."""

    MIGRATE = 1
    NAME = 2
    ROLL_UP = 3
    PRUNE = 4


class Connection(abc.ABC):
    """A transaction of one session. Statements are prepared once per text."""

    locking: ClassVar[str]
    """Appended to a SELECT to lock its rows until the end of the transaction."""

    by_bytes: ClassVar[str]
    """Appended to a text column to order and compare it by its bytes, as the other database does."""

    @abc.abstractmethod
    async def rows(self, sql: str, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        """All rows of a statement's result."""

    @abc.abstractmethod
    def chunks(self, sql: str, at_once: int) -> AsyncGenerator[list[tuple[Any, ...]]]:
        """The rows of a statement's result, `at_once` at a time; the last chunk may be smaller, none is empty."""

    @abc.abstractmethod
    async def execute(self, sql: str, values: Values = NOTHING) -> int:
        """Execute a statement; returns the number of rows it changed."""

    @abc.abstractmethod
    async def many(self, sql: str, values: Sequence[Values]) -> None:
        """Execute a statement once per set of values, in order."""

    @abc.abstractmethod
    async def insert(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
    ) -> None:
        """Insert rows, each with one value per column; `conflict` is an ON CONFLICT clause."""

    @abc.abstractmethod
    async def load(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert thousands of new rows, in the fastest way of the database."""

    @abc.abstractmethod
    def one_of(self, column: str, name: str) -> str:
        """A condition with one parameter for any number of `listed` values; each value is looked up in the index."""

    @abc.abstractmethod
    def listed(self, values: Sequence[int] | Sequence[str]) -> Any:
        """Values in the form of a parameter of `one_of`."""

    @abc.abstractmethod
    async def lock(self, lock: Lock) -> None:
        """Wait for a lock, held until the end of the transaction."""

    @abc.abstractmethod
    async def try_lock(self, lock: Lock) -> bool:
        """Like `lock`, but returns False at once if another session holds it."""

    @abc.abstractmethod
    async def tables(self) -> set[str]:
        """The names of all tables that are visible without naming a schema."""

    @abc.abstractmethod
    def ddl(self, statement: str) -> str:
        """A statement of a migration in the database's dialect."""


class Database(abc.ABC):
    """Connections to one database; every failure in a transaction raises StoreError."""

    driver_errors: ClassVar[tuple[type[Exception], ...]]
    """The exceptions of the driver."""

    of_one_host: ClassVar[bool] = False
    """Whether all writers are on one machine, so that a new host name belongs to the same host."""

    stores_nan: ClassVar[bool] = True
    """Whether a column can hold NaN; without, it becomes NULL."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        """Its address without secrets, for the log."""
        self.connections = 0
        """Connections made so far; facts learnt over an earlier one may be about another database."""

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Connection]:
        """A transaction that sees a snapshot of the database."""
        with translated(self.shown, self.driver_errors):
            async with self._transaction(False) as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Connection]:
        """A transaction that is committed at the end or rolled back; on SQLite only one at a time."""
        with translated(self.shown, self.driver_errors):
            async with self._transaction(True) as connection:
                yield connection

    @abc.abstractmethod
    def _transaction(self, writing: bool) -> AbstractAsyncContextManager[Connection]:
        """A transaction; the driver's exceptions pass through."""

    async def prepare(self) -> None:  # noqa: B027 # a server needs nothing
        """Prepare a database that has the current schema."""

    async def verify(self, damaged: bool = False) -> str | None:
        """Check the files, or take them for damaged, and repair them; returns what was wrong and done, or None.

        A server looks after its own files.
        """
        return None

    @abc.abstractmethod
    async def close(self) -> None:
        """Close every connection once it is idle."""
