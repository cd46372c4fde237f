"""Tries faults on the tests of a room, two at a time, each in a copy of the project."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import coverage

from tests.mutants.attempt import PRELOADED, attempt
from tests.mutants.faults import Fault
from tests.mutants.rooms import Room

ROOT = Path(__file__).parents[2]
COPIED = ("plugin", "tests", "examples", "pyproject.toml")
LIMIT_S = 300
"""For all tests together; a single test has its own limit."""
NONE_FAILED, USAGE = 0, 4
NO_TESTS = 5


class Trial:
    """The tests of a room, which tests reach which line, and a copy of the project for each of two processes."""

    def __init__(self, room: Room, folder: Path, seed: int, jobs: int) -> None:
        self._room = room
        self._seed = f"--hypothesis-seed={seed}"
        self._jobs = jobs
        self._folders = SimpleQueue[Path]()
        copies = [folder / str(number) for number in range(jobs)]
        for copy in copies:
            for name in COPIED:
                (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, _made(copy) / name)
            self._folders.put(copy)
        self._reached = self._measure(copies[0])
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(PRELOADED)

    def _measure(self, folder: Path) -> coverage.CoverageData:
        """Run the tests without a fault, and see which test reaches which line."""
        cover = (f"--cov={self._room.package}", "--cov-context=test", "--cov-report=")
        options = ("-q", "-n", str(self._jobs), "-p", "no:cacheprovider", "-p", "no:randomly", self._seed)
        quick = ("-k", self._room.quick) if self._room.quick else ()
        environment = os.environ | {"PYTHONPATH": str(folder), "COVERAGE_FILE": str(folder / ".coverage")}
        command = [sys.executable, "-m", "pytest", *options, *cover, *quick, *self._room.tests]
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if ran.returncode:
            raise SystemExit(f"the tests of {self._room.package} fail without a fault:\n{ran.stdout[-3000:]}")
        data = coverage.CoverageData(str(folder / ".coverage"))
        data.read()
        return data

    def survivors(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """The faults that no test noticed."""
        faults = list(faults)
        with ThreadPoolExecutor(self._jobs) as pool:
            for fault, noticed in zip(faults, pool.map(self._noticed, faults), strict=True):
                if not noticed:
                    yield fault

    def _noticed(self, fault: Fault) -> bool:
        tests = self._tests(fault)
        if tests is None or tests:
            quick = ("-k", self._room.quick) if self._room.quick and tests is None else ()
            files = sorted({test.partition("::")[0] for test in tests or ()}) or self._room.tests
            return self._fails(fault, (*files, *quick), tests)
        if self._room.quick:
            return self._fails(fault, (*self._room.tests, "-k", f"not ({self._room.quick})"), None)
        return False

    def _tests(self, fault: Fault) -> frozenset[str] | None:
        """The tests that reach the fault; None for all, as it is there when modules are imported."""
        if fault.at_import:
            return None
        folder = Path(os.path.commonpath(self._reached.measured_files()))
        while not (folder / fault.file).exists():
            folder = folder.parent
        reached = self._reached.contexts_by_lineno(str(folder / fault.file))
        contexts = {context for line in fault.lines for context in reached.get(line, ())}
        return None if "" in contexts else frozenset(context.rpartition("|")[0] for context in contexts)

    def _fails(self, fault: Fault, arguments: tuple[str, ...], tests: frozenset[str] | None) -> bool:
        """Whether a test fails, or ends too late, where the project has the fault."""
        folder = self._folders.get()
        try:
            with _made_in(folder, fault):
                given = (folder, (*arguments, self._seed), tests, Path(fault.file).stem)
                process = self._processes.Process(target=attempt, args=given)
                process.start()
                process.join(LIMIT_S)
                code = process.exitcode
                if code is None and process.pid:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.join()
        finally:
            self._folders.put(folder)
        if code in (USAGE, NO_TESTS):
            raise SystemExit(f"pytest could not run {arguments} (exit code {code})")
        return code != NONE_FAILED


@contextmanager
def _made_in(folder: Path, fault: Fault) -> Iterator[None]:
    """The fault in a copy of the project, where earlier runs have left no examples."""
    shutil.rmtree(folder / ".hypothesis", ignore_errors=True)
    file = folder / fault.file
    whole = file.read_bytes()
    file.write_text(fault.source(), "utf-8")
    try:
        yield
    finally:
        file.write_bytes(whole)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def trial(room: Room, seed: int, jobs: int) -> Iterator[Trial]:
    """A trial of a room in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        yield Trial(room, Path(folder), seed, jobs)
