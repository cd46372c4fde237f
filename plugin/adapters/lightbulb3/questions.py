"""Calls of the four commands on Lightbulb 3."""

from __future__ import annotations

from typing import Any

import hikari
import lightbulb

from plugin.adapters.attaching import NO_MENTIONS, OwnerIds


class SlashQuestion:
    """A call as a slash command."""

    def __init__(self, context: lightbulb.Context, owners: OwnerIds, ephemeral: bool) -> None:
        self._context = context
        self._owners = owners
        self._ephemeral = ephemeral
        self.user_id: int = context.user.id
        self.guild_id: int | None = context.guild_id

    async def is_administrator(self) -> bool:
        """Whether Discord says of the caller that they have Administrator here."""
        member = self._context.member
        return bool(member.permissions & hikari.Permissions.ADMINISTRATOR) if member is not None else False

    async def is_owner(self) -> bool:
        """Whether the caller owns the bot."""
        return await self._owners.have(self.user_id)

    async def respond(self, *, private: bool = False, **message: Any) -> object:
        """Answer, ephemerally where the settings or the answer want it."""
        return await self._context.respond(**message, ephemeral=private or self._ephemeral, **NO_MENTIONS)

    async def edit(self, **message: Any) -> object:
        """Change the answer."""
        return await self._context.interaction.edit_initial_response(**message)
