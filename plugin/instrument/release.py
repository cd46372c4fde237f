"""The version of the bot and the name of this process."""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path

COMMIT_LENGTH = 10
UNKNOWN = "unknown"

_UNREADABLE = (OSError, ValueError, RuntimeError)
"""Raised by paths: a missing folder, a NUL or bytes that are not text, a loop of links."""


def bot_folder() -> Path:
    """The folder of the bot's main file; the working directory if the bot is started in another way."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    with contextlib.suppress(*_UNREADABLE, TypeError):
        if file is not None and not Path(file).resolve().is_relative_to(Path(sys.prefix).resolve()):
            return Path(file).resolve().parent
    return working_directory()  # a console script or a module of the environment is not in the bot's folder


def working_directory() -> Path:
    """The current working directory; the empty path if it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def commit_of(folder: Path) -> str | None:
    """The git commit of a folder or one above it; None without a repository. Needs no git."""
    for above in (folder, *folder.parents):
        with contextlib.suppress(*_UNREADABLE, IndexError):
            if (above / ".git").exists():
                return _commit(above / ".git")
    return None


def release(given: str, folder: Path) -> str:
    """The given version, else the commit, else `unknown`."""
    return given or commit_of(folder) or UNKNOWN


def instance(given: str) -> str:
    """The given name, else the host name."""
    host = ""
    with contextlib.suppress(*_UNREADABLE):
        host = socket.gethostname()
    return given or host or UNKNOWN


def _commit(git: Path) -> str | None:
    if git.is_file():  # in a worktree or a submodule, it holds the path of the git folder
        git = (git.parent / git.read_text("utf-8").partition("gitdir: ")[2].strip()).resolve()
    head = (git / "HEAD").read_text("utf-8").strip()
    name = head.removeprefix("ref: ")
    if name == head:
        return head[:COMMIT_LENGTH] or None
    shared = git / (git / "commondir").read_text("utf-8").strip() if (git / "commondir").exists() else git
    loose = shared / name
    if loose.exists():
        return loose.read_text("utf-8").strip()[:COMMIT_LENGTH] or None
    packed = (line.split() for line in (shared / "packed-refs").read_text("utf-8").splitlines())
    return next((words[0][:COMMIT_LENGTH] for words in packed if words[1:] == [name]), None)
