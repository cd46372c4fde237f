"""The rooms whose logic is put to the test, and where the tests of each are."""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """A package of the plugin, and the tests that must notice a fault in it."""

    package: str
    tests: tuple[str, ...]
    slow: str = ""
    """What is in the name of a fixture, or is a parameter, of tests that run only for lines that no other reaches."""


ROOMS = {
    "metrics": Room("plugin/metrics", ("tests/metrics",)),
    "history": Room("plugin/history", ("tests/history",), slow="postgres"),
    "insight": Room("plugin/insight", ("tests/insight", "tests/test_details.py")),
}
