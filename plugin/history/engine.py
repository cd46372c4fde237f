"""What both databases give: transactions for reading and for writing, and the few things that differ in SQL."""

from __future__ import annotations

import abc
import enum
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar

from plugin.history.errors import translated
from plugin.history.schema import Table

Values = Mapping[str, Any]
"""The parameters of a statement: `:name` in its text stands for the value of that name."""

NOTHING: Values = {}


class Lock(enum.IntEnum):
    """What only one session at a time may do."""

    MIGRATE = 1
    NAME = 2
    ROLL_UP = 3
    PRUNE = 4


class Connection(abc.ABC):
    """A transaction of one session. A statement that is asked again with the same text is prepared already."""

    locking: ClassVar[str]
    """Ends a SELECT whose rows nobody else may change until the end of the transaction."""

    @abc.abstractmethod
    async def rows(self, sql: str, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        """Every row that a statement answers."""

    @abc.abstractmethod
    async def execute(self, sql: str, values: Values = NOTHING) -> int:
        """How many rows a statement changed."""

    @abc.abstractmethod
    async def many(self, sql: str, values: Sequence[Values]) -> None:
        """Execute a statement once for each of the values, in their order."""

    @abc.abstractmethod
    async def insert(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
    ) -> None:
        """Insert rows, each with a value for every one of the columns; `conflict` is an ON CONFLICT clause."""

    @abc.abstractmethod
    def one_of(self, column: str, name: str) -> str:
        """A condition with one parameter, however many values are `listed`; both databases seek each in the index."""

    @abc.abstractmethod
    def listed(self, values: Sequence[int] | Sequence[str]) -> Any:
        """Values as the parameter of `one_of` takes them."""

    @abc.abstractmethod
    async def lock(self, lock: Lock) -> None:
        """Wait for a lock that is held to the end of the transaction."""

    @abc.abstractmethod
    async def try_lock(self, lock: Lock) -> bool:
        """Like `lock`, but False at once where another session holds it."""

    @abc.abstractmethod
    async def tables(self) -> set[str]:
        """The names of all tables that can be seen without naming a schema."""

    @abc.abstractmethod
    def ddl(self, statement: str) -> str:
        """A statement of a migration in the database's own words."""


class Database(abc.ABC):
    """Connections to one database; StoreError for whatever goes wrong in a transaction."""

    driver_errors: ClassVar[tuple[type[Exception], ...]]
    """What the driver raises."""

    of_one_host: ClassVar[bool] = False
    """Whether all who write to it are on one machine, so that a new name of a host is that of the same one."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        """Where it is, as it may be logged."""
        self.connections = 0
        """How many connections were made so far; what was known over earlier ones may be of another database."""

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Connection]:
        """A transaction that sees the database as of one moment."""
        with translated(self.shown, self.driver_errors):
            async with self._transaction(False) as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Connection]:
        """A transaction that is committed at the end, or leaves no trace; on SQLite the only one at its time."""
        with translated(self.shown, self.driver_errors):
            async with self._transaction(True) as connection:
                yield connection

    @abc.abstractmethod
    def _transaction(self, writing: bool) -> AbstractAsyncContextManager[Connection]:
        """A transaction, whatever the driver raises."""

    async def prepare(self) -> None:  # noqa: B027 # a server needs nothing
        """Make a database ready that has the schema of today."""

    async def verify(self, damaged: bool = False) -> str | None:
        """Notice that files were damaged, or believe it, and let history go on in others; says what was done.

        A server looks after its files itself.
        """
        return None

    @abc.abstractmethod
    async def close(self) -> None:
        """Close every connection, once it has nothing more to do."""
