"""Clicks on the buttons of a page, and what lets them in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import hikari

from plugin.adapters.attaching import NO_MENTIONS

Close = Callable[[], object]
"""Lets no click in any more."""


class NoButtonsError(Exception):
    """A page can have no buttons; the message is one sentence for its reader."""


class Click(Protocol):
    """A click that waits for its answer."""

    interaction: hikari.ComponentInteraction

    async def defer(self) -> None:
        """Win time for `show`."""

    async def show(self, **message: Any) -> None:
        """Change the message that was clicked on."""

    async def tell(self, content: str) -> None:
        """Say something to the one who clicked, and to nobody else."""


Clicked = Callable[[Click], Awaitable[None]]


class Door(Protocol):
    """Lets clicks in."""

    async def open(self, custom_ids: Sequence[str], clicked: Clicked, /) -> Close:
        """Pass on clicks on these buttons from now on; raises NoButtonsError."""
        ...


class InteractionClick:
    """A click that is answered over Discord's REST API."""

    def __init__(self, interaction: hikari.ComponentInteraction) -> None:
        self.interaction = interaction
        self._deferred = False

    async def defer(self) -> None:
        """Win time for `show`."""
        await self.interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
        self._deferred = True

    async def show(self, **message: Any) -> None:
        """Change the message that was clicked on."""
        if self._deferred:
            await self.interaction.edit_initial_response(**message, **NO_MENTIONS)
        else:
            respond: Any = self.interaction.create_initial_response
            await respond(hikari.ResponseType.MESSAGE_UPDATE, **message, **NO_MENTIONS)

    async def tell(self, content: str) -> None:
        """Say something to the one who clicked, and to nobody else."""
        flags = hikari.MessageFlag.EPHEMERAL
        if self._deferred:
            await self.interaction.execute(content, flags=flags, **NO_MENTIONS)
        else:
            response = hikari.ResponseType.MESSAGE_CREATE
            await self.interaction.create_initial_response(response, content, flags=flags, **NO_MENTIONS)
