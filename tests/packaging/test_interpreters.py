"""Which Pythons of a machine the tests are run on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.packaging.interpreters import MANAGERS, find

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"


def script(path: Path, body: str) -> Path:
    """A program that stands for a Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def python(path: Path, version: str, kind: str = "cpython") -> Path:
    """One that says that it is of this version."""
    return script(path, f'echo {kind} {version} "$0"')


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which no Python is."""
    folders = {variable: str(tmp_path / variable) for variable, _, _ in MANAGERS}
    return folders | {"PATH": str(tmp_path / "bin")}


def test_a_launcher_without_its_python_is_passed_over(machine: dict[str, str]) -> None:
    """Where pyenv's launcher refuses, because no setting selects that version, the Python behind it is found."""
    script(Path(machine["PATH"], "python3.12"), "exit 127")
    newest = python(Path(machine["PYENV_ROOT"], "versions/3.12.10/bin/python"), "3.12")
    python(Path(machine["PYENV_ROOT"], "versions/3.12.9/bin/python"), "3.12")
    assert find("3.12", machine, None) == str(newest)


@pytest.mark.parametrize(("variable", "pattern"), [(name, pattern) for name, _, pattern in MANAGERS])
def test_the_pythons_of_managers_are_found(machine: dict[str, str], variable: str, pattern: str) -> None:
    """Each manager's folder is looked into, where its variable says that it is."""
    there = python(Path(machine[variable], pattern.format(version="3.13").replace("*", ".0-x")), "3.13")
    assert find("3.13", machine, None) == str(there)


def test_the_path_comes_before_the_managers(machine: dict[str, str]) -> None:
    """A Python that can be called by its name is taken."""
    called = python(Path(machine["PATH"], "python3.12"), "3.12")
    python(Path(machine["PYENV_ROOT"], "versions/3.12.1/bin/python"), "3.12")
    assert find("3.12", machine, None) == str(called)


@pytest.mark.parametrize(("version", "kind"), [("3.11", "cpython"), ("3.12", "pypy")])
def test_another_python_under_the_name_is_not_taken(machine: dict[str, str], version: str, kind: str) -> None:
    """What says that it is of another version or kind is not that Python."""
    python(Path(machine["PYENV_ROOT"], "versions/3.12.1/bin/python"), version, kind)
    assert find("3.12", machine, None) is None


def test_the_running_python_is_found_by_its_own_path(machine: dict[str, str]) -> None:
    """In a virtual environment it is the Python that the environment was made from."""
    found = find(RUNNING, machine)
    assert found is not None
    assert Path(found).resolve() == Path(getattr(sys, "_base_executable", sys.executable)).resolve()
