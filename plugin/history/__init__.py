"""What we keep: history in SQLite or PostgreSQL, behind one store."""

from plugin.history.address import shown_address
from plugin.history.errors import (
    MissingDriver,
    NotAStore,
    SchemaTooNew,
    StoreAddressError,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreRefused,
    StoreUnavailable,
)
from plugin.history.store import Store, open_store

__all__ = [
    "MissingDriver",
    "NotAStore",
    "SchemaTooNew",
    "Store",
    "StoreAddressError",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreRefused",
    "StoreUnavailable",
    "open_store",
    "shown_address",
]
