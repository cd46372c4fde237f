"""What can go wrong with a store, told to an operator in one line."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class StoreError(Exception):
    """History cannot be kept or read; the message is one line that names the database and what to do."""

    temporary = False
    """Whether the same call may succeed later without anybody changing a setting."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, or broke off."""

    temporary = True


class StoreLocked(StoreUnavailable):
    """Another process holds the file and does not let go."""


class StoreFull(StoreError):
    """There is no room to write."""

    temporary = True


class StoreRefused(StoreError):
    """The database does not let us in, or not do what we must."""


class NotAStore(StoreError):
    """The file is no SQLite database, or a damaged one."""


class SchemaTooNew(StoreError):
    """The database was last written by a later version of the monitor."""


class StoreAddressError(StoreError):
    """The address is none that a store can have."""


class MissingDriver(StoreError):
    """The address asks for a driver that is not installed."""


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
"""By the name of the error without the SQLITE_ in front, and without what an extended error adds."""

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
    """Turns what a driver raises into a StoreError about `shown`."""
    try:
        yield
    except (*driver_errors, OSError) as error:
        raise _translation(shown, error) from error


def unexpected(shown: str, error: Exception) -> StoreError:
    """The StoreError for what nobody foresaw."""
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
