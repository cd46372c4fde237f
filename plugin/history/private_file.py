"""Database files, with SQLite's files beside them, that only their owner can read."""

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
"""Prefix of the monitor's tables."""


def create(path: str) -> None:
    """Create an empty file that only its owner can read, unless it exists; errors are left to SQLite to report."""
    with contextlib.suppress(OSError, ValueError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))


def make_private(path: str, tables: Iterable[str]) -> None:
    """Remove other users' access to a file, unless it has tables of another program or another owner."""
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
