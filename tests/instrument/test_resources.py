"""Memory, CPU, threads and open files of the process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from plugin.instrument.resources import Resources, available_memory_bytes

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
    assert sample.memory_share == pytest.approx(64_000_000 / available_memory_bytes())


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
V2 = "30 20 0:27 {top} /sys/fs/cgroup rw - cgroup2 cgroup rw"
V1 = (
    "30 20 0:27 {top} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "31 20 0:28 {top} /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu"
)


def grants(root: Path, own: str, mounts: str, files: dict[str, str]) -> Path:
    """A folder with the `/proc` and the control groups of a process."""
    for name, text in {"proc/self/cgroup": own, "proc/self/mountinfo": mounts, **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    return root


@pytest.mark.parametrize(
    ("own", "mounts", "files", "limit_bytes"),
    [
        ("0::/", V2.format(top="/"), {"memory.max": "104857600"}, 104_857_600),
        ("0::/bots/one", V2.format(top="/"), {"bots/one/memory.max": "104857600"}, 104_857_600),
        ("0::/bots/one", V2.format(top="/"), {"bots/one/memory.max": "max", "bots/memory.max": "90"}, 90),
        ("0::/bots/one", V2.format(top="/"), {"bots/one/memory.max": "80", "bots/memory.max": "90"}, 80),
        ("0::/box/1/bot", V2.format(top="/box/1"), {"bot/memory.max": "max", "memory.max": "70"}, 70),
        ("0::/../..", V2.format(top="/box/1"), {"memory.max": "60"}, 60),
        ("0::/bots/one", V2.format(top="/"), {"bots/one/memory.max": "max"}, MACHINE),
        ("4:memory:/box/1\n0::/", V1.format(top="/box/1"), {"memory/memory.limit_in_bytes": "50"}, 50),
        ("4:memory:/a/b", V1.format(top="/"), {"memory/a/memory.limit_in_bytes": "40"}, 40),
        ("4:memory:/", V1.format(top="/"), {"memory/memory.limit_in_bytes": "9223372036854771712"}, MACHINE),
        ("0::/", V2.format(top="/"), {"memory.max": "nonsense"}, MACHINE),
        ("", "", {}, MACHINE),
    ],
    ids=[
        "version 2",
        "own group",
        "ancestor",
        "smallest",
        "within a container",
        "told from the container",
        "version 2 unlimited",
        "version 1 in a container",
        "version 1 ancestor",
        "version 1 unlimited",
        "unreadable",
        "no groups",
    ],
)
def test_the_memory_limit_is_that_of_the_container(
    tmp_path: Path, own: str, mounts: str, files: dict[str, str], limit_bytes: int
) -> None:
    """The smallest limit of the process's group and its ancestors counts where it is below what the machine has."""
    root = grants(tmp_path, own, mounts, {f"sys/fs/cgroup/{name}": text for name, text in files.items()})
    assert available_memory_bytes(root) == limit_bytes


@pytest.mark.parametrize(
    ("own", "mounts", "file", "unit"),
    [
        ("0::/bot", V2.format(top="/"), "bot/cpu.stat", "throttled_usec {}000000"),
        ("7:cpu,cpuacct:/bot", V1.format(top="/"), "cpu/bot/cpu.stat", "throttled_time {}000000000"),
    ],
    ids=["version 2", "version 1"],
)
def test_throttling_is_counted_from_the_first_look(
    process: Process, tmp_path: Path, own: str, mounts: str, file: str, unit: str
) -> None:
    """What a CPU quota did before the bot ran is not told of it."""
    resources = Resources(process, lambda: process.now_ns, tmp_path)  # type: ignore[arg-type] # it has what is asked for
    for times, seconds in ((7, 2), (10, 5)):
        text = f"nr_periods 100\nnr_throttled {times}\n{unit.format(seconds)}"
        grants(tmp_path, own, mounts, {f"sys/fs/cgroup/{file}": text})
        found = resources.sample().throttled
    assert found == (3, 3.0)


def test_throttling_is_unknown_without_groups(process: Process, tmp_path: Path) -> None:
    """Unknown is not zero."""
    assert Resources(process, lambda: process.now_ns, tmp_path).sample().throttled is None  # type: ignore[arg-type] # as above
