"""Finds installed libraries outside `site-packages` from the metadata that installers leave."""

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
    """Folders of editable installs, as prefixes."""


@functools.cache
def find_installed() -> Installed:
    """Search `sys.path`, once; takes about 2 ms for a hundred packages in `site-packages`."""
    folders, files, editable = set[str](), set[str](), set[str]()
    for entry in dict.fromkeys(os.path.abspath(path) for path in sys.path):
        if _IN_PACKAGES.search(entry):
            editable.update(_editable(entry))
        else:
            for top, is_file in _tops(entry):
                (files if is_file else folders).add(os.path.join(entry, top) + ("" if is_file else os.sep))
    for name in FRAMEWORKS:  # they may be in a folder on PYTHONPATH, for example
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            folders.add(f"{os.path.dirname(file)}{os.sep}")
    return Installed(tuple(sorted(folders)), frozenset(files), tuple(sorted(editable)))


def _editable(packages: str) -> Iterator[str]:
    """The folders of editable installs in a `site-packages`, by PEP 610 or by older setuptools."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname  # needed only here, once, in a thread

    for name in _names(packages):
        path = Path(packages, name)
        try:
            if name.endswith(".dist-info"):
                origin: Any = json.loads((path / "direct_url.json").read_text("utf-8"))
                if origin.get("dir_info", {}).get("editable"):
                    yield f"{url2pathname(urlsplit(str(origin['url'])).path)}{os.sep}"
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
    """The packages and modules next to their `dist-info` in a folder or archive, and whether each is a file."""
    if os.path.isdir(entry):
        if not any(name.endswith(".dist-info") for name in _names(entry)):
            return
    elif not os.path.exists(entry):  # such as the archive in which Python would look for its own library
        return
    import importlib.metadata  # needed only here, once, in a thread

    # One distribution at a time, since a damaged one must not hide the others.
    for distribution in cast("Iterable[Any]", importlib.metadata.distributions(path=[entry])):
        try:
            files: list[Any] = list(distribution.files or ())
        except (OSError, ValueError, LookupError):
            continue
        for file in files:
            if file.suffix in {".py", ".so", ".pyd"} and file.parts[0] != "..":
                yield file.parts[0], len(file.parts) == 1
