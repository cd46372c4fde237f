"""Memory, CPU, threads and open files of the process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from plugin.instrument.resources import Resources, memory_limit_bytes

SECOND_NS = 10**9


class Process:
    """A process and a clock that a test moves."""

    def __init__(self) -> None:
        self.now_ns = 5 * SECOND_NS
        self.cpu_s = 100.0
        self.refuses = False

    @contextlib.contextmanager
    def oneshot(self) -> Iterator[None]:
        yield

    def memory_info(self) -> Any:
        return SimpleNamespace(rss=64_000_000)

    def cpu_times(self) -> Any:
        return SimpleNamespace(user=self.cpu_s / 4, system=3 * self.cpu_s / 4)

    def num_threads(self) -> int:
        return 7

    def num_fds(self) -> int:
        if self.refuses:
            raise psutil.AccessDenied
        return 11

    def passes(self, seconds: float, cpu_s: float) -> None:
        """Let time pass."""
        self.now_ns += round(seconds * SECOND_NS)
        self.cpu_s += cpu_s


@pytest.fixture
def process() -> Process:
    """A process."""
    return Process()


@pytest.fixture
def resources(process: Process) -> Resources:
    """What looks at it."""
    return Resources(process, lambda: process.now_ns)  # type: ignore[arg-type] # it has what is asked for


@pytest.mark.parametrize(("cpu_s", "share"), [(0, 0), (5, 0.5), (25, 2.5), (-1, 0)], ids=str)
def test_cpu_is_what_was_used_since_the_look_before(
    process: Process, resources: Resources, cpu_s: float, share: float
) -> None:
    """CPU time is a share of one core over the time since the last look, and never negative."""
    process.passes(60, 60)
    resources.sample()
    process.passes(10, cpu_s)
    assert resources.sample().cpu_share == pytest.approx(share)


def test_cpu_is_unknown_where_no_time_has_passed(process: Process, resources: Resources) -> None:
    """Two looks at the same moment tell nothing."""
    assert resources.sample().cpu_share is None


def test_a_sample_has_memory_threads_and_files(resources: Resources) -> None:
    """Memory is told in bytes and as a share of what there is."""
    sample = resources.sample()
    assert (sample.rss_bytes, sample.threads, sample.open_files) == (64_000_000, 7, 11)
    assert sample.memory_share == pytest.approx(64_000_000 / memory_limit_bytes())


def test_open_files_are_unknown_where_the_system_refuses(process: Process, resources: Resources) -> None:
    """Unknown is not zero."""
    process.refuses = True
    assert resources.sample().open_files is None


def test_the_real_process_can_be_looked_at() -> None:
    """Without arguments it is this process."""
    sample = Resources().sample()
    assert sample.rss_bytes > 1_000_000
    assert sample.threads >= 1


MACHINE = psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("contents", "limit_bytes"),
    [
        (["104857600\n", None], 104_857_600),
        ([None, "209715200\n"], 209_715_200),
        (["max\n", None], MACHINE),
        ([None, "9223372036854771712\n"], MACHINE),
        ([None, None], MACHINE),
        (["", "nonsense"], MACHINE),
    ],
    ids=["version 2", "version 1", "version 2 unlimited", "version 1 unlimited", "no cgroups", "unreadable"],
)
def test_the_memory_limit_is_that_of_the_container(
    tmp_path: Path, contents: list[str | None], limit_bytes: int
) -> None:
    """A container's limit counts where it is below what the machine has."""
    paths = (tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes")
    for path, text in zip(paths, contents, strict=True):
        if text is not None:
            path.write_text(text)
    assert memory_limit_bytes(paths) == limit_bytes
