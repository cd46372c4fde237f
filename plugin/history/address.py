"""Parse GOLEM_DATABASE; messages never repeat any text that may be a password."""

from __future__ import annotations

import importlib.util
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from plugin.history.errors import MissingDriver, StoreAddressError, StoreRefused

STATEMENTS_KEPT = "prepared_statement_cache_size"
"""Option: prepared statements per session; 0 behind a pooler that switches sessions."""

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_OPTIONS = frozenset({"host", "port", "user", "password", "sslmode", "ssl", "channel_binding", STATEMENTS_KEPT})
_NAMED = frozenset(
    {
        "application_name",
        "client_encoding",
        "connect_timeout",
        "dbname",
        "gssencmode",
        "keepalives",
        "options",
        "passfile",
        "service",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "target_session_attrs",
    }
)
"""Options of other programs, safe to name in a message; any other word may be part of a password."""

_NO_DRIVER = "history in PostgreSQL needs a driver: pip install asyncpg"
_NO_PATH = "GOLEM_DATABASE: SQLite needs a file path"
_UNREADABLE = (
    "GOLEM_DATABASE cannot be parsed: use a file (a path, or sqlite:///path) or "
    "postgresql://user:password@host/database; percent-encode the password (%40 for @, %2F for /, %3F for ?)"
)
"""Repeats nothing of the address, since one that cannot be parsed may hold a password anywhere."""

_TEXT = r"(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_SERVER = re.compile(
    rf"postgres(?:ql)?(?:\+asyncpg)?://(?:(?P<user>{_TEXT}*)(?::(?P<password>[^@?]*))?@)?"
    rf"(?P<host>(?:[\w.-]|%2[Ff])*|\[[\da-fA-F:.]+\])(?::(?P<port>\d+))?"
    rf"(?:/(?P<database>{_TEXT}*))?(?:\?(?P<query>(?:{_TEXT}|[/:])*))?"
)
_FILE = re.compile(r"sqlite(?:\+aiosqlite)?:///([^?]*)(?:\?.*)?")
_DRIVE = re.compile(r"[A-Za-z]:(?:\\.*|/[^@]*)")
_NO_FILE = re.compile(
    r".*(?::|%3A).*(?:@|%40)"  # a user and a password
    r"|[\w+.-]+:"  # a scheme, or a host and its port
    r"|.*://"
    r"|(?!/[^/]|[.~]).*(?:@|%40)(?![^/\\]*\.(?:db|sqlite3?)$)"  # a user or a password, and a host
    r"|.*(?:user|pass\w*|pwd|secret|token|key|host|dbname)\s*="
    r"|.*\?.*=",  # options
    re.IGNORECASE,
)
"""Matches incomplete addresses of servers, which are not taken for paths."""

_PLAIN = re.compile(r"[\w.$-]*")


class Address(NamedTuple):
    """A parsed address."""

    shown: str
    """For the log: the path of a file, or a server's URL without password."""
    path: str | None
    """The path of a file; None for a server."""
    server: dict[str, Any]
    """asyncpg's arguments for a server; empty for a file."""


def parse(address: str) -> Address:
    """Parse a plain path, `sqlite:///path` or `postgresql://…`.

    Raises StoreAddressError for any other address, MissingDriver if the driver is not installed.
    """
    read = _read(address)
    if read.path is None and importlib.util.find_spec("asyncpg") is None:
        raise MissingDriver(_NO_DRIVER)
    return read


def shown_address(address: str) -> str:
    """An address for the log, with an absolute path; raises StoreAddressError."""
    read = _read(address)
    if read.path is None:
        return read.shown
    try:
        return printable(str(Path(read.path).absolute()))
    except OSError:  # the working directory was deleted
        return read.path


def printable(path: str) -> str:
    """A path for the log; bytes that are not text are escaped."""
    return path.encode("utf-8", "backslashreplace").decode()


def real_path(path: str) -> str:
    """An absolute path without links; raises StoreRefused if the working directory was deleted."""
    try:
        return os.path.realpath(path)
    except OSError as gone:
        raise StoreRefused(
            f"history at {path}: the working directory does not exist: set GOLEM_DATABASE to an absolute path"
        ) from gone


def _read(address: str) -> Address:
    server = _SERVER.fullmatch(address)
    if server is not None and address.isprintable():
        return _server(**server.groupdict())
    file = _FILE.fullmatch(address)
    path = address if file is None else file[1]
    if path in ("", ":memory:") or path.startswith("file:") or address == "sqlite://":
        raise StoreAddressError(_NO_PATH)
    drive = os.name == "nt" and _DRIVE.fullmatch(path)
    # Normalised, since some keyboards type a full-width @.
    if not path.isprintable() or (not drive and _NO_FILE.match(unicodedata.normalize("NFKC", path))):
        raise StoreAddressError(_UNREADABLE)
    return Address(path, path, {})


def _server(
    user: str | None, password: str | None, host: str, port: str | None, database: str | None, query: str | None
) -> Address:
    if ":" in unquote(user or ""):
        raise StoreAddressError(_UNREADABLE)
    shown = f"postgresql://{_shown(user)}{':***' if password else ''}{'@' if user or password else ''}{host}"
    shown = f"{shown}{f':{port}' if port else ''}{'' if database is None else f'/{_shown(database)}'}"
    given = {"user": user, "password": password, "host": host.strip("[]"), "port": port, "database": database}
    options = _options(query, shown)
    ssl = options.pop("ssl", options.pop("sslmode", None))
    kept = options.pop(STATEMENTS_KEPT, None)
    server: dict[str, Any] = {name: unquote(value) for name, value in given.items() if value} | options
    if "port" in server:
        server["port"] = _number(server["port"], 65_535, "port", shown)
    if ssl is not None:
        if ssl not in _SSL_MODES:
            raise StoreAddressError(f"GOLEM_DATABASE={shown}: sslmode must be one of {', '.join(_SSL_MODES)}")
        server["ssl"] = ssl
    if kept is not None:
        server["statement_cache_size"] = _number(kept, 10_000, STATEMENTS_KEPT, shown)
    return Address(shown, None, server)


def _options(query: str | None, shown: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in (query or "").split("&") if part]
    options = {name: unquote(value) for name, value in pairs}
    unknown = options.keys() - _OPTIONS
    if unknown:
        named = ", ".join(sorted(unknown & _NAMED)) or "the unknown options"
        raise StoreAddressError(
            f"GOLEM_DATABASE={shown}: remove {named} from the query (host, port and sslmode may stay)"
        )
    options.pop("channel_binding", None)  # in the URLs of hosted databases; asyncpg does not need it
    return options


def _number(text: str, largest: int, name: str, shown: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > largest:
        raise StoreAddressError(f"GOLEM_DATABASE={shown}: {name} must be a whole number up to {largest}")
    return int(text)


def _shown(part: str | None) -> str:
    """A plain name, or … for one with unusual characters, which may be part of a password."""
    return part if part and _PLAIN.fullmatch(part) else "…" if part else ""
