"""The memory that the monitor takes in this process, as far as it can be measured, and the measured costs of a release.

`docs/costs.md` has the same numbers and how they were measured; a test keeps both equal.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator

MEGABYTE = 1 << 20

COMMAND_US = {2: (36, 79), 3: (43, 58)}
"""CPU time added per command in microseconds, by line of Lightbulb: a command that does nothing, one that answers."""

LOADING_MB = 5.0
"""Resident memory for importing and loading, if it cannot be measured in this process."""

LATER_MB = {"running": 3.2, "sqlite": 1.4, "postgresql": 2.7, "pages": 4.8}
"""Resident memory taken after loading, which cannot be separated from the bot's own in a running process."""


def resident_bytes() -> int | None:
    """Resident memory of this process; None if the platform shows it only through a library."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class Ledger:
    """Measures how much resident memory grew by importing and by loading the monitor, each the first time."""

    def __init__(self, resident: int | None) -> None:
        """`resident`: memory before the import; None if the import also loads libraries that the bot needs itself."""
        self._import_began = resident
        self._grown: dict[str, int] = {}

    def imported(self) -> None:
        """Record the memory at the end of the import."""
        if self._import_began is None:
            self._grown.setdefault("import", round(LOADING_MB * MEGABYTE))
        self._count("import", self._import_began)

    @contextlib.contextmanager
    def loading(self) -> Generator[None]:
        """Measure a block that loads the monitor into a bot."""
        before = resident_bytes()
        try:
            yield
        finally:
            self._count("load", before)

    def _count(self, what: str, before: int | None) -> None:
        now = resident_bytes()
        if before is not None and now is not None:
            self._grown.setdefault(what, max(0, now - before))

    def loaded_bytes(self) -> int:
        """The growth by import and load together; the release's figure if it could not be measured."""
        return sum(self._grown.values()) if self._grown else round(LOADING_MB * MEGABYTE)


LEDGER = Ledger(resident_bytes() if {"hikari", "lightbulb"} <= sys.modules.keys() else None)


def memory_bytes(database: str) -> int:
    """Resident memory of the monitor without its records: measured up to loading, then the release's figures."""
    parts = ["running", "pages"]
    if database:
        parts.append("postgresql" if database.startswith(("postgresql:", "postgres:")) else "sqlite")
    return LEDGER.loaded_bytes() + round(sum(LATER_MB[part] for part in parts) * MEGABYTE)
