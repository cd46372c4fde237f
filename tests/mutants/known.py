"""Faults that change nothing that can be seen: listed with the reason in `equivalent.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from tests.mutants.faults import Fault

LIST = Path(__file__).with_name("equivalent.toml")


class Known(NamedTuple):
    """What a fault is known by: no line number, so that code above it may grow."""

    module: str
    function: str
    was: str
    now: str | None = None
    """None for whatever becomes of the text."""


def known_as(fault: Fault) -> set[Known]:
    """What this fault is known by: what became of the text, or that anything did."""
    was, now = fault.shown
    return {Known(fault.file, fault.function, was, now), Known(fault.file, fault.function, was)}


def equivalents() -> set[Known]:
    """The faults that no test can notice."""
    listed = tomllib.loads(LIST.read_text("utf-8"))["equivalent"]
    return {Known(entry["module"], entry["function"], entry["was"], entry.get("now")) for entry in listed}
