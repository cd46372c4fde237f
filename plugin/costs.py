"""What the monitor costs this process, as far as that can be told, and what this release was measured to cost.

`docs/costs.md` has the same numbers and says how they were measured; a test holds both together.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator

MEGABYTE = 1 << 20

COMMAND_US = {2: (36, 79), 3: (43, 58)}
"""Processor time added to one command in microseconds by line of Lightbulb: one that does nothing, one that answers."""

LOADING_MB = 2.9
"""Resident memory for importing and loading, where this process cannot be asked."""

LATER_MB = {"running": 3.8, "sqlite": 1.4, "postgresql": 2.7, "pages": 3.4}
"""Resident memory taken after loading, which no process can tell from what the bot itself takes meanwhile."""


def resident_bytes() -> int | None:
    """Resident memory of this process; None where the platform does not tell without a library."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class Ledger:
    """How much resident memory grew while the monitor was imported and loaded, each counted the first time."""

    def __init__(self, resident: int | None) -> None:
        """`resident`: memory before the import began; None where it began with libraries that the bot needs itself."""
        self._import_began = resident
        self._grown: dict[str, int] = {}

    def imported(self) -> None:
        """The import has ended."""
        if self._import_began is None:
            self._grown.setdefault("import", round(LOADING_MB * MEGABYTE))
        self._count("import", self._import_began)

    @contextlib.contextmanager
    def loading(self) -> Generator[None]:
        """The block loads the monitor into a bot."""
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
        """Both together; as this release was measured where the process could not be asked."""
        return sum(self._grown.values()) if self._grown else round(LOADING_MB * MEGABYTE)


LEDGER = Ledger(resident_bytes() if {"hikari", "lightbulb"} <= sys.modules.keys() else None)


def memory_bytes(database: str) -> int:
    """Resident memory of the monitor but for its records: measured at loading, and what came later by this release."""
    parts = ["running", "pages"]
    if database:
        parts.append("postgresql" if database.startswith(("postgresql:", "postgres:")) else "sqlite")
    return LEDGER.loaded_bytes() + round(sum(LATER_MB[part] for part in parts) * MEGABYTE)
