"""What every other record is made of: outcomes, kinds, severities, places."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Outcome(enum.IntEnum):
    """How an invocation ended."""

    OK = 0
    DENIED = 1
    """A failed check, cooldown, concurrency limit or bad argument: the user's, not a bug."""
    ERROR = 2
    """An exception: the bot's fault."""
    CANCELLED = 3


class CommandKind(enum.Enum):
    """How a command is called."""

    SLASH = "slash"
    USER = "user"
    MESSAGE = "message"
    PREFIX = "prefix"
    BACKGROUND = "background"
    """No command, but a task or a listener that fails like one; its name says what it is."""

    __hash__ = object.__hash__  # Enum's own is a Python function, and every look-up of a command would call it


class Severity(enum.IntEnum):
    """The one colour code of every page; a higher value is worse."""

    UNKNOWN = 0
    WELL = 1
    WARNING = 2
    CRITICAL = 3


class CommandKey(NamedTuple):
    """What a command is counted under."""

    kind: CommandKind
    name: str
    """Qualified name, such as `shop buy`."""
    cog: str | None
    """Lightbulb 2 plugin or Lightbulb 3 extension; None for a command that belongs to none."""


class Place(NamedTuple):
    """Where an exception was raised: the innermost frame of the bot's own code."""

    file: str
    """Relative to the working directory where it lies below it; of a library's it begins with `(library) `."""
    function: str
    line: int


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failures of one command that share exception type and place."""

    type: str
    """Qualified name of the exception class; builtins without their module."""
    place: Place | None
    """None where the traceback has no frame at all."""
    count: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Denials:
    """Refusals of one command for one reason."""

    reason: str
    """Qualified name of the exception class that refused."""
    count: int


def error_rate(outcomes: Sequence[int]) -> float | None:
    """`error / (ok + error)` of counts indexed by `Outcome`, 0 to 1; None without any of them."""
    judged = outcomes[Outcome.OK] + outcomes[Outcome.ERROR]
    return outcomes[Outcome.ERROR] / judged if judged else None


def distinct_commands(keys: Iterable[CommandKey]) -> int:
    """How many commands there are; one that can be called with a slash and with a prefix is one."""
    prefix, slash = CommandKind.PREFIX, CommandKind.SLASH
    return len({(slash if kind is prefix else kind, name) for kind, name, _ in keys})


HELD_THE_LOOP = "held the event loop"
"""The type under which history keeps blocks of the event loop among errors, though no exception was raised."""
