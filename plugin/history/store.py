"""The store: one database, and three groups of verbs over it."""

from __future__ import annotations

from types import TracebackType

from plugin.history.address import parse
from plugin.history.engine import Database
from plugin.history.fleet_verbs import FleetVerbs
from plugin.history.names import Names
from plugin.history.opening import open_database
from plugin.history.read_verbs import ReadVerbs
from plugin.history.verbs import RunningVerbs, StoreParts
from plugin.history.write_verbs import WriteVerbs


class Store:
    """History in one database; every verb raises StoreError if the database fails.

    Times are Unix seconds. A span goes from `start` up to, not including, `end`; if only hour or day rows are left,
    both are rounded down to a full hour or day, so that neighbouring spans never overlap.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Names(database)
        self._running = RunningVerbs()
        parts = StoreParts(database, self._known, self._running)
        self.writing = WriteVerbs(parts)
        self.reading = ReadVerbs(parts)
        self.fleet = FleetVerbs(parts)

    @property
    def shown(self) -> str:
        """Where history is kept, as it may be logged."""
        return self._database.shown

    async def close(self) -> None:
        """Close every connection, after waiting a second for running verbs."""
        await self._running.close()
        await self._database.close()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


async def open_store(address: str, patience_s: float = 5, *, as_it_is: bool = False) -> Store:
    """Open the store at a path, `sqlite:///path` or `postgresql://…`, and migrate it to the current schema.

    Raises StoreError, with nothing changed, if it cannot be used. `patience_s` is how long to wait for a locked file or
    for a server to answer. With `as_it_is` nothing is created or migrated: a missing database, or one with another
    schema, raises StoreError.
    """
    return Store(await open_database(parse(address), patience_s, as_it_is=as_it_is))
