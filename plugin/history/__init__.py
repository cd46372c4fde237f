"""History in SQLite or PostgreSQL, behind one store.

The store itself is in `plugin.history.store`, imported only by the thread that keeps history.
"""

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

__all__ = [
    "MissingDriver",
    "NotAStore",
    "SchemaTooNew",
    "StoreAddressError",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreRefused",
    "StoreUnavailable",
    "shown_address",
]
