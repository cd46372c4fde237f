"""Lines for the terminal."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Write a line to the standard output."""
    sys.stdout.write(f"{line}\n")


def complain(line: str) -> None:
    """Write a line to the standard error output."""
    sys.stderr.write(f"{line}\n")
