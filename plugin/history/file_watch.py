"""Notices what others do to the files of a SQLite database that is open, from outside of it.

Only by their names: to open and close such a file takes away the locks that SQLite has on it in this process.
"""

from __future__ import annotations

import enum
import os
import stat
from typing import NamedTuple

LOG, INDEX = "-wal", "-shm"


class FileChange(enum.Enum):
    """What was found; the value says it to an operator after the name of the file."""

    MISSING = "was deleted or moved"
    REPLACED = "was replaced by another file"
    NOT_A_FILE = "was replaced by a folder"
    EMPTIED = "was emptied"
    LOG_LOST = "lost its -wal file"
    INDEX_LOST = "lost its -shm file"
    ALTERED = "was written to by another program"
    """As other processes of the bot do, and VACUUM; only the contents tell whether that was well meant."""
    DAMAGED = "is damaged"
    """What its contents tell, not its names."""


class _Seen(NamedTuple):
    file: tuple[int, int]
    kind: int
    size: int
    changed_ns: int


class FileWatch:
    """The files of one database as they were when all was well."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._main: _Seen | None = None
        self._log: _Seen | None = None
        self._index: _Seen | None = None

    def forget(self) -> None:
        """Know nothing: the files change when the last connection is closed."""
        self._main = self._log = self._index = None

    def trust(self) -> None:
        """Take the files as they are now for what they should be."""
        self._main, self._log, self._index = (_look(self._path + ending) for ending in ("", LOG, INDEX))

    def is_known(self, ending: str) -> bool:
        """Whether a file has the name that it had, and is the same."""
        known = {"": self._main, LOG: self._log, INDEX: self._index}[ending]
        found = _look(self._path + ending)
        return known is not None and found is not None and known.file == found.file

    def is_another(self) -> bool:
        """Whether the name leads to another file by now, as it does once another process has mended the database."""
        return self._main is not None and self.found() not in (None, self._main.file)

    def found(self) -> tuple[int, int] | None:
        """What tells the file that has the name now from any other; None where there is none."""
        found = _look(self._path)
        return None if found is None else found.file

    @property
    def log_bytes(self) -> int:
        """How long the write-ahead log is; 0 where there is none."""
        found = _look(self._path + LOG)
        return 0 if found is None else found.size

    def change(self) -> FileChange | None:
        """What has changed since, the worst first; None where nothing has."""
        now, before = _look(self._path), self._main
        if before is None:
            self.trust()
            return None
        # SQLite makes these two when it needs them.
        self._log = self._log or _look(self._path + LOG)
        self._index = self._index or _look(self._path + INDEX)
        if now is None:
            return FileChange.MISSING
        if not stat.S_ISREG(now.kind):
            return FileChange.NOT_A_FILE
        if now.file != before.file:
            return FileChange.REPLACED
        if not now.size:
            return FileChange.EMPTIED
        if self._log is not None and not self.is_known(LOG):
            return FileChange.LOG_LOST
        if self._index is not None and not self.is_known(INDEX):
            return FileChange.INDEX_LOST
        return FileChange.ALTERED if now != before else None


def _look(path: str) -> _Seen | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return _Seen((found.st_dev, found.st_ino), stat.S_IFMT(found.st_mode), found.st_size, found.st_mtime_ns)
