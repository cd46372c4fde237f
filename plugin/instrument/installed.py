"""Finds the libraries of an environment that are not in `site-packages`, by what their installers left behind."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

_IN_PACKAGES = re.compile(r"[\\/](?:site|dist)-packages$")
FRAMEWORKS = ("hikari", "lightbulb", "miru")


class Installed(NamedTuple):
    """Folders, as prefixes, and files."""

    folders: tuple[str, ...]
    files: frozenset[str]
    editable: tuple[str, ...]
    """Folders of projects that are installed where they are developed."""


@functools.cache
def find_installed() -> Installed:
    """Look through `sys.path` once; takes about 2 ms for a hundred packages in `site-packages`."""
    folders, files, editable = set[str](), set[str](), set[str]()
    for entry in dict.fromkeys(os.path.abspath(path) for path in sys.path):
        if _IN_PACKAGES.search(entry):
            editable.update(_editable(entry))
        else:
            for top, is_file in _tops(entry):
                (files if is_file else folders).add(os.path.join(entry, top) + ("" if is_file else os.sep))
    for name in FRAMEWORKS:  # in a folder on PYTHONPATH, for one
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            folders.add(f"{os.path.dirname(file)}{os.sep}")
    return Installed(tuple(sorted(folders)), frozenset(files), tuple(sorted(editable)))


def _editable(packages: str) -> Iterator[str]:
    """Projects that were installed as editable into a `site-packages`, by PEP 610 and by setuptools before it."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname  # asked for once, in a thread

    for name in _names(packages):
        path = Path(packages, name)
        try:
            if name.endswith(".dist-info"):
                told: Any = json.loads((path / "direct_url.json").read_text("utf-8"))
                if told.get("dir_info", {}).get("editable"):
                    yield f"{url2pathname(urlsplit(str(told['url'])).path)}{os.sep}"
            elif name.endswith(".egg-link"):
                yield f"{path.read_text('utf-8').splitlines()[0]}{os.sep}"
        except (OSError, ValueError, LookupError, AttributeError, TypeError):
            continue


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _tops(entry: str) -> Iterator[tuple[str, bool]]:
    """The packages and modules that lie beside their `dist-info` in a folder or archive, and whether each is a file."""
    if os.path.isdir(entry) and not any(name.endswith(".dist-info") for name in _names(entry)):
        return
    import importlib.metadata  # asked for once, in a thread

    # Read a distribution at a time, since one that is damaged must not hide the others.
    for distribution in cast("Iterable[Any]", importlib.metadata.distributions(path=[entry])):
        try:
            files: list[Any] = list(distribution.files or ())
        except (OSError, ValueError, LookupError):
            continue
        for file in files:
            if file.suffix in {".py", ".so", ".pyd"} and file.parts[0] != "..":
                yield file.parts[0], len(file.parts) == 1
