"""Open a database, and bring its schema up to date or leave it as it is."""

from __future__ import annotations

import asyncio
import os

from plugin.history.address import Address
from plugin.history.engine import Database
from plugin.history.errors import StoreError, StoreRefused, unexpected
from plugin.history.migrations import expect_newest, migrate


async def open_database(address: Address, patience_s: float = 5, *, as_it_is: bool = False) -> Database:
    """The database at an address; raises StoreError, with nothing changed, if it cannot be used.

    `patience_s` is how long to wait for a locked file or for a server to answer. With `as_it_is` nothing is created or
    migrated: a missing database, or one with another schema, raises StoreError.
    """
    database = database_of(address, patience_s)
    try:
        await (_expected(address, database) if as_it_is else migrate(database))
    except BaseException as error:
        await database.close()
        if isinstance(error, Exception) and not isinstance(error, StoreError):
            raise unexpected(database.shown, error) from error
        raise
    return database


async def _expected(address: Address, database: Database) -> None:
    if address.path is not None and not await asyncio.to_thread(os.path.isfile, address.path):
        raise StoreRefused(f"history at {database.shown}: there is no such file")
    await expect_newest(database)


def database_of(address: Address, patience_s: float = 5) -> Database:
    """The database at an address, not yet connected to."""
    # Imported here, so that only the driver in use is loaded.
    if address.path is not None:
        from plugin.history.sqlite import SQLite

        return SQLite(address.path, patience_s)
    from plugin.history.postgres import PostgreSQL

    return PostgreSQL(address.shown, address.server, patience_s)
