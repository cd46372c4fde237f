"""From what an operator writes to what SQLAlchemy takes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from plugin.history.errors import MissingDriver, StoreAddressError

_POSTGRES_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
_SQLITE_SCHEMES = ("sqlite", "sqlite+aiosqlite")
STATEMENTS_KEPT = "prepared_statement_cache_size"
"""The option for how many statements a session keeps prepared: none, where a pooler changes the session below."""

_POSTGRES_OPTIONS = frozenset({"host", "port", "ssl", STATEMENTS_KEPT})
_DRIVERS = {
    "asyncpg": "history in PostgreSQL needs a driver: pip install asyncpg",
    "aiosqlite": "history in SQLite needs aiosqlite: pip install aiosqlite",
}


def parse(address: str) -> URL:
    """The URL of a database, given as a plain path, `sqlite:///path` or `postgresql://…`.

    Raises StoreAddressError for any other, MissingDriver where the driver is not installed.
    """
    url = _read(address)
    if url.drivername in _POSTGRES_SCHEMES:
        url = _postgres(url)
    elif url.drivername in _SQLITE_SCHEMES:
        url = _sqlite(url)
    else:
        raise StoreAddressError(
            f"GOLEM_DATABASE={shown(url)}: history is kept in a file (a path, or sqlite:///path) or in postgresql://…"
        )
    driver = url.drivername.partition("+")[2]
    if importlib.util.find_spec(driver) is None:
        raise MissingDriver(_DRIVERS[driver])
    return url


def shown(url: URL) -> str:
    """The address as it may be logged: a path for a file, a URL without password for a server."""
    if url.drivername.startswith("sqlite") and url.database:
        return url.database
    return url.set(drivername=url.drivername.partition("+")[0], query={}).render_as_string(hide_password=True)


def shown_address(address: str) -> str:
    """The same of an address that is not parsed yet, a path from the root on; raises StoreAddressError."""
    url = _read(address)
    return str(Path(shown(url)).absolute()) if url.drivername.startswith("sqlite") else shown(url)


def _read(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        # Nothing of the address is repeated, since what cannot be read may hold a password anywhere.
        raise StoreAddressError(
            "GOLEM_DATABASE is no address that can be read: it looks like postgresql://user:password@host/database"
        ) from None


def _sqlite(url: URL) -> URL:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreAddressError("GOLEM_DATABASE: history in SQLite needs the path of a file")
    return URL.create("sqlite+aiosqlite", database=url.database)


def _postgres(url: URL) -> URL:
    query = dict(url.query)
    # What hosted databases hand out is libpq's; asyncpg has its own word for one, and no need of the other.
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    query.pop("channel_binding", None)
    if not str(query.get(STATEMENTS_KEPT, 0)).isdigit():
        raise StoreAddressError(
            f"GOLEM_DATABASE={shown(url)}: {STATEMENTS_KEPT} is a number, such as 0 behind a pooler"
        )
    unknown = ", ".join(sorted(query.keys() - _POSTGRES_OPTIONS))
    if unknown:
        raise StoreAddressError(
            f"GOLEM_DATABASE={shown(url)}: remove {unknown} behind the question mark; host, port and sslmode may stay"
        )
    return url.set(drivername="postgresql+asyncpg", query=query)
