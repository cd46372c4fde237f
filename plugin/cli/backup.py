"""`backup`: all of history in one SQLite file."""

from __future__ import annotations

import argparse
import time

from plugin.cli.copies import ProgressLines, address_of, refusal, source_of, tell
from plugin.history import StoreError
from plugin.history.backup import backup

NAME = "backup"
HELP = "write a consistent copy of history into one SQLite file, while the bot runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the database where it is not that of the settings."""
    parser.add_argument("--database", metavar="ADDRESS", help="path or postgresql://…; default: the setting database")
    parser.add_argument("--to", required=True, metavar="FILE", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


async def run(given: argparse.Namespace) -> int:
    """Write the file, and print what is in it."""
    source, destination = source_of(given.database, "--database"), address_of(given.to, "--to")
    try:
        copied = await backup(source, destination, time.time(), ProgressLines(), given.force)
    except StoreError as problem:
        raise refusal(problem, "--database" if f" {source.shown}:" in str(problem) else "--to") from None
    tell(copied, source.shown)
    return 0
