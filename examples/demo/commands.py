"""Declares the sample bot's commands once for both lines of Lightbulb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import hikari


class RefusedError(Exception):
    """Raised by the bot's checks to deny an invocation; the message is for the user."""


@dataclass(frozen=True)
class Call:
    """One call of a command."""

    user: hikari.User
    options: Mapping[str, Any]
    respond: Callable[[str], Awaitable[object]]
    defer: Callable[[], Awaitable[object]]
    """Defers the answer, which otherwise must come within three seconds."""


Body = Callable[[Call], Awaitable[None]]
Check = Callable[[hikari.User], None]
"""Raises RefusedError to deny the invocation."""


@dataclass(frozen=True)
class Option:
    """An option of a slash command: `str`, `int` or `hikari.User`; optional if it has a default."""

    name: str
    description: str
    type: type = str
    default: Any = None

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True)
class Command:
    """A command; subcommands have two words, such as "shop buy"."""

    name: str
    description: str
    body: Body
    options: tuple[Option, ...] = ()
    kind: str = "slash"
    """`slash`, `user` or `message`."""
    prefix: bool = False
    """Whether it is also a prefix command, on Lightbulb 2."""
    needs: hikari.Permissions = hikari.Permissions.NONE
    check: Check | None = None
    cooldown_s: float | None = None
    """Cooldown per user, in seconds."""

    @property
    def group(self) -> str:
        """The first word of a subcommand's name; else empty."""
        return self.name.rpartition(" ")[0]

    @property
    def last_name(self) -> str:
        """The name within its group."""
        return self.name.rpartition(" ")[2]


@dataclass
class Cog:
    """A cog: commands that belong together."""

    name: str
    commands: list[Command] = field(default_factory=list)

    def slash(self, name: str, description: str, *options: Option, **how: Any) -> Callable[[Body], Body]:
        """Add a slash command."""
        return self._adder(name, description, options=options, **how)

    def on_user(self, name: str) -> Callable[[Body], Body]:
        """Add a user command; the user is the option `target`."""
        return self._adder(name, "", kind="user")

    def on_message(self, name: str) -> Callable[[Body], Body]:
        """Add a message command; the message is the option `target`."""
        return self._adder(name, "", kind="message")

    def _adder(self, name: str, description: str, **how: Any) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            self.commands.append(Command(name, description, body, **how))
            return body

        return add
