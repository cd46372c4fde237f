"""A database file that only its user may read, with the files that SQLite keeps beside it."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterable

_logger = logging.getLogger(__name__)

_PRIVATE = stat.S_IRUSR | stat.S_IWUSR
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OURS = "golem_"
"""What the names of our tables begin with."""


def create(path: str) -> None:
    """Make an empty file that nobody else may read; one that is there stays, and what fails is left to SQLite."""
    with contextlib.suppress(OSError, ValueError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))


def close_to_others(path: str, tables: Iterable[str]) -> None:
    """Take a file from the reach of other users, unless it is not ours, has tables of another program, or cannot be."""
    if os.name != "posix" or not all(table.startswith(_OURS) for table in tables):
        return
    for file in (path, f"{path}-wal", f"{path}-shm"):
        with contextlib.suppress(OSError):
            found = os.stat(file)
            if found.st_mode & _OTHERS and found.st_uid == os.geteuid():
                os.chmod(file, _PRIVATE)
                _logger.log(
                    logging.INFO if file == path else logging.DEBUG,
                    "%s was readable by other users of this machine; made private",
                    file,
                )
