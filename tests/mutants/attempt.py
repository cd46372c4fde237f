"""Runs in a process of its own: the tests that may notice a fault, in a copy of the project that has the fault."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

PRELOADED = ["asyncpg", "hikari", "lightbulb", "pytest", "tests.mutants.attempt"]
"""Imported once, before the processes are forked; nothing of the plugin, which differs in each."""
TEST_LIMIT_S = 30
"""A fault that makes a test take longer is noticed."""
OUTPUT = "pytest.txt"
"""What pytest printed, in the folder that it ran in."""
MEMORY_BYTES = 4 << 30
LIMITS = (f"--timeout={TEST_LIMIT_S}", "--timeout-method=thread")
"""That of the thread ends the process: otherwise hypothesis would try again what takes too long."""
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", *LIMITS)


class Chosen:
    """A pytest plugin that keeps only the tests that were chosen, those of the module itself first."""

    def __init__(self, tests: frozenset[str] | None, stem: str) -> None:
        self._tests = tests
        self._stem = stem

    def pytest_sessionstart(self) -> None:
        """One failing example is enough: let hypothesis neither make it smaller nor keep it."""
        from hypothesis import Phase, settings  # not before pytest has begun, which rewrites what it asserts

        settings.register_profile("faults", settings(), phases=(Phase.explicit, Phase.generate), database=None)
        settings.load_profile("faults")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was not chosen, and sort."""
        if self._tests is not None:
            items[:] = [item for item in items if item.nodeid in self._tests]
        items.sort(key=lambda item: self._stem not in item.path.stem)


def attempt(folder: Path, arguments: Sequence[str], tests: frozenset[str] | None, stem: str) -> None:
    """Run tests in the folder, and end the process with pytest's exit code.

    `stem` is the name of the module that has a fault, empty where none has one: only then bytecode is kept.
    """
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1" if stem else ""}
    sys.dont_write_bytecode = bool(stem)
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("plugin", "tests")]:
        del sys.modules[name]
    output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os._exit(pytest.main([*OPTIONS, *arguments], [Chosen(tests, stem)]))
