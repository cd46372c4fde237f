"""Runs in a process of its own: the tests that may notice a fault, in a copy of the project that has the fault."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

PRELOADED = ["asyncpg", "hikari", "lightbulb", "pytest", "tests.mutants.attempt"]
"""Imported once, before the processes are forked; nothing of the plugin, which differs in each."""
TEST_LIMIT_S = 30
"""A fault that makes a test take longer is noticed."""
OUTPUT = "pytest.txt"
"""What pytest printed, in the folder that it ran in."""
CPU_S = "cpu_s.txt"
"""The processor time that the tests took, in the same folder."""
MEMORY_BYTES = 4 << 30
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", f"--timeout={TEST_LIMIT_S}")


class Choice(NamedTuple):
    """Which tests of a room are run."""

    stem: str = ""
    """The name of the module that has a fault, whose own tests come first; empty where none has one."""
    tests: frozenset[str] | None = None
    """None for all."""
    slow: str = ""
    """What is in the name of a fixture, or is a parameter, of tests that are slow."""
    only_slow: bool = False
    """Those alone, or none of them."""

    def has(self, item: pytest.Item) -> bool:
        """Whether a test is chosen."""
        if self.tests is not None and item.nodeid not in self.tests:
            return False
        return not self.slow or self._is_slow(item) is self.only_slow

    def _is_slow(self, item: pytest.Item) -> bool:
        fixtures: Sequence[str] = getattr(item, "fixturenames", ())
        parameters: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
        return self.slow in parameters.values() or any(self.slow in name for name in fixtures)


class Chosen:
    """A pytest plugin that keeps only the tests of a choice."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice

    def pytest_sessionstart(self) -> None:
        """One failing example is enough: let hypothesis neither make it smaller nor keep it."""
        from hypothesis import Phase, settings  # not before pytest has begun, which rewrites what it asserts

        settings.register_profile("faults", settings(), phases=(Phase.explicit, Phase.generate), database=None)
        settings.load_profile("faults")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was not chosen, and sort."""
        items[:] = filter(self._choice.has, items)
        items.sort(key=lambda item: self._choice.stem not in item.path.stem)


def attempt(folder: Path, arguments: Sequence[str], choice: Choice) -> None:
    """Run tests in the folder, and end the process with pytest's exit code; bytecode with a fault is not kept."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1" if choice.stem else ""}
    sys.dont_write_bytecode = bool(choice.stem)
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("plugin", "tests")]:
        del sys.modules[name]
    output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # A thread ends the process, where hypothesis would try again what takes too long; but a server must not outlive it.
    limit = f"--timeout-method={'signal' if choice.only_slow else 'thread'}"
    code = pytest.main([*OPTIONS, f"--rootdir={folder}", limit, *arguments], [Chosen(choice)])
    (folder / CPU_S).write_text(str(sum(os.times()[:4])), "utf-8")
    os._exit(code)
