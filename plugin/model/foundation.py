"""The building blocks of the other records: outcomes, kinds, severities, places."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Outcome(enum.IntEnum):
    """How an invocation ended."""

    OK = 0
    DENIED = 1
    """A failed check, cooldown, concurrency limit or bad argument: not a bug."""
    ERROR = 2
    """An exception in the bot's code."""
    CANCELLED = 3


class CommandKind(enum.Enum):
    """How a command is called."""

    SLASH = "slash"
    USER = "user"
    MESSAGE = "message"
    PREFIX = "prefix"
    BACKGROUND = "background"
    """Not a command but a failing task or listener; its name says which."""

    __hash__ = object.__hash__  # Enum's own is a Python function, and every lookup of a command would call it


class Severity(enum.IntEnum):
    """The one colour code of every page; a higher value is worse."""

    UNKNOWN = 0
    WELL = 1
    WARNING = 2
    CRITICAL = 3


class CommandKey(NamedTuple):
    """The key under which a command is counted."""

    kind: CommandKind
    name: str
    """Qualified name, such as `shop buy`."""
    cog: str | None
    """Lightbulb 2 plugin or Lightbulb 3 extension; None for a command without one."""


class Place(NamedTuple):
    """A source location, for an exception the innermost frame of the bot's own code."""

    file: str
    """Relative to the working directory if below it; for a library it begins with `(library) `."""
    function: str
    line: int


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failures of one command that share exception type and place."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """None if the traceback has no frame."""
    count: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Denials:
    """Denials of one command for one reason."""

    reason: str
    """Qualified name of the exception class."""
    count: int


def error_rate(outcomes: Sequence[int]) -> float | None:
    """`error / (ok + error)` of counts indexed by `Outcome`, 0 to 1; None without any of them."""
    judged = outcomes[Outcome.OK] + outcomes[Outcome.ERROR]
    return outcomes[Outcome.ERROR] / judged if judged else None


def distinct_commands(keys: Iterable[CommandKey]) -> int:
    """The number of commands; one that has a slash and a prefix form counts once."""
    prefix, slash = CommandKind.PREFIX, CommandKind.SLASH
    return len({(slash if kind is prefix else kind, name) for kind, name, _ in keys})


HELD_THE_LOOP = "held the event loop"
"""The error type under which history keeps blocks of the event loop, although no exception was raised."""
