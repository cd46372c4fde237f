"""Which version of the bot runs, and what this process is called."""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path

COMMIT_LENGTH = 10
UNKNOWN = "unknown"

_UNREADABLE = (OSError, ValueError, RuntimeError)
"""What paths raise: a folder that is gone, a NUL or bytes that are no text, a loop of links."""


def bot_folder() -> Path:
    """Where the bot's own program lies; the working directory where it is started some other way."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    with contextlib.suppress(*_UNREADABLE, TypeError):
        if file is not None and not Path(file).resolve().is_relative_to(Path(sys.prefix).resolve()):
            return Path(file).resolve().parent
    return working_directory()  # a console script, or a module of the environment, says nothing about the bot


def working_directory() -> Path:
    """Where the process works; the empty path where that was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def commit_of(folder: Path) -> str | None:
    """The git commit that a folder, or one above it, is at; None where there is none. Needs no git."""
    for above in (folder, *folder.parents):
        with contextlib.suppress(*_UNREADABLE, IndexError):
            if (above / ".git").exists():
                return _commit(above / ".git")
    return None


def release(given: str, folder: Path) -> str:
    """The version that was set, else the commit, else `unknown`."""
    return given or commit_of(folder) or UNKNOWN


def instance(given: str) -> str:
    """The name that was set, else that of the host."""
    host = ""
    with contextlib.suppress(*_UNREADABLE):
        host = socket.gethostname()
    return given or host or UNKNOWN


def _commit(git: Path) -> str | None:
    if git.is_file():  # of a worktree or a submodule: it says where the rest is
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
