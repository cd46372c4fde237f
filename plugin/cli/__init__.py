"""Reads, copies and checks history from a terminal, and watches bots, without a bot and without a token."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import io
import sys
from collections.abc import Sequence

from plugin.cli.output import CommandError, complain

COMMANDS = ("status", "timeline", "report", "check", "export", "copy", "backup", "watch")
"""Each is a module with its name, its help, its arguments and what it prints."""

TIMES = ("--around", "--until")
"""Options with a time, which may begin with a minus."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 where something is wrong, 2 for a wrong command line."""
    parser = argparse.ArgumentParser(prog="python -m plugin", description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    asked = [*(sys.argv[1:] if arguments is None else arguments)]
    for name in asked[:1] if asked[:1] and asked[0] in COMMANDS else COMMANDS:
        command = importlib.import_module(f"plugin.cli.{name}")  # only the one that runs
        parsed = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        parsed.set_defaults(run=command.run)
        command.add_arguments(parsed)
    _write_what_can_be_written()
    given = parser.parse_args(_joined(asked))
    try:
        return asyncio.run(given.run(given))
    except CommandError as problem:
        complain(str(problem))
        return 1
    except BrokenPipeError:  # such as of `| head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _write_what_can_be_written() -> None:
    """Replace characters that the terminal's encoding lacks, such as marks on Windows."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _joined(arguments: Sequence[str]) -> list[str]:
    """Arguments in which `--around -3h` is one, since argparse takes a time ago for another option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] in TIMES:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined
