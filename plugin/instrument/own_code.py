"""Distinguishes the bot's own files from those of libraries, however either is installed or packed.

Libraries are the standard library, the monitor, and everything in `site-packages`, next to its `dist-info` in another
folder, in an imported archive, or in an editable install outside the bot's folder. The bot itself may be installed in
any of these ways: the package that loads the monitor, or that `python -m` or a console script runs, is its own code.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import sys
import types
import zipimport
from pathlib import Path
from typing import Any

from plugin.instrument.installed import Installed, find_installed

RUNNERS = frozenset({"asyncio", "concurrent", "contextlib.py", "functools.py", "threading.py"})
"""Parts of the standard library that run other code."""

FRAMEWORKS = frozenset({"hikari", "lightbulb", "linkd", "miru", "plugin", "svcs"})
UNVERSIONED = FRAMEWORKS | {"aiohappyeyeballs", "anyio", "dotenv", "google", "sentry_sdk"}
"""Packages without `__version__`, which identifies the libraries of a frozen bot."""

_INSTALLED = re.compile(r".*[\\/](?:site|dist)-packages[\\/]", re.DOTALL)
_STANDARD = re.compile(r".*[\\/]lib[\\/]python3\.\d+t?[\\/]", re.DOTALL)
"""On the machine that a frozen bot was built on."""

_GENERATED = ("<frozen ", "<attrs generated ", "<__array_function__ ")


def _folder(function: Any) -> str:
    # From its code, since the `__file__` of a frozen module differs from the name in its code.
    return os.path.dirname(os.path.dirname(function.__code__.co_filename)) + os.sep


OURS = _folder(_folder)
"""Prefix of the names of the monitor's own files."""


class OwnCode:
    """Judges files by the names in their code objects; slow, so callers cache the results."""

    def __init__(self, working_directory: Path, loaded_by: str | None = None) -> None:
        """`loaded_by`: the bot's file that loaded the monitor."""
        self._working_directory = f"{working_directory}{os.sep}"
        self._loaded_by = loaded_by

    def is_own(self, file: str) -> bool:
        """Whether a file belongs to the bot's own code."""
        if file.startswith("<"):
            return not file.startswith(_GENERATED)
        if file.startswith(OURS):
            return False
        bundled = _in_bundle(file)
        if bundled is not None:
            return self._is_own_in_bundle(bundled)
        if file.startswith(self._packages):
            return True
        return not (_INSTALLED.match(file) or file.startswith(_standard_library()) or self._is_in_library(file))

    def shortened(self, file: str) -> str:
        """The name of a file relative to the folder of the bot or the library."""
        bundled = _in_bundle(file)
        if bundled is not None:
            return bundled.replace("\\", "/")
        for installed in (_INSTALLED, _STANDARD if getattr(sys, "frozen", False) else None):
            if installed is not None and (found := installed.match(file)):
                return Path(file[found.end() :]).as_posix()
        for folder in (self._working_directory, _standard_library()):
            if file.startswith(folder):
                return Path(file[len(folder) :]).as_posix()
        return Path(*Path(file).parts[-3:]).as_posix()

    def runs_others(self, file: str) -> bool:
        """Whether a library's file only runs other code: an event loop, hikari, Lightbulb."""
        top = self.shortened(file).partition("/")[0]
        return file.startswith((OURS, "<")) or top in RUNNERS or top in FRAMEWORKS

    @functools.cached_property
    def _started(self) -> tuple[str, ...]:
        """Files that started the bot."""
        return tuple(
            file for file in (self._loaded_by, _attributes(sys.modules.get("__main__")).get("__file__")) if file
        )

    @functools.cached_property
    def _packages(self) -> tuple[str, ...]:
        """Prefixes of the files of installed packages that are the bot."""
        found = {_package(self._loaded_by)} if self._loaded_by else set[str | None]()
        found |= {root for file in _main_files() if (root := _package(file)) and _uses_hikari(root)}
        return tuple(root for root in found if root)

    def _is_in_library(self, file: str) -> bool:
        installed: Installed = find_installed()
        if file in installed.files or file.startswith(installed.folders):
            return not self._runs_from(next((f for f in installed.folders if file.startswith(f)), file))
        if file.startswith(tuple(folder for folder in installed.editable if not self._contains_bot(folder))):
            return True
        archives = [f"{path}{os.sep}" for path, importer in list(sys.path_importer_cache.items()) if _is_zip(importer)]
        return any(file.startswith(archive) and not self._runs_from(archive) for archive in archives)

    def _contains_bot(self, folder: str) -> bool:
        """Whether an editable install is the bot's: it runs from there, or its working directory is in or above it."""
        if self._runs_from(folder) or self._working_directory.startswith(folder):
            return True
        in_environment = sys.prefix != sys.base_prefix and folder.startswith(f"{sys.prefix}{os.sep}")
        return folder.startswith(self._working_directory) and not in_environment

    def _runs_from(self, folder: str) -> bool:
        return any(file.startswith(folder) for file in self._started)

    def _is_own_in_bundle(self, file: str) -> bool:
        top = re.split(r"[\\/]", file)[0]
        name = top.removesuffix(".py")
        if any(re.split(r"[\\/]", _in_bundle(started) or "")[0] == top for started in self._started):
            return True
        if name in sys.stdlib_module_names or name in UNVERSIONED or self._is_bundled_library(top):
            return False
        known = _attributes(sys.modules.get(name))
        origin = known.get("__file__")
        if isinstance(origin, str) and os.path.isabs(origin) and _in_bundle(origin) is None:
            return self.is_own(origin)  # not frozen: code that was compiled under a relative file name
        return "__version__" not in known

    def _is_bundled_library(self, top: str) -> bool:
        bundled = os.path.join(getattr(sys, "_MEIPASS", ""), top)
        installed = find_installed()
        return bundled in installed.files or f"{bundled}{os.sep}" in installed.folders


def loading_file() -> str | None:
    """The bot's file that calls this through Lightbulb and the monitor; None if there is no such frame."""
    frame = inspect.currentframe()
    judge = OwnCode(Path())
    while frame is not None:
        file = frame.f_code.co_filename
        if not (judge.runs_others(file) or file.startswith(_standard_library())):
            return file
        frame = frame.f_back
    return None


def _in_bundle(file: str) -> str | None:
    """The name of a file within the bundle of a frozen bot, such as `cogs/fun.py`; None outside a bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle and file.startswith(f"{bundle}{os.sep}"):
        return file[len(bundle) + 1 :]
    return None if file.startswith("<") or os.path.isabs(file) else file


def _main_files() -> list[str]:
    """The file that Python runs, and the files of the functions that a console script calls."""
    known = _attributes(sys.modules.get("__main__"))
    file = known.get("__file__")
    if not isinstance(file, str):
        return []
    called = [value.__module__ for value in list(known.values()) if type(value) is types.FunctionType]
    files = [file, *(_attributes(sys.modules.get(str(name))).get("__file__") for name in called)]
    return [found for found in files if isinstance(found, str)]


def _package(file: str) -> str | None:
    """The prefix of all files of an installed package, from one of them."""
    found = _INSTALLED.match(file)
    if found is None:
        return None
    folder, rest = found[0], Path(file[found.end() :]).parts
    for part in rest[:-1]:
        folder = f"{folder}{part}{os.sep}"
        if os.path.isfile(f"{folder}__init__.py"):  # otherwise a namespace, which other packages may share
            return folder
    return folder if len(rest) > 1 else file


def _uses_hikari(root: str) -> bool:
    """Whether a running package is a bot itself, unlike `python -m uvicorn`, which only runs one."""
    modules = [_attributes(module) for module in list(sys.modules.values())]
    return any(
        _owner(value).partition(".")[0] in ("hikari", "lightbulb")
        for known in modules
        if str(known.get("__file__")).startswith(root)
        for value in list(known.values())
    )


def _owner(value: object) -> str:
    # Only for known types: reading an attribute of any other value may run the bot's code.
    if type(value) is types.ModuleType:
        return value.__name__
    owner: object = getattr(value if type(value) in (type, types.FunctionType) else type(value), "__module__", "")
    return owner if isinstance(owner, str) else ""


def _attributes(module: object) -> dict[str, Any]:
    # Not through the module's own `__getattribute__`, which would trigger the import of a lazy module.
    try:
        return object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}


def _is_zip(importer: object) -> bool:
    return isinstance(importer, zipimport.zipimporter)


@functools.cache
def _standard_library() -> str:
    # The same as from sysconfig, which would have to load Python's build configuration.
    return f"{os.path.dirname(os.__file__)}{os.sep}"
