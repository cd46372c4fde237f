"""The world the bot lives in: its application, users, guilds, channels and messages."""

from __future__ import annotations

import base64
import collections
import secrets
from collections.abc import Callable, Sequence
from typing import TypeAlias

from .entities import DM_CHANNEL, Channel, Guild, User
from .messages import Attachment, History, Message
from .primitives import Change, Payload, Snowflakes

Emit: TypeAlias = Callable[..., None]

_ATTACHMENTS_KEPT = 500


class World:
    """All entities, and one listener (the gateway) for every change."""

    def __init__(self, *, shards: int, team: Sequence[str] | None, bot_name: str) -> None:
        self._snowflakes = Snowflakes()
        self.shards = shards
        self.listener: Emit | None = None
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self._histories: collections.defaultdict[int, History] = collections.defaultdict(History)
        self.attachments: dict[int, Attachment] = {}
        self.change = Change()
        self.cdn_url = ""
        self.bot = self.add_user(bot_name, bot=True)
        self.application_id = self.bot.id
        self.token = _new_token(self.bot)
        self.owner = self.add_user("owner" if team is None else team[0])
        self.team = None if team is None else [self.owner, *(self.add_user(name) for name in team[1:])]
        self.invited: set[int] = set()
        """Team members who have not accepted their invitation."""
        self._team_id = self.next_id()

    def next_id(self) -> int:
        return self._snowflakes.next()

    def emit(self, event: str, payload: Payload | Callable[[int], Payload], *, guild: Guild | None) -> None:
        """Announce a change to the listener; a payload function is called once per set of intents."""
        if self.listener is not None:
            self.listener(event, payload, guild_id=guild.id if guild is not None else None)

    def add_user(self, username: str, *, bot: bool = False) -> User:
        user = User(self.next_id(), username, bot=bot, global_name=None if bot else username.title())
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User | None, bot_permissions: int, shard: int | None) -> Guild:
        on_shard = len(self.guilds) % self.shards if shard is None else shard
        guild_id = self._snowflakes.next_on_shard(on_shard, self.shards)
        # Roles and members of a guild must not be announced before its GUILD_CREATE.
        listener, self.listener = self.listener, None
        try:
            guild = Guild(self, guild_id, name, owner or self.owner, bot_permissions)
        finally:
            self.listener = listener
        self.guilds[guild.id] = guild
        self.emit("GUILD_CREATE", guild.event_payload, guild=guild)
        return guild

    def channel(self, channel_id: int) -> Channel | None:
        """A guild's channel or a direct message channel."""
        direct = self.channels.get(channel_id)
        if direct is not None:
            return direct
        for guild in self.guilds.values():
            for channel in guild.channels:
                if channel.id == channel_id:
                    return channel
        return None

    def history(self, channel: Channel) -> History:
        """The messages of a channel."""
        return self._histories[channel.id]

    def direct_channel(self, user: User) -> Channel:
        """The direct message channel between the bot and `user`, opened if necessary."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.next_id(), None, DM_CHANNEL, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def attach(self, channel: Channel, filename: str, content_type: str, data: bytes) -> Attachment:
        """Keep a file for download from its `url`; only the latest 500 are kept."""
        attachment_id = self.next_id()
        url = f"{self.cdn_url}/attachments/{channel.id}/{attachment_id}/{filename}"
        attachment = Attachment(attachment_id, filename, content_type, data, url)
        self.attachments[attachment.id] = attachment
        if len(self.attachments) > _ATTACHMENTS_KEPT:
            del self.attachments[next(iter(self.attachments))]
        return attachment

    def publish(self, message: Message) -> None:
        """Publish a message in its channel; ephemeral ones stay with their interaction."""
        if message.ephemeral:
            return
        self.history(message.channel).keep(message)
        self._emit_message("MESSAGE_CREATE", message)

    def edited(self, message: Message) -> None:
        """Announce that a message was edited."""
        message.touch()
        if not message.ephemeral:
            self._emit_message("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message from its channel."""
        message.deleted = True
        message.touch()
        self.history(message.channel).messages.pop(message.id, None)
        if message.ephemeral:
            return
        guild = message.channel.guild
        payload: Payload = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild is not None:
            payload["guild_id"] = str(guild.id)
        self.emit("MESSAGE_DELETE", payload, guild=guild)

    def _emit_message(self, event: str, message: Message) -> None:
        self.emit(event, lambda intents: message.event_payload(intents, self.bot), guild=message.channel.guild)

    def bot_can(self, channel: Channel, permission: int) -> bool:
        """Whether the bot has a permission in the channel's guild."""
        return channel.guild is None or bool(channel.guild.bot_member.permissions & permission)

    def bot_user_payload(self) -> Payload:
        return {**self.bot.payload(), "mfa_enabled": True, "verified": True, "locale": "en-US", "email": None}

    def application_payload(self, verify_key: str) -> Payload:
        """The bot's application, with its owner, or its team."""
        return {
            "id": str(self.application_id),
            "name": self.bot.username,
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.bot.payload(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": verify_key,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.owner.payload(),
            "team": self._team_payload(),
            "approximate_guild_count": len(self.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
        }

    def _team_payload(self) -> Payload | None:
        if self.team is None:
            return None
        members = [
            {
                "user": user.payload(),
                "team_id": str(self._team_id),
                "membership_state": 1 if user.id in self.invited else 2,
                "permissions": ["*"],
                "role": "admin",
            }
            for user in self.team
        ]
        return {
            "id": str(self._team_id),
            "icon": None,
            "name": "The team",
            "owner_user_id": str(self.owner.id),
            "members": members,
        }


def _new_token(bot: User) -> str:
    """A token in Discord's form; libraries read the bot's id from its first part."""
    return f"{base64.b64encode(str(bot.id).encode()).decode()}.local.{secrets.token_urlsafe(16)}"
