"""What `copy` and `backup` share: addresses, progress, and what is printed in the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from plugin.cli import source
from plugin.cli.output import complain, say
from plugin.cli.source import CommandError
from plugin.history import StoreError
from plugin.history.address import Address, parse
from plugin.history.copying import LEFT_OUT, Copied, CopyProgress

EACH_S = 1.0


def source_of(given: str | None, option: str) -> Address:
    """The address of an option or, without it, of the settings; raises CommandError."""
    address = given or source.settings().database
    if not address:
        raise CommandError(f"no history is kept (setting database); name one with {option}")
    return address_of(address, option if given else "GOLEM_DATABASE")


def address_of(address: str, option: str) -> Address:
    """The address of an option; raises CommandError, which names it."""
    try:
        return parse(address)
    except StoreError as problem:
        raise refusal(problem, option) from None


def refusal(problem: StoreError, option: str) -> CommandError:
    """The same error, about an option instead of a setting."""
    return CommandError(str(problem).replace("GOLEM_DATABASE", option))


class ProgressLines:
    """Writes a line each second to the standard error output, where it is a terminal."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock() if sys.stderr.isatty() else float("inf")

    def __call__(self, progress: CopyProgress) -> None:
        """Write the line, if it is time."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + EACH_S
        done = "compared" if progress.comparing else "copied"
        complain(f"{done} {progress.rows:,} of {progress.total:,} rows ({progress.table})")


def tell(copied: Copied, shown: str) -> None:
    """Print the number of rows of each table, and what is not in the copy."""
    for table, rows in copied.rows.items():
        say(f"{table}: {rows:,}")
    say(f"total: {sum(copied.rows.values()):,} rows, each equal on both sides")
    say(f"not copied: {', '.join(table.name for table in LEFT_OUT)} (secrets of active members)")
    if copied.running:
        complain(
            f"still running: {', '.join(copied.running)}; what was written to {shown} since the copy began is not in it"
        )
