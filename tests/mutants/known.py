"""Faults that change nothing that can be seen: listed with the reason in `equivalent.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from tests.mutants.faults import Fault

LIST = Path(__file__).with_name("equivalent.toml")


class Key(NamedTuple):
    """What a fault is known by: no line number, so that code above it may grow."""

    module: str
    function: str
    was: str
    now: str


def key(fault: Fault) -> Key:
    """What this fault is known by."""
    return Key(fault.file, fault.function, *fault.shown)


def equivalents() -> set[Key]:
    """The faults that no test can notice."""
    listed = tomllib.loads(LIST.read_text("utf-8")).get("equivalent", [])
    return {Key(entry["module"], entry["function"], entry["was"], entry["now"]) for entry in listed}
