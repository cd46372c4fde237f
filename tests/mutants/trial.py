"""Tries faults on the tests of a room, two at a time, each in a copy of the project.

All tests of the room run once without a fault, under coverage. For a fault, only the tests that reach its line run,
those of the module's own test file first and the slow ones last, until one fails. All tests run only for a fault that
acts when its module is imported.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import coverage

from tests.mutants.attempt import CPU_S, OUTPUT, PRELOADED, Choice, attempt
from tests.mutants.faults import Fault
from tests.mutants.rooms import Room

ROOT = Path(__file__).parents[2]
COPIED = ("plugin", "tests", "examples", "pyproject.toml")
LIMIT_S = 300
"""For all tests together; a single test has its own limit."""
NONE_FAILED, NO_TESTS = 0, 5
"""Of pytest's exit codes; any other is that of tests that failed, or could not even be imported."""


class _Reached(NamedTuple):
    """Which tests reach which line, of the project in a folder."""

    folder: Path
    data: coverage.CoverageData
    cpu_s: float

    def contexts(self, fault: Fault) -> set[str]:
        """The tests that reach the lines of a fault."""
        reached = self.data.contexts_by_lineno(str(self.folder / fault.file))
        return {context for line in fault.lines for context in reached.get(line, ())}


class Trial:
    """The tests of a room, which tests reach which line, and a copy of the project for each of two processes."""

    def __init__(self, room: Room, folder: Path, seed: int, jobs: int, root: Path) -> None:
        self._room = room
        self._choices = [Choice(slow=room.slow)]
        if room.slow:
            self._choices.append(Choice(slow=room.slow, only_slow=True))
        self._seed = f"--hypothesis-seed={seed}"
        self._jobs = jobs
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(PRELOADED)
        self._folders = SimpleQueue[Path]()
        for number in range(jobs):
            self._folders.put(_copy(root, folder / str(number)))
        self._start_server()
        began = time.perf_counter()
        with ThreadPoolExecutor(jobs) as pool:
            self._reached = dict(zip(self._choices, pool.map(self._measure, self._choices), strict=True))
        self.tests_s = time.perf_counter() - began
        """How long all tests of the room took without a fault, two processes of them at a time, under coverage."""
        self.cpu_s = sum(reached.cpu_s for reached in self._reached.values())
        """The processor time that this took, which is the same on a busy machine."""
        self.longest_s = 0.0
        """How long the tests took for the fault that took longest."""

    def _start_server(self) -> None:
        """Let the server that forks the processes import its libraries, which is no part of the tests' time."""
        first = self._processes.Process(target=int)
        first.start()
        first.join()

    def _measure(self, choice: Choice) -> _Reached:
        """Run tests as they are run on a fault, but without one, and see which test reaches which line."""
        cover = (f"--cov={self._room.package}", "--cov-context=test", "--cov-report=")
        folder = self._folders.get()
        try:
            code = self._run(folder, (*self._room.tests, *cover), choice)
            if code != NONE_FAILED:
                told = (folder / OUTPUT).read_text("utf-8")[-3000:]
                raise SystemExit(f"the tests of {self._room.package} fail without a fault:\n{told}")
            # Under a name of its own, as other tests may be measured in the same folder.
            data = coverage.CoverageData(str((folder / ".coverage").rename(folder / f"{choice.only_slow}.coverage")))
            data.read()
            return _Reached(folder, data, float((folder / CPU_S).read_text("utf-8")))
        finally:
            self._folders.put(folder)

    def survivors(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """The faults that no test noticed."""
        faults = list(faults)
        with ThreadPoolExecutor(self._jobs) as pool:
            for fault, noticed in zip(faults, pool.map(self._noticed, faults), strict=True):
                if not noticed:
                    yield fault

    def _noticed(self, fault: Fault) -> bool:
        began = time.perf_counter()
        noticed = any(self._noticed_by(choice, fault) for choice in self._choices)
        self.longest_s = max(self.longest_s, time.perf_counter() - began)
        return noticed

    def _noticed_by(self, choice: Choice, fault: Fault) -> bool:
        """Whether one of the chosen tests fails, of those that reach the fault."""
        tests, stem = self._tests(choice, fault), Path(fault.file).stem
        if tests is None:
            return self._fails(fault, self._room.tests, choice._replace(stem=stem))
        files = sorted({test.partition("::")[0] for test in tests})
        return bool(files) and self._fails(fault, files, choice._replace(stem=stem, tests=tests))

    def _tests(self, choice: Choice, fault: Fault) -> frozenset[str] | None:
        """The chosen tests that reach the fault; None for all, as it is there when modules are imported."""
        if fault.at_import:
            return None
        contexts = self._reached[choice].contexts(fault)
        return None if "" in contexts else frozenset(context.rpartition("|")[0] for context in contexts)

    def _fails(self, fault: Fault, files: Sequence[str], choice: Choice) -> bool:
        """Whether a test fails, or ends too late, where the project has the fault."""
        folder = self._folders.get()
        try:
            with _made_in(folder, fault):
                code = self._run(folder, files, choice)
        finally:
            self._folders.put(folder)
        if code == NO_TESTS and choice.tests is not None:  # the fault has changed what tests are called
            return self._fails(fault, self._room.tests, choice._replace(tests=None))
        if code == NO_TESTS:
            raise SystemExit(f"there are no tests in {files}")
        return code != NONE_FAILED

    def _run(self, folder: Path, arguments: Sequence[str], choice: Choice) -> int | None:
        """Run tests in a process of its own, and return pytest's exit code; None for one that did not end."""
        process = self._processes.Process(target=attempt, args=(folder, (*arguments, self._seed), choice))
        process.start()
        process.join(LIMIT_S)
        code = process.exitcode
        if code is None and process.pid:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        return code


@contextmanager
def _made_in(folder: Path, fault: Fault) -> Generator[None]:
    """Put the fault into a copy of the project, for a while."""
    file = folder / fault.file
    whole = file.read_bytes()
    file.write_text(fault.source(), "utf-8")
    try:
        yield
    finally:
        file.write_bytes(whole)


def _copy(root: Path, folder: Path) -> Path:
    """Copy into the folder what tests need of the project."""
    folder.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name)
        elif (root / name).exists():
            shutil.copy2(root / name, folder / name)
    return folder


@contextmanager
def trial(room: Room, seed: int, jobs: int, root: Path = ROOT) -> Generator[Trial]:
    """A trial of a room in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        try:
            yield Trial(room, Path(folder).resolve(), seed, jobs, root)
        finally:
            # They live as long as this process otherwise, which may be one that runs other tests.
            forkserver._forkserver._stop()
            resource_tracker._resource_tracker._stop()
