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
    was, now = map(_quoted, fault.shown)
    return {Known(fault.file, fault.function, was, now), Known(fault.file, fault.function, was)}


def equivalents() -> set[Known]:
    """The faults that no test can notice."""
    listed = tomllib.loads(LIST.read_text("utf-8"))["equivalent"]
    return {Known(entry["module"], entry["function"], _quoted(entry["was"]), _now(entry)) for entry in listed}


def _now(entry: dict[str, str]) -> str | None:
    return _quoted(entry["now"]) if "now" in entry else None


def _quoted(text: str) -> str:
    """The same text on every Python: 3.12 writes other quotes around f-strings that have some in them."""
    return text.replace('"', "'")
