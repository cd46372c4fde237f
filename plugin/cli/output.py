"""Lines for the terminal, and why a command fails."""

from __future__ import annotations

import sys


class CommandError(Exception):
    """A command cannot do what was asked; the message says why, and what to do."""


def say(line: str) -> None:
    """Write a line to the standard output."""
    sys.stdout.write(f"{line}\n")


def complain(line: str) -> None:
    """Write a line to the standard error output."""
    sys.stderr.write(f"{line}\n")
