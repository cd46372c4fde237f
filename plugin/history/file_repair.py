"""Repair a damaged database file: set it aside, and copy everything that can still be read."""

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
"""SQLite's errors about contents; the last one is about a missing table."""

MOST_CHECKING = 0.01
"""The largest share of time to spend on checking a file that other processes keep writing to."""


class FileRepair:
    """Finds damage to an open database file, and repairs it so that history continues."""

    def __init__(self, path: str, table: str) -> None:
        """A database without `table` is not saved."""
        self._path = path
        self._name = os.path.basename(path)
        self._table = table
        self.watch = FileWatch(path)
        self._next_check = 0.0
        self.has_checked = False
        """Whether the last `find` read the whole file, as it does after another program wrote to it."""

    def find(self) -> FileChange | None:
        """The damage that was found; None if there is none, or if a check would be too soon."""
        self.has_checked = False
        change = self.watch.change()
        if change is not FileChange.ALTERED:
            return change
        began = time.monotonic()
        if began < self._next_check:
            return None
        self.has_checked, sound = True, is_sound(self._path, self._table)
        ended = time.monotonic()
        self._next_check = ended + (ended - began) / MOST_CHECKING
        if not sound:
            return FileChange.DAMAGED
        self.watch.trust()
        return None

    def repair(self, change: FileChange, live: sqlite3.Connection | None) -> str:
        """Set damaged files aside; returns what was done. `live` is a connection that may still read everything.

        All connections must be closed and reopened afterwards. Raises NotAStore if the file cannot be renamed.
        """
        if change not in (FileChange.MISSING, FileChange.NOT_A_FILE) and self.watch.is_replaced():
            change = FileChange.REPLACED
        before, what = self.watch.identity(), f"{self._name} {change.value}"
        try:
            if change in (FileChange.MISSING, FileChange.REPLACED):
                # The files beside it belong to the lost one; SQLite would apply them to a new file of that name.
                self._set_aside(tuple(ending for ending in (LOG, INDEX) if self.watch.is_known(ending)))
            if change is FileChange.MISSING:
                return f"{what}: history continues in a new file"
            if change in (FileChange.REPLACED, FileChange.INDEX_LOST) and is_sound(self._path):
                return f"{what}: it is intact, history continues in it"
            saved = None if live is None else self._save(live)
            if self.watch.identity() not in (None, before):  # another process has repaired it meanwhile
                _discard(saved)
                return self.repair(FileChange.REPLACED, live)
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
    """Whether the file is an intact database that has the table; reads the whole file.

    Also True if it cannot be checked, for example while it is locked or no file descriptor is free.
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
