"""Everything that is run here: `nox -s demo`, `tests`, `lint`, `typecheck`, `bench`."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["tests", "lint", "typecheck"]
nox.options.reuse_venv = "yes"

PYTHONS = {2: ("3.11", "3.12"), 3: ("3.11", "3.12", "3.13")}
"""The Pythons that each line of Lightbulb is tested on."""

END_TO_END = ("tests/e2e", "tests/examples", "tests/localdiscord", "tests/bench")

PROJECT = nox.project.load_toml("pyproject.toml")


@functools.cache
def interpreter(version: str) -> str | None:
    """What nox calls that Python: its version, or the path of the one that runs this; None where there is none."""
    found = shutil.which(f"python{version}")
    # A launcher may be there for a Python that is not.
    if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:  # noqa: S603 # as found
        return version
    return sys.executable if version == f"{sys.version_info[0]}.{sys.version_info[1]}" else None


def runs() -> list[object]:
    """Lightbulb 2 on the first Python that is there, Lightbulb 3 on each; the whole suite once for each line."""
    chosen = []
    for line, versions in PYTHONS.items():
        there = [version for version in versions if interpreter(version)]
        for version in there[:1] if line == 2 else there:
            identity = f"lightbulb{line}-{version}"
            chosen.append(nox.param(interpreter(version), line, version == there[0], id=identity))
        if not there:
            chosen.append(nox.param(sys.executable, line, False, id=f"lightbulb{line}-missing"))
    return chosen


def first(line: int) -> str:
    """The Python that a line of Lightbulb is run on where one is enough."""
    return next((found for version in PYTHONS[line] if (found := interpreter(version))), sys.executable)


def require(session: nox.Session, line: int) -> None:
    """End the session where no Python is there that this line of Lightbulb runs on."""
    if not any(interpreter(version) for version in PYTHONS[line]):
        session.error(f"Lightbulb {line} needs one of Python {', '.join(PYTHONS[line])}: install one of them")


def install(session: nox.Session, line: int, *groups: str) -> None:
    """Install the project with one line of Lightbulb and what the groups name."""
    session.install("-e", f".[lightbulb{line}]", *nox.project.dependency_groups(PROJECT, *groups))


@nox.session
@nox.parametrize("python, line, whole", runs())
def tests(session: nox.Session, line: int, whole: bool) -> None:
    """Run the tests, on further Pythons without those that run a whole bot."""
    require(session, line)
    install(session, line, "test", "bench")
    left_out = [] if whole else [f"--ignore={folder}" for folder in END_TO_END]
    # Much of the time is spent waiting: for a deadline, a process, a server.
    session.run("pytest", "-n", "2", *left_out, *session.posargs)


@nox.session(python=first(3))
def demo(session: nox.Session) -> None:
    """Run a sample bot on a Discord of its own, and show its pages; with DISCORD_TOKEN, on the real one."""
    require(session, 3)
    session.install("-e", ".[lightbulb3,charts]")
    session.run("python", "-m", "examples.demo", *session.posargs)


@nox.session
@nox.parametrize("python, line", [nox.param(first(line), line, id=f"lightbulb{line}") for line in PYTHONS])
def bench(session: nox.Session, line: int) -> None:
    """Print what the monitor costs, side by side with others."""
    require(session, line)
    install(session, line, "bench")
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session(python=first(3))
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
@nox.parametrize("python, line", [nox.param(first(line), line, id=f"lightbulb{line}") for line in PYTHONS])
def typecheck(session: nox.Session, line: int) -> None:
    """Check types, once with each line of Lightbulb."""
    require(session, line)
    install(session, line, "typecheck")
    other = Path("plugin", "adapters", f"lightbulb{5 - line}")
    # pyright says "0 errors" of a file that it excludes, so nothing is excluded and every file is named.
    files = [str(file) for file in sorted(Path("plugin").rglob("*.py")) if other not in file.parents]
    session.run("pyright", *files)
