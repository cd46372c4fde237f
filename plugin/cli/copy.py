"""`copy`: history from one database into another, SQLite or PostgreSQL."""

from __future__ import annotations

import argparse
import time

from plugin.cli.copies import ProgressLines, address_of, refusal, source_of, tell
from plugin.history import StoreError
from plugin.history.copying import copy

NAME = "copy"
HELP = "copy history into another database, SQLite or PostgreSQL, and compare both"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both databases."""
    parser.add_argument(
        "--from", dest="source", metavar="ADDRESS", help="path or postgresql://…; default: the setting database"
    )
    parser.add_argument("--to", required=True, metavar="ADDRESS", help="path or postgresql://…; it must be empty")


async def run(given: argparse.Namespace) -> int:
    """Copy, and print what was copied."""
    source, destination = source_of(given.source, "--from"), address_of(given.to, "--to")
    try:
        copied = await copy(source, destination, time.time(), ProgressLines())
    except StoreError as problem:
        raise refusal(problem, "--from" if f" {source.shown}:" in str(problem) else "--to") from None
    tell(copied, source.shown)
    return 0
