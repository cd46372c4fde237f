"""Calls of the four commands on Lightbulb 2."""

from __future__ import annotations

from typing import Any

import hikari
import lightbulb

from plugin.adapters.clicks import NO_MENTIONS
from plugin.pages.access import InteractionAsker, OwnerIds

_ADMINISTRATOR = hikari.Permissions.ADMINISTRATOR


class SlashPageCall(InteractionAsker):
    """A call of a slash command."""

    def __init__(self, context: lightbulb.SlashContext, owners: OwnerIds, ephemeral: bool) -> None:
        super().__init__(context.interaction, owners, public=not ephemeral and context.guild_id is not None)
        self._context = context
        self._ephemeral = ephemeral

    async def respond(self, *, private: bool = False, **message: Any) -> object:
        """Answer, ephemerally if the settings or `private` say so."""
        ephemeral = private or self._ephemeral
        flags = hikari.MessageFlag.EPHEMERAL if ephemeral else hikari.MessageFlag.NONE
        return await self._context.respond(**message, flags=flags, **NO_MENTIONS)

    async def edit(self, **message: Any) -> object:
        """Edit the answer."""
        return await self._context.interaction.edit_initial_response(**message)


class PrefixPageCall:
    """A call of a prefix command; it is answered in the channel, since messages cannot be ephemeral."""

    public = True

    def __init__(self, context: lightbulb.PrefixContext, owners: OwnerIds) -> None:
        self._context = context
        self._owners = owners
        self._answer: hikari.Message | None = None
        self.user_id: int = context.author.id
        self.guild_id: int | None = context.guild_id

    async def is_administrator(self) -> bool:
        """Whether a role of the caller has Administrator here, or the caller owns the guild."""
        guild_id, member = self._context.guild_id, self._context.event.message.member
        if guild_id is None or member is hikari.UNDEFINED or member is None:
            return False
        app = self._context.app
        guild = app.cache.get_available_guild(guild_id) or await app.rest.fetch_guild(guild_id)
        roles = guild.get_roles() if isinstance(guild, hikari.GatewayGuild) else guild.roles
        if guild.owner_id == self.user_id:
            return True
        held = (roles.get(role_id) for role_id in (*member.role_ids, guild_id))
        return any(role is not None and role.permissions & _ADMINISTRATOR for role in held)

    async def is_owner(self) -> bool:
        """Whether the caller owns the bot."""
        return await self._owners.have(self.user_id)

    async def respond(self, *, private: bool = False, **message: Any) -> object:
        """Answer in the channel; without the picture if the bot may not attach files."""
        try:
            proxy = await self._context.respond(**message, **NO_MENTIONS)
        except hikari.ForbiddenError:
            embed: hikari.Embed | None = message.get("embed")
            if embed is None or embed.image is None:
                raise
            embed.set_image(None)
            proxy = await self._context.respond(**message, **NO_MENTIONS)
        self._answer = await proxy.message()
        return self._answer

    async def edit(self, **message: Any) -> object:
        """Edit the answer."""
        return await self._answer.edit(**message) if self._answer is not None else None
