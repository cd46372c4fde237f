"""What can be told something, and why it may not be."""

from __future__ import annotations

from typing import Protocol

from plugin.model import Notice


class TargetError(Exception):
    """A message was not taken; the text says why in a few words, and holds no secret."""

    def __init__(self, why: str, *, whole: bool = False) -> None:
        super().__init__(why)
        self.whole = whole
        """Whether no other message would be taken either."""


class GoneError(TargetError):
    """The message to be changed is not there any more."""


class Target(Protocol):
    """Where messages go; every method raises TargetError."""

    name: str
    """How history and `/health` know it; holds no secret."""
    setting: str
    """Which setting names it."""
    edits: bool
    """Whether messages can be changed. Where not, `edit` sends another one, and `find` finds none."""

    async def send(self, notice: Notice) -> str:
        """Send a message, and return its id, which is not empty."""
        ...

    async def edit(self, message: str, notice: Notice) -> None:
        """Change a message; raises GoneError where it is not there any more."""
        ...

    async def delete(self, message: str) -> None:
        """Delete a message."""
        ...

    async def find(self, mark: str, since: float) -> str | None:
        """The id of a message that was sent with a mark since a moment in Unix seconds."""
        ...
