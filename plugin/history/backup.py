"""Copy history into one new SQLite file, which appears under its name once it is whole and checked."""

from __future__ import annotations

import contextlib
import os

from plugin.history.address import Address, printable, real_path
from plugin.history.copy_marker import CopyMarker, digest_of
from plugin.history.copying import Copied, OnProgress, copy_into
from plugin.history.errors import StoreAddressError, StoreRefused
from plugin.history.sqlite import SQLite
from plugin.history.table_copy import ROWS_AT_ONCE

BEGUN = ".part"
"""Ending of a file that is not whole yet; the next backup to the same name goes on with it."""

_BESIDE = ("-wal", "-shm", "-journal")
_PATIENCE_S = 5


async def backup(
    source: Address,
    destination: Address,
    now: float,
    on_progress: OnProgress,
    force: bool = False,
    at_once: int = ROWS_AT_ONCE,
) -> Copied:
    """Write a file with everything but active members' secrets, readable by its owner only.

    With `force` an existing file is replaced. Raises StoreError, and then the file is as it was.
    """
    if destination.path is None:
        raise StoreAddressError(f"history at {destination.shown}: a backup is a file: name a path")
    if digest_of(source) == digest_of(destination):
        raise StoreAddressError(f"history at {source.shown}: cannot be its own backup: name another file")
    path = real_path(destination.path)
    _expect_free(path, force)
    part = SQLite(path + BEGUN, _PATIENCE_S)
    try:
        marker = CopyMarker(part, source)
        copied = await copy_into(part, marker, source, now, on_progress, at_once)
        await part.seal()
        _expect_free(path, force)  # it may have come to be since
        await marker.end()
    finally:
        await part.close()
    _rename(path + BEGUN, path)
    return copied


def _expect_free(path: str, force: bool) -> None:
    shown = printable(path)
    if os.path.isdir(path):
        raise StoreRefused(f"history at {shown}: is a folder: name a file in it")
    if os.path.lexists(path) and not force:
        raise StoreRefused(f"history at {shown}: exists already: name another file, or replace it with --force")
    for ending in _BESIDE:
        # SQLite would apply the log of the old file to the new one.
        if os.path.lexists(path + ending):
            raise StoreRefused(f"history at {shown}: {shown}{ending} belongs to an open database: name another file")


def _rename(part: str, path: str) -> None:
    """Put a whole file in its place, so that it is there even after a power loss."""
    try:
        _write_out(part)
        os.replace(part, path)
    except OSError as error:
        raise StoreRefused(
            f"history at {printable(part)}: is whole, but cannot be renamed to {printable(path)} ({error.strerror}): "
            "rename it yourself"
        ) from error
    if os.name == "posix":  # elsewhere folders cannot be opened
        with contextlib.suppress(OSError):  # as on some network drives
            _write_out(os.path.dirname(path))


def _write_out(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
