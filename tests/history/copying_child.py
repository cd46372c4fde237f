"""Copies, and waits for a line after each step: `python -m tests.history.copying_child SOURCE DESTINATION WHERE`.

With `backup` at the end it makes a backup, in place of an old one.

With WHERE `between` it waits after each chunk of rows, with `within` while the rows of a chunk are sent but not yet
committed. It says what it waits in, and `done` in the end.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from plugin.history.address import parse
from plugin.history.backup import backup
from plugin.history.copying import copy
from plugin.history.engine import Connection
from plugin.history.postgres import InServer
from plugin.history.sqlite import InFile
from tests.history.builders import NOON

AT_ONCE = 20


def wait(said: object) -> None:
    """Say something, and wait to be told to go on."""
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def waiting(load: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """`load`, which then waits in the middle of its transaction."""

    async def loaded(connection: Connection, *given: Any) -> None:
        await load(connection, *given)
        wait("within")

    return loaded


if __name__ == "__main__":
    source, destination, where, *backs_up = sys.argv[1:]
    if where == "within":
        for kind in (InFile, InServer):
            kind.load = waiting(kind.load)
    told = wait if where == "between" else lambda _: None
    make = functools.partial(backup, force=True) if backs_up else copy
    asyncio.run(make(parse(source), parse(destination), NOON, told, at_once=AT_ONCE))
    sys.stdout.write("done\n")
