"""The sampler of small faults: what it changes, how it names that, and that tests notice it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import psutil
import pytest

from tests.mutants.faults import faults
from tests.mutants.known import LIST, equivalents, known_as
from tests.mutants.rooms import ROOMS, Room
from tests.mutants.trial import ROOT, trial


def made(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    """The faults that are made in a module, as they are shown."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "module.py").write_text(source, "utf-8")
    return [fault.shown for fault in faults(tmp_path, "room")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a > b", "a <= b"]),
        ("a == b", ["a != b"]),
        ("a is None", ["a is not None"]),
        ("a + b", ["a - b"]),
        ("a -= b", ["a += b"]),
        ("-a", ["a"]),
        ("a and b", ["a or b"]),
        ("min(a, b)", ["max(a, b)"]),
        ("a[3]", ["a[4]"]),
        ("a(300, 0.0)", ["a(600, 0.0)", "a(300, 1.0)"]),
        ("a if b else c", ["a if not b else c"]),
        ("a if not b else c", ["a if b else c"]),
        ("[a for a in b if a]", ["[a for a in b if not a]"]),
        ("a: Literal[1] = True", []),
        ("'text'", []),
    ],
)
def test_each_place_has_its_slips(tmp_path: Path, source: str, expected: list[str]) -> None:
    """Comparisons, signs, conditions and numbers are changed; text and types are left alone."""
    assert [now for _, now in made(tmp_path, source)] == expected


def test_a_fault_is_named_by_its_place(tmp_path: Path) -> None:
    """Its module, class and function, the lines of its statement, and as much of that as fits; the rest stays."""
    source = "class A:\n    def b(self):\n        if self.c(\n            1,\n        ):\n            return 0\n"
    made(tmp_path, source)
    condition, negated, returned = sorted(faults(tmp_path, "room"), key=lambda fault: fault.lines[0])
    assert (condition.file, condition.function, condition.lines) == ("room/module.py", "A.b", range(3, 6))
    assert {condition.shown[1], negated.shown[1]} == {"self.c(2)", "not self.c(1)"}
    assert returned.shown == ("return 0", "return 1")
    assert returned.source() == "class A:\n\n    def b(self):\n        if self.c(1):\n            return 1"


def test_only_what_runs_at_import_needs_all_tests(tmp_path: Path) -> None:
    """A constant, a default, a function whose result is kept; of any other only the tests that call it."""
    made(tmp_path, "A = 1\ndef b(c=1):\n    return 2\n@functools.cache\ndef d():\n    return 1\n")
    assert sorted(fault.shown[0] for fault in faults(tmp_path, "room") if not fault.at_import) == ["return 2"]


def test_every_listed_equivalent_is_still_made() -> None:
    """Each has a reason; one whose code has changed is to be judged anew, and taken off the list."""
    made = (fault for room in ROOMS.values() for fault in faults(ROOT, room.package))
    found = {known for fault in made for known in known_as(fault)}
    assert equivalents() <= found
    assert all(entry["why"] for entry in tomllib.loads(LIST.read_text("utf-8"))["equivalent"])


LIMIT = """
LIMIT = 3

def allowed(number):
    if number < 0:
        return False
    return number <= LIMIT

def unheard_of(number):
    return number + 1
"""
TESTS = """
from plugin.shop.limit import allowed

def test_up_to_the_limit(): assert allowed(3) and not allowed(4)
"""


def test_what_no_test_notices_survives(tmp_path: Path) -> None:
    """Faults in what tests hold are noticed, and others not: a line that none reaches, and a bound that none tries."""
    (tmp_path / "plugin" / "shop").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    files = {"plugin/__init__.py": "", "plugin/shop/limit.py": LIMIT, "tests/test_limit.py": TESTS}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with trial(Room("plugin/shop", ("tests",)), seed=1, jobs=2, root=tmp_path) as tried:
        survivors = {fault.shown[1] for fault in tried.survivors(faults(tmp_path, "plugin/shop"))}
    assert not psutil.Process().children()
    assert survivors == {"number <= 0", "number < 1", "return number - 1", "return number + 2"}
    assert (tmp_path / "plugin/shop/limit.py").read_text("utf-8") == LIMIT


def test_tests_that_fail_anyway_prove_nothing(tmp_path: Path) -> None:
    """Without a fault all must pass, and what failed is told."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_limit.py").write_text("def test_this_one(): assert False", "utf-8")
    with (
        pytest.raises(SystemExit, match=r"plugin/shop fail without a fault:(?s:.*)test_this_one"),
        trial(Room("plugin/shop", ("tests",)), seed=1, jobs=1, root=tmp_path),
    ):
        raise AssertionError
