"""Everything that is run here: `nox -l` lists it."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from tests.packaging.floors import pinned  # noqa: E402 # found through the path above
from tests.packaging.interpreters import find  # noqa: E402 # as above

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["tests", "lint", "typecheck"]
nox.options.reuse_venv = "yes"

PYTHONS = {2: ("3.11", "3.12"), 3: ("3.11", "3.12", "3.13")}
"""The Pythons that each line of Lightbulb is tested on, oldest first."""

END_TO_END = ("tests/e2e", "tests/examples", "tests/localdiscord", "tests/bench")
OWN_SESSION = ("tests/packaging/test_pip.py",)
"""Not in `tests`: it makes environments of its own, of both lines, so once is enough."""

FLOORS_DECIDE = (
    "tests/e2e",
    "tests/examples",
    "tests/display/chart",
    "tests/history",
    "tests/instrument",
    "tests/outlets",
    "tests/test_drawing.py",
    "tests/test_report_schedule.py",
)
"""What calls the libraries that have a floor; the rest is arithmetic and words."""

PROJECT = nox.project.load_toml("pyproject.toml")
EXTRAS = PROJECT["project"]["optional-dependencies"]

interpreter = functools.cache(find)


def runs() -> list[object]:
    """Each line of Lightbulb on each of its Pythons; on the oldest and newest found the whole suite."""
    chosen = []
    for line, versions in PYTHONS.items():
        found = [version for version in versions if interpreter(version)]
        for version in versions:
            whole = version in (found[:1] + found[-1:])
            path = interpreter(version) or sys.executable
            chosen.append(nox.param(path, line, version, whole, id=f"lightbulb{line}-{version}"))
    return chosen


def lines() -> list[object]:
    """Each line of Lightbulb on the oldest of its Pythons that was found."""
    return [nox.param(first(line), line, id=f"lightbulb{line}") for line in PYTHONS]


def first(line: int) -> str:
    """The Python that a line of Lightbulb is run on where one is enough."""
    return next((path for version in PYTHONS[line] if (path := interpreter(version))), sys.executable)


def require(session: nox.Session, line: int) -> None:
    """End the session where no Python was found that this line of Lightbulb runs on."""
    if not any(interpreter(version) for version in PYTHONS[line]):
        session.error(f"Lightbulb {line} needs one of Python {', '.join(PYTHONS[line])}: install one of them")


def install(session: nox.Session, line: int, *groups: str, also: tuple[str, ...] = (), extras: str = "") -> None:
    """Install the project with one line of Lightbulb, and what the groups name."""
    needed = nox.project.dependency_groups(PROJECT, *groups)
    session.install("-e", f".[lightbulb{line}{extras}]", *needed, *also)


def pytest(session: nox.Session, *arguments: str) -> None:
    """Run tests; much of their time is spent waiting: for a deadline, a process, a server."""
    session.run("pytest", "-n", "2", *arguments, *session.posargs)


@nox.session
@nox.parametrize("python, line, version, whole", runs())
def tests(session: nox.Session, line: int, version: str, whole: bool) -> None:
    """Run the tests: on the oldest and newest Python all of them, between without those that run a whole bot."""
    require(session, line)
    if not interpreter(version):
        session.skip(f"Python {version} was not found: Lightbulb {line} is NOT tested on it")
    left_out = [*OWN_SESSION, *(() if whole else END_TO_END)]
    if interpreter(version) == first(line):
        install(session, line, "test", "bench", extras=",charts,postgres,alerts")
    else:  # that the report has its rows shows on one Python; the libraries that it compares with are large
        install(session, line, "test", extras=",charts,postgres,alerts")
        left_out.append("tests/bench")
    pytest(session, *(f"--ignore={path}" for path in dict.fromkeys(left_out)))


@nox.session
@nox.parametrize("python, line", lines())
def oldest(session: nox.Session, line: int) -> None:
    """Run what calls libraries, with exactly the lowest versions that pyproject.toml claims, on the oldest Python."""
    require(session, line)
    floors = pinned([*EXTRAS[f"lightbulb{line}"], *EXTRAS["charts"], *EXTRAS["postgres"], *EXTRAS["alerts"]])
    session.log(f"the lowest versions: {', '.join(floors)}")
    install(session, line, "test", also=tuple(floors), extras=",charts,postgres,alerts")
    pytest(session, *FLOORS_DECIDE)


@nox.session
@nox.parametrize("python, line", lines())
def uvloop(session: nox.Session, line: int) -> None:
    """Run the end-to-end tests on uvloop."""
    require(session, line)
    install(session, line, "test", "uvloop", extras=",charts,postgres,alerts")
    pytest(session, "-p", "tests.packaging.on_uvloop", "tests/e2e")


@nox.session(python=first(3))
def newer_hikari(session: nox.Session) -> None:
    """Force a hikari that Lightbulb 3 does not take yet, and say which parts of the monitor are off with it.

    Lightbulb 2 is left out: with hikari 2.2 or newer it cannot make a bot (`print_banner` takes other arguments).
    """
    require(session, 3)
    install(session, 3, "test", extras=",charts,postgres,alerts")
    session.install("--no-deps", "--upgrade", "hikari")
    session.run("python", "-m", "tests.packaging.newer_hikari", *session.posargs)


@nox.session(python=first(2))
def pip(session: nox.Session) -> None:
    """Install the plugin beside bots of each kind, and compare what pip changed: nothing."""
    require(session, 2)
    session.install(*nox.project.dependency_groups(PROJECT, "test"))
    # Its conftest needs the plugin and its drivers, which the environments that are made here get one by one.
    pytest(session, "--noconftest", *OWN_SESSION)


@nox.session(python=first(3))
def demo(session: nox.Session) -> None:
    """Run a sample bot on a Discord of its own, and show its pages; with DISCORD_TOKEN, on the real one."""
    require(session, 3)
    session.install("-e", ".[lightbulb3,charts]")
    session.run("python", "-m", "examples.demo", *session.posargs)


@nox.session
@nox.parametrize("python, line", lines())
def bench(session: nox.Session, line: int) -> None:
    """Print what the monitor costs, side by side with others."""
    require(session, line)
    install(session, line, "bench", extras=",charts,postgres,alerts")
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session(python=first(3))
def lives(session: nox.Session) -> None:
    """Simulate lives of bots over weeks, and hold what the monitor says against what was true."""
    require(session, 3)
    session.install("-e", ".[lightbulb3]")
    session.run("python", "-m", "tests.lives", *session.posargs)


@nox.session(python=first(3))
def mutants(session: nox.Session) -> None:
    """Make small faults in the logic of a room, at random, and see whether the tests of that room notice them."""
    require(session, 3)
    install(session, 3, "test", extras=",charts,postgres,alerts")
    session.run("python", "-m", "tests.mutants", *session.posargs)


@nox.session(python=first(3))
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
@nox.parametrize("python, line", lines())
def typecheck(session: nox.Session, line: int) -> None:
    """Check types, once with each line of Lightbulb."""
    require(session, line)
    install(session, line, "typecheck", extras=",charts,postgres,alerts")
    other = Path("plugin", "adapters", f"lightbulb{5 - line}")
    # pyright says "0 errors" of a file that it excludes, so nothing is excluded and every file is named.
    files = [str(file) for file in sorted(Path("plugin").rglob("*.py")) if other not in file.parents]
    session.run("pyright", *files)
