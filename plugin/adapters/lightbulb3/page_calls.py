"""Calls of the four commands on Lightbulb 3."""

from __future__ import annotations

from typing import Any

import lightbulb

from plugin.adapters.clicks import NO_MENTIONS
from plugin.pages.access import InteractionAsker, OwnerIds


class SlashPageCall(InteractionAsker):
    """A call of a slash command."""

    def __init__(self, context: lightbulb.Context, owners: OwnerIds, ephemeral: bool) -> None:
        super().__init__(context.interaction, owners, public=not ephemeral and context.guild_id is not None)
        self._context = context
        self._ephemeral = ephemeral

    async def respond(self, *, private: bool = False, **message: Any) -> object:
        """Answer, ephemerally if the settings or `private` say so."""
        return await self._context.respond(**message, ephemeral=private or self._ephemeral, **NO_MENTIONS)

    async def edit(self, **message: Any) -> object:
        """Edit the answer."""
        return await self._context.interaction.edit_initial_response(**message)
