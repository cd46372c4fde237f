"""The rooms whose logic is put to the test, and where the tests of each are."""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """A package of the plugin, and the tests that must notice a fault in it."""

    package: str
    tests: tuple[str, ...]
    slow: str = ""
    """In the name of a fixture, or a parameter, of tests that run only after all others have missed a fault."""


ROOMS = {
    "metrics": Room("plugin/metrics", ("tests/metrics",)),
    "history": Room("plugin/history", ("tests/history",), slow="postgres"),
    "insight": Room("plugin/insight", ("tests/insight", "tests/test_details.py")),
    "measures": Room("plugin/measures", ("tests/test_measures.py", "tests/metrics/test_series.py")),
}
