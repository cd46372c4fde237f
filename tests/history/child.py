"""Writes a minute after the other until it is stopped: `python -m tests.history.child PATH [LARGEST_FILE_BYTES]`.

Says the number of each batch once it is stored, and the name of the StoreError that ended it.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from plugin.history import StoreError
from plugin.history.store import open_store
from plugin.model import CommandKey, CommandKind
from tests.history.builders import NOON, WRITER, batch, delta

COMMANDS = [CommandKey(CommandKind.SLASH, f"command {number}", None) for number in range(50)]


async def main(path: str) -> None:
    """Write, roll up and say how far it went."""
    async with await open_store(path) as store:
        for number in itertools.count():
            await store.writing.write(WRITER, batch(NOON + 60 * number, *map(delta, COMMANDS), sequence=number))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            await store.writing.roll_up(NOON + 60 * number)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    try:
        asyncio.run(main(sys.argv[1]))
    except StoreError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
