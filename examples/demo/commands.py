"""How the sample bot writes its commands down once for both lines of Lightbulb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import hikari


class RefusedError(Exception):
    """What a check of the bot refuses with; the message is for the user."""


@dataclass(frozen=True)
class Call:
    """One call of a command, with what its body needs."""

    user: hikari.User
    options: Mapping[str, Any]
    respond: Callable[[str], Awaitable[object]]
    defer: Callable[[], Awaitable[object]]
    """Tells Discord that the answer takes a while; without it, it must come within three seconds."""


Body = Callable[[Call], Awaitable[None]]
Check = Callable[[hikari.User], None]
"""Raises RefusedError where the user may not."""


@dataclass(frozen=True)
class Option:
    """An option of a slash command: `str`, `int` or `hikari.User`; optional where it has a default."""

    name: str
    description: str
    type: type = str
    default: Any = None

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True)
class Command:
    """A command; the name of a subcommand has two words, such as "shop buy"."""

    name: str
    description: str
    body: Body
    options: tuple[Option, ...] = ()
    kind: str = "slash"
    """Or user, message."""
    prefix: bool = False
    """Whether it is a prefix command, too, where Lightbulb has them."""
    needs: hikari.Permissions = hikari.Permissions.NONE
    check: Check | None = None
    cooldown_s: float | None = None
    """How long each user has to wait before the next call."""

    @property
    def group(self) -> str:
        """The first word of a subcommand's name; empty for others."""
        return self.name.rpartition(" ")[0]

    @property
    def last_name(self) -> str:
        """What it is called within its group."""
        return self.name.rpartition(" ")[2]


@dataclass
class Cog:
    """Commands that belong together."""

    name: str
    commands: list[Command] = field(default_factory=list)

    def slash(self, name: str, description: str, *options: Option, **how: Any) -> Callable[[Body], Body]:
        """Add a slash command."""
        return self._adder(name, description, options=options, **how)

    def on_user(self, name: str) -> Callable[[Body], Body]:
        """Add a command of the menu of a user, who is the option `target`."""
        return self._adder(name, "", kind="user")

    def on_message(self, name: str) -> Callable[[Body], Body]:
        """Add a command of the menu of a message, which is the option `target`."""
        return self._adder(name, "", kind="message")

    def _adder(self, name: str, description: str, **how: Any) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            self.commands.append(Command(name, description, body, **how))
            return body

        return add
