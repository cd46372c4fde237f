"""Errors of a store, each with a one-line message for operators."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class StoreError(Exception):
    """History cannot be written or read; the message is one line that names the database and what to do."""

    temporary = False
    """Whether the same call may succeed later with unchanged settings."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, or the connection was lost."""

    temporary = True


class StoreLocked(StoreUnavailable):
    """Another process keeps the file locked."""


class StoreFull(StoreError):
    """The disk is full."""

    temporary = True


class StoreRefused(StoreError):
    """The database denies access or a necessary permission."""


class AlreadyFilled(StoreRefused):
    """The destination of a copy holds history."""


class NotAStore(StoreError):
    """The file is not an SQLite database, or it is damaged."""


class SchemaTooNew(StoreError):
    """The database has the schema of a later version of the monitor."""


class StoreAddressError(StoreError):
    """The address cannot be used for a store."""


class MissingDriver(StoreError):
    """The address needs a driver that is not installed."""


_SQLITE: dict[str, tuple[type[StoreError], str]] = {
    "BUSY": (StoreLocked, "another process has locked it: close the program that holds it"),
    "LOCKED": (StoreLocked, "another connection has locked it: close the program that holds it"),
    "FULL": (StoreFull, "the disk is full: free some space, or set GOLEM_DATABASE to another place"),
    "IOERR": (StoreFull, "write failed: free disk space and check the disk"),
    "NOTADB": (NotAStore, "it is not an SQLite database: set GOLEM_DATABASE to another file"),
    "CORRUPT": (NotAStore, "it is damaged: restore a copy, or set GOLEM_DATABASE to another file"),
    "CANTOPEN": (StoreRefused, "it cannot be opened: check that its folder exists and is writable"),
    "READONLY": (StoreRefused, "it is read-only: make the file and its folder writable"),
    "PERM": (StoreRefused, "permission denied: make the file and its folder writable"),
}
"""By the name of the primary error code, without SQLITE_."""

_POOLER = "a connection pooler switches sessions: add ?prepared_statement_cache_size=0 to GOLEM_DATABASE"
_POSTGRES: dict[str, tuple[type[StoreError], str]] = {
    "08": (StoreUnavailable, "connection lost: check that the server is running"),
    "25006": (StoreRefused, "the server is read-only: use the address of the primary"),
    "26": (StoreUnavailable, _POOLER),
    "28": (StoreRefused, "the server rejected the user or password: check GOLEM_DATABASE"),
    "3D": (StoreRefused, "the database does not exist: create it, or check GOLEM_DATABASE"),
    "40": (StoreUnavailable, "conflict with a concurrent change: retrying"),
    "42P05": (StoreUnavailable, _POOLER),
    "42501": (StoreRefused, "permission denied: grant the user CREATE on the schema and access to its tables"),
    "53": (StoreUnavailable, "the server is out of connections or memory: check its limits"),
    "53100": (StoreFull, "the server's disk is full: free some space"),
    "55": (StoreUnavailable, "locked on the server: retrying"),
    "57": (StoreUnavailable, "the server is stopping, starting or too slow: check that it is running"),
    "58": (StoreUnavailable, "the server cannot read or write its files: check its log"),
}
"""By SQLSTATE, or by its first two characters, the class of the error."""


@contextmanager
def translated(shown: str, driver_errors: tuple[type[Exception], ...]) -> Generator[None]:
    """Turn a driver's errors into a StoreError about the database at `shown`."""
    try:
        yield
    except (*driver_errors, OSError) as error:
        raise _translation(shown, error) from error


def unexpected(shown: str, error: Exception) -> StoreError:
    """The StoreError for an error that is not a driver's."""
    return StoreError(f"history at {shown} failed: {type(error).__name__}: {_one_line(error)}")


def _translation(shown: str, error: Exception) -> StoreError:
    known = _known(error)
    if known is None:
        return StoreError(f"history at {shown} failed: {_one_line(error)}")
    kind, cure = known
    return kind(f"history at {shown}: {cure} ({_one_line(error)})")


def _known(error: Exception) -> tuple[type[StoreError], str] | None:
    name, state = getattr(error, "sqlite_errorname", None), getattr(error, "sqlstate", None)
    if isinstance(name, str):
        return _SQLITE.get(name.split("_")[1])
    if isinstance(state, str):
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    if isinstance(error, OSError):
        return (
            StoreUnavailable,
            "the server cannot be reached: check that it is running and that GOLEM_DATABASE is right",
        )
    return None


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
