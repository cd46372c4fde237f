"""What is done about a damaged database file: what can still be read of it is saved, and it is set aside."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import time
from contextlib import closing
from urllib.parse import quote

from plugin.history import private_file
from plugin.history.address import printable
from plugin.history.errors import NotAStore
from plugin.history.file_watch import INDEX, LOG, FileChange, FileWatch

_ENDINGS = ("", LOG, INDEX)
_FOUND_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""What SQLite says of contents; the last of them of a table that is missing."""

MOST_CHECKING = 0.01
"""The share of time that may go into reading a whole file that others keep writing to."""


class Mending:
    """Finds damage to the file of a database while it is open, and makes that history can go on."""

    def __init__(self, path: str, table: str) -> None:
        """A database without `table` is not worth saving."""
        self._path = path
        self._name = os.path.basename(path)
        self._table = table
        self.watch = FileWatch(path)
        self._next_check = 0.0
        self.has_looked = False
        """Whether the last `find` had to read the whole file, as it does where another program wrote to it."""

    def find(self) -> FileChange | None:
        """What is wrong; None where all is well, or cannot be known yet."""
        self.has_looked = False
        change = self.watch.change()
        if change is not FileChange.ALTERED:
            return change
        began = time.monotonic()
        if began < self._next_check:
            return None
        self.has_looked, sound = True, is_sound(self._path, self._table)
        ended = time.monotonic()
        self._next_check = ended + (ended - began) / MOST_CHECKING
        if not sound:
            return FileChange.DAMAGED
        self.watch.trust()
        return None

    def mend(self, change: FileChange, live: sqlite3.Connection | None) -> str:
        """Set aside what is damaged, and say what was done; `live` is a connection that may still read it all.

        All connections are to be closed afterwards, and made anew. Raises NotAStore where the file cannot be renamed.
        """
        if change not in (FileChange.MISSING, FileChange.NOT_A_FILE) and self.watch.is_another():
            change = FileChange.REPLACED
        found, what = self.watch.found(), f"{self._name} {change.value}"
        try:
            if change in (FileChange.MISSING, FileChange.REPLACED):
                # What is beside it belongs to what is gone: SQLite would mix it into another file of that name.
                self._set_aside(tuple(ending for ending in (LOG, INDEX) if self.watch.is_known(ending)))
            if change is FileChange.MISSING:
                return f"{what}: history continues in a new file"
            if change in (FileChange.REPLACED, FileChange.INDEX_LOST) and is_sound(self._path):
                return f"{what}: it is intact, history continues in it"
            saved = None if live is None else self._save(live)
            if self.watch.found() not in (None, found):  # another process has mended it meanwhile
                _discard(saved)
                return self.mend(FileChange.REPLACED, live)
            aside = os.path.basename(self._set_aside(_ENDINGS))
            if saved is None:
                return f"{what}: history continues in a new file, the old one is {aside}"
            os.rename(saved, self._path)
            return f"{what}: everything was copied to a new file, the old one is {aside}"
        except OSError as error:
            raise NotAStore(
                f"history at {printable(self._path)}: {what}, and it cannot be renamed: {error.strerror}"
            ) from error

    def _set_aside(self, endings: tuple[str, ...]) -> str:
        aside = _unused(time.strftime(f"{self._path}.damaged-%Y%m%d-%H%M", time.gmtime()))
        for ending in endings:
            with contextlib.suppress(FileNotFoundError):
                os.rename(self._path + ending, aside + ending)
        return aside

    def _save(self, live: sqlite3.Connection) -> str | None:
        saved = _unused(f"{self._path}.saved")
        private_file.create(saved)
        with contextlib.suppress(sqlite3.Error):
            with closing(sqlite3.connect(saved)) as copy:
                live.backup(copy)
            if is_sound(saved, self._table):
                return saved
        _discard(saved)
        return None


def is_sound(path: str, table: str = "sqlite_master") -> bool:
    """Whether SQLite finds a database without a fault under a name, with a table; it reads the whole file.

    True as well where it cannot look, as where another has locked the file, or the process has no file to spare.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=rw", uri=True, timeout=1)) as connection:
            connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()
            return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF not in _FOUND_DAMAGED


def _discard(saved: str | None) -> None:
    for ending in () if saved is None else (*_ENDINGS, "-journal"):
        with contextlib.suppress(OSError):
            os.unlink(f"{saved}{ending}")


def _unused(path: str) -> str:
    names = itertools.chain([path], (f"{path}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not any(os.path.lexists(name + ending) for ending in _ENDINGS))
