"""Clicks on the buttons of a page, and where they come from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import hikari

NO_MENTIONS: dict[str, Any] = {"mentions_everyone": False, "user_mentions": False, "role_mentions": False}
"""For messages with names that other people chose."""

Unsubscribe = Callable[[], object]
"""Stops passing on clicks."""


class NoButtonsError(Exception):
    """A page cannot have buttons; the message is one sentence for its reader."""


class Click(Protocol):
    """A click that has not been answered."""

    interaction: hikari.ComponentInteraction

    async def defer(self) -> None:
        """Gain time for `show`."""

    async def show(self, **message: Any) -> None:
        """Edit the message that was clicked on."""

    async def reply(self, content: str) -> None:
        """Reply ephemerally to the user who clicked."""


OnClick = Callable[[Click], Awaitable[None]]


class ClickSource(Protocol):
    """Receives clicks and passes them on."""

    async def subscribe(self, custom_ids: Sequence[str], on_click: OnClick, /) -> Unsubscribe:
        """Pass on clicks on these buttons from now on; raises NoButtonsError."""
        ...


class InteractionClick:
    """A click that is answered through Discord's REST API."""

    def __init__(self, interaction: hikari.ComponentInteraction) -> None:
        self.interaction = interaction
        self._deferred = False

    async def defer(self) -> None:
        """Gain time for `show`."""
        await self.interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
        self._deferred = True

    async def show(self, **message: Any) -> None:
        """Edit the message that was clicked on."""
        if self._deferred:
            await self.interaction.edit_initial_response(**message, **NO_MENTIONS)
        else:
            respond: Any = self.interaction.create_initial_response
            await respond(hikari.ResponseType.MESSAGE_UPDATE, **message, **NO_MENTIONS)

    async def reply(self, content: str) -> None:
        """Reply ephemerally to the user who clicked."""
        flags = hikari.MessageFlag.EPHEMERAL
        if self._deferred:
            await self.interaction.execute(content, flags=flags, **NO_MENTIONS)
        else:
            response = hikari.ResponseType.MESSAGE_CREATE
            await self.interaction.create_initial_response(response, content, flags=flags, **NO_MENTIONS)
