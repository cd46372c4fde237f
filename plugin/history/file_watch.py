"""Notice what other programs do to the files of an open SQLite database.

Only `stat` is used: to open and close such a file would drop the locks that SQLite holds on it in this process.
"""

from __future__ import annotations

import enum
import os
import stat
from typing import NamedTuple

LOG, INDEX = "-wal", "-shm"


class FileChange(enum.Enum):
    """What happened to a file; the value continues a sentence that begins with the file's name."""

    MISSING = "was deleted or moved"
    REPLACED = "was replaced by another file"
    NOT_A_FILE = "was replaced by a folder"
    EMPTIED = "was emptied"
    LOG_LOST = "lost its -wal file"
    INDEX_LOST = "lost its -shm file"
    ALTERED = "was written to by another program"
    """By another process of the bot, VACUUM or a foreign program; only a check of the contents can tell."""
    DAMAGED = "is damaged"
    """Found by a check of the contents."""


class _Seen(NamedTuple):
    file: tuple[int, int]
    kind: int
    size: int
    changed_ns: int


class FileWatch:
    """Remembers the files of one database and compares them with the ones on disk."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._main: _Seen | None = None
        self._log: _Seen | None = None
        self._index: _Seen | None = None

    def forget(self) -> None:
        """Forget the files: they change when the last connection is closed."""
        self._main = self._log = self._index = None

    def trust(self) -> None:
        """Remember the files as they are now."""
        self._main, self._log, self._index = (_look(self._path + ending) for ending in ("", LOG, INDEX))

    def is_known(self, ending: str) -> bool:
        """Whether the file with this ending is still the remembered one."""
        known = {"": self._main, LOG: self._log, INDEX: self._index}[ending]
        found = _look(self._path + ending)
        return known is not None and found is not None and known.file == found.file

    def is_replaced(self) -> bool:
        """Whether the path leads to another file, for example since another process repaired the database."""
        return self._main is not None and self.identity() not in (None, self._main.file)

    def identity(self) -> tuple[int, int] | None:
        """Device and inode of the file at the path; None if there is none."""
        found = _look(self._path)
        return None if found is None else found.file

    @property
    def log_bytes(self) -> int:
        """Size of the write-ahead log; 0 if there is none."""
        found = _look(self._path + LOG)
        return 0 if found is None else found.size

    def change(self) -> FileChange | None:
        """The worst change since the files were remembered, or None."""
        now, before = _look(self._path), self._main
        if before is None:
            self.trust()
            return None
        # SQLite creates these two when it needs them.
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
