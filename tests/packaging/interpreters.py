"""Finds the Python interpreters of this machine, those of version managers too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

MANAGERS = (
    ("PYENV_ROOT", "~/.pyenv", "versions/{version}*/bin/python"),
    ("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python", "cpython-{version}*/bin/python3"),
    ("ASDF_DATA_DIR", "~/.asdf", "installs/python/{version}*/bin/python"),
    ("MISE_DATA_DIR", "~/.local/share/mise", "installs/python/{version}*/bin/python"),
    ("RUNNER_TOOL_CACHE", "/opt/hostedtoolcache", "Python/{version}*/*/bin/python"),
)
"""Of each manager the variable that names its folder, where that is by default, and where its Pythons are in it."""

_PROBE = """
import sys
print(sys.implementation.name, "%d.%d" % sys.version_info[:2], getattr(sys, "_base_executable", "") or sys.executable)
"""
_PATIENCE_S = 30.0


def find(version: str, environment: Mapping[str, str] = os.environ, running: str | None = sys.executable) -> str | None:
    """The path of a CPython of this version, such as "3.12"; None if there is none that runs.

    A launcher on the PATH may stand for a Python that is not there or not selected, as pyenv's do:
    so each candidate is run, and the path is the one that it gives of itself.
    """
    for candidate in _candidates(version, environment, running):
        path = _path_of(candidate, version, environment)
        if path is not None:
            return path
    return None


def _candidates(version: str, environment: Mapping[str, str], running: str | None) -> Iterator[str]:
    if running:
        yield running
    launcher = shutil.which(f"python{version}", path=environment.get("PATH", ""))
    if launcher:
        yield launcher
    for variable, default, pattern in MANAGERS:
        folder = Path(environment.get(variable) or default).expanduser()
        found = folder.glob(pattern.format(version=version))
        yield from map(str, sorted(found, key=_numbers, reverse=True))


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(path))]


def _path_of(candidate: str, version: str, environment: Mapping[str, str]) -> str | None:
    try:
        answer = subprocess.run(
            [candidate, "-c", _PROBE],
            capture_output=True,
            text=True,
            env=dict(environment),
            timeout=_PATIENCE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    kind, found, path = answer.stdout.strip().split(" ", 2)
    return path if (kind, found) == ("cpython", version) else None
