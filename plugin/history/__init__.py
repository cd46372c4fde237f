"""What we keep: history in SQLite or PostgreSQL, behind one store.

The store itself is in `plugin.history.store`, which the thread that keeps history imports.
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
