"""Raw events as Discord sends them, with guilds and members borrowed from the local Discord."""

from __future__ import annotations

import itertools

from examples.localdiscord import ADMINISTRATOR, LocalDiscord, Member
from tests.bench.network import Payload

_ids = itertools.count(1_400_000_000_000_000_000)


class Events:
    """A guild with a member and an administrator; they call commands and click."""

    def __init__(self) -> None:
        self._discord = LocalDiscord()
        self.guild = self._discord.add_guild("Workshop")
        self.member = self.guild.add_member("bob")
        self.admin = self.guild.add_member("ada", permissions=ADMINISTRATOR)

    @property
    def token(self) -> str:
        return self._discord.token

    def guilds(self, number: int) -> list[Payload]:
        """GUILD_CREATE of the guild itself and of further ones."""
        further = [self._discord.add_guild(f"Guild {index}") for index in range(1, number)]
        return [guild.event_payload(0) for guild in (self.guild, *further)]

    def call(self, name: str, caller: Member | None = None) -> Payload:
        """INTERACTION_CREATE of a slash command without options."""
        data = {"id": "1300000000000000001", "name": name, "type": 1}
        return self._interaction(2, data, caller or self.member)

    def click(self, custom_id: str, caller: Member) -> Payload:
        """INTERACTION_CREATE of a button under an answer."""
        payload = self._interaction(3, {"custom_id": custom_id, "component_type": 2}, caller)
        return {**payload, "message": self._message()}

    def _interaction(self, kind: int, data: Payload, caller: Member) -> Payload:
        channel = self.guild.text_channel
        permissions = str(caller.permissions)
        return {
            "id": str(next(_ids)),
            "application_id": str(self._discord.application_id),
            "type": kind,
            "data": data,
            "guild_id": str(self.guild.id),
            "guild": {"id": str(self.guild.id), "locale": "en-US", "features": []},
            "channel_id": str(channel.id),
            "channel": channel.partial_payload(caller.permissions),
            "member": {**caller.payload(), "permissions": permissions},
            "token": "a-token",
            "version": 1,
            "app_permissions": permissions,
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(self.guild.id)},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        }

    def _message(self) -> Payload:
        return {
            "id": str(next(_ids)),
            "type": 20,
            "channel_id": str(self.guild.text_channel.id),
            "author": self._discord.bot.payload(),
            "content": "",
            "embeds": [],
            "components": [],
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "flags": 64,
        }
