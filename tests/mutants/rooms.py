"""The rooms whose logic is put to the test, and where the tests of each are."""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """A package of the plugin, and the tests that must notice a fault in it."""

    package: str
    tests: tuple[str, ...]
    quick: str = ""
    """A pytest `-k` expression; tests that it leaves out run only for lines that the others do not reach."""


ROOMS = {
    "metrics": Room("plugin/metrics", ("tests/metrics",)),
    "history": Room("plugin/history", ("tests/history",), quick="not postgres"),
    "insight": Room("plugin/insight", ("tests/insight", "tests/test_details.py")),
}
