"""Users, members, roles, channels and guilds, and their JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol, TypeAlias

from .permissions import ADMINISTRATOR, ALL_PERMISSIONS, DEFAULT_PERMISSIONS, Intents
from .primitives import Payload, now_iso8601

TEXT_CHANNEL = 0
DM_CHANNEL = 1
VOICE_CHANNEL = 2
CATEGORY = 4
THREAD = 11
STAGE_CHANNEL = 13
SPOKEN_IN = (VOICE_CHANNEL, STAGE_CHANNEL)

_MEMBERS_ALWAYS_LISTED = 75_000


class Surroundings(Protocol):
    """The parts of the world that a guild needs: ids, users, and an announcer of changes."""

    bot: User

    def next_id(self) -> int: ...

    def add_user(self, username: str, *, bot: bool = False) -> User: ...

    def emit(self, event: str, payload: Payload | Callable[[int], Payload], *, guild: Guild | None) -> None: ...


@dataclasses.dataclass(slots=True, eq=False)
class User:
    """An account. `accepts_direct_messages` False makes Discord refuse direct messages to it (50007)."""

    id: int
    username: str
    bot: bool = False
    global_name: str | None = None
    accepts_direct_messages: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "username": self.username,
            "discriminator": "0",
            "global_name": self.global_name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }


@dataclasses.dataclass(slots=True, eq=False)
class Role:
    """A role; the one with the guild's own id is @everyone."""

    id: int
    name: str
    permissions: int
    position: int = 0

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclasses.dataclass(slots=True, eq=False)
class Channel:
    """A guild's channel, or a direct message channel (`guild` is None, `recipient` is the other side)."""

    id: int
    name: str | None
    type: int
    guild: Guild | None = dataclasses.field(default=None, repr=False)
    recipient: User | None = None
    parent: Channel | None = None
    """The category of a guild's channel."""
    user_limit: int = 0
    archived: bool = False
    """Of a thread: nothing in it can be changed. A message to it ends that, unless it is locked."""
    locked: bool = False

    def payload(self) -> Payload:
        payload: Payload = {"id": str(self.id), "type": self.type, "flags": 0, "last_message_id": None}
        if self.guild is None:
            recipient = self.recipient
            return {**payload, "recipients": [recipient.payload()] if recipient is not None else []}
        payload.update(
            guild_id=str(self.guild.id),
            name=self.name,
            position=0,
            permission_overwrites=[],
            parent_id=str(self.parent.id) if self.parent is not None else None,
            nsfw=False,
            rate_limit_per_user=0,
        )
        if self.type == THREAD:
            return {**payload, **self._thread_payload()}
        if self.type in SPOKEN_IN:
            return {**payload, "bitrate": 64_000, "user_limit": self.user_limit, "rtc_region": None}
        return {**payload, "topic": None}

    def _thread_payload(self) -> Payload:
        metadata = {
            "archived": self.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
            "locked": self.locked,
        }
        return {"owner_id": "1", "message_count": 0, "member_count": 1, "thread_metadata": metadata}

    def partial_payload(self, permissions: int) -> Payload:
        """The channel as part of an interaction, with the permissions of its user."""
        payload = self.payload()
        if self.guild is not None:
            payload["permissions"] = str(permissions)
        return payload


@dataclasses.dataclass(slots=True, eq=False)
class Member:
    """A user in a guild. `status` is the presence: online, idle, dnd or offline."""

    user: User
    guild: Guild = dataclasses.field(repr=False)
    roles: list[Role] = dataclasses.field(default_factory=list[Role])
    nick: str | None = None
    status: str = "offline"
    voice_channel: Channel | None = None
    self_mute: bool = False
    self_deaf: bool = False
    joined_at: str = dataclasses.field(default_factory=now_iso8601)

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def permissions(self) -> int:
        """The member's permissions; all of them for owners and administrators."""
        granted = self.guild.everyone.permissions
        for role in self.roles:
            granted |= role.permissions
        return ALL_PERMISSIONS if granted & ADMINISTRATOR or self.user is self.guild.owner else granted

    def payload(self, *, with_user: bool = True) -> Payload:
        payload: Payload = {
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": self.joined_at,
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        if with_user:
            payload["user"] = self.user.payload()
        return payload

    def voice_state(self, *, in_guild: bool = False) -> Payload:
        """The state in voice; `in_guild` as it is listed within a guild, which says neither guild nor member."""
        channel = self.voice_channel
        payload: Payload = {
            "channel_id": str(channel.id) if channel is not None else None,
            "user_id": str(self.id),
            "session_id": f"voice-{self.id}",
            "deaf": False,
            "mute": False,
            "self_deaf": self.self_deaf,
            "self_mute": self.self_mute,
            "self_video": False,
            "self_stream": False,
            "suppress": False,
            "request_to_speak_timestamp": None,
        }
        return payload if in_guild else {**payload, "guild_id": str(self.guild.id), "member": self.payload()}

    def presence(self) -> Payload:
        return {
            "user": {"id": str(self.id)},
            "guild_id": str(self.guild.id),
            "status": self.status,
            "activities": [],
            "client_status": {} if self.status == "offline" else {"desktop": self.status},
        }


Somebody: TypeAlias = User | Member
"""Users who act; a member also determines the guild."""


class Guild:
    """A guild the bot is in, with a text channel "general" and a voice channel "voice"."""

    def __init__(self, world: Surroundings, guild_id: int, name: str, owner: User, bot_permissions: int) -> None:
        self._world = world
        self.id = guild_id
        self.name = name
        self.owner = owner
        self.available = True
        self.afk_channel: Channel | None = None
        self.everyone = Role(guild_id, "@everyone", DEFAULT_PERMISSIONS)
        self.roles: list[Role] = [self.everyone]
        self.channels: list[Channel] = []
        self.members: dict[int, Member] = {}
        self.bot_member = self._join(world.bot, bot_permissions, "online")
        if owner.id not in self.members:
            self._join(owner, 0, "online")
        self._new_channel("general", TEXT_CHANNEL)
        self._new_channel("voice", VOICE_CHANNEL)

    @property
    def text_channel(self) -> Channel:
        """The first text channel."""
        return next(channel for channel in self.channels if channel.type == TEXT_CHANNEL)

    @property
    def voice_channel(self) -> Channel:
        """The first voice channel."""
        return next(channel for channel in self.channels if channel.type == VOICE_CHANNEL)

    @property
    def presence_count(self) -> int:
        """The number of members who are not offline."""
        return sum(member.status != "offline" for member in self.members.values())

    def add_channel(
        self, name: str, channel_type: int = TEXT_CHANNEL, *, parent: Channel | None = None, user_limit: int = 0
    ) -> Channel:
        """Add a channel; connected bots receive CHANNEL_CREATE."""
        channel = self._new_channel(name, channel_type)
        channel.parent, channel.user_limit = parent, user_limit
        self._world.emit("CHANNEL_CREATE", channel.payload(), guild=self)
        return channel

    def add_thread(self, name: str, parent: Channel) -> Channel:
        """Add a public thread to a channel; connected bots are not told."""
        thread = self._new_channel(name, THREAD)
        thread.parent = parent
        return thread

    def remove_channel(self, channel: Channel) -> None:
        """Remove a channel; members leave it, and connected bots receive CHANNEL_DELETE."""
        for member in list(self.members.values()):
            if member.voice_channel is channel:
                self.move_voice(member, None)
        self.channels.remove(channel)
        if self.afk_channel is channel:
            self.set_afk_channel(None)
        self._world.emit("CHANNEL_DELETE", channel.payload(), guild=self)

    def set_afk_channel(self, channel: Channel | None) -> None:
        """Make a voice channel that of members who are away; connected bots receive GUILD_UPDATE."""
        self.afk_channel = channel
        self._world.emit("GUILD_UPDATE", self.payload(), guild=self)

    def move_voice(self, member: Member, channel: Channel | None) -> None:
        """Move a member into a voice channel, or out of all; connected bots receive VOICE_STATE_UPDATE."""
        member.voice_channel = channel
        self._world.emit("VOICE_STATE_UPDATE", member.voice_state(), guild=self)

    def add_role(self, name: str, permissions: int = 0) -> Role:
        """Add a role; connected bots receive GUILD_ROLE_CREATE."""
        # As int, since a flag of an enumeration would be sent by its name.
        role = Role(self._world.next_id(), name, int(permissions), position=len(self.roles))
        self.roles.append(role)
        payload: Payload = {"guild_id": str(self.id), "role": role.payload()}
        self._world.emit("GUILD_ROLE_CREATE", payload, guild=self)
        return role

    def add_member(
        self, user: User | str, *, permissions: int = 0, status: str = "offline", nick: str | None = None
    ) -> Member:
        """Add a member, by a new name or an existing user; connected bots receive GUILD_MEMBER_ADD.

        `permissions` are granted in addition to @everyone's, by a role that only this member has.
        """
        account = self._world.add_user(user) if isinstance(user, str) else user
        member = self._join(account, permissions, status)
        member.nick = nick
        self._world.emit("GUILD_MEMBER_ADD", {**member.payload(), "guild_id": str(self.id)}, guild=self)
        if status != "offline":
            self._world.emit("PRESENCE_UPDATE", member.presence(), guild=self)
        return member

    def remove_member(self, member: Member) -> None:
        """Remove a member; connected bots receive GUILD_MEMBER_REMOVE."""
        del self.members[member.id]
        payload: Payload = {"guild_id": str(self.id), "user": member.user.payload()}
        self._world.emit("GUILD_MEMBER_REMOVE", payload, guild=self)

    def _new_channel(self, name: str, channel_type: int) -> Channel:
        channel = Channel(self._world.next_id(), name, channel_type, guild=self)
        self.channels.append(channel)
        return channel

    def _join(self, user: User, permissions: int, status: str) -> Member:
        member = Member(user, self, status=status)
        self.members[user.id] = member
        if permissions:
            member.roles.append(self.add_role(user.username, permissions))
        return member

    def payload(self) -> Payload:
        """The guild as the REST API returns it."""
        return {
            **_GUILD_DEFAULTS,
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "afk_channel_id": str(self.afk_channel.id) if self.afk_channel is not None else None,
            "roles": [role.payload() for role in self.roles],
            "approximate_member_count": len(self.members),
            "approximate_presence_count": self.presence_count,
        }

    def event_payload(self, intents: int, large_threshold: int = 250) -> Payload:
        """The guild as GUILD_CREATE delivers it, with as many members as the intents allow."""
        members = list(self.members.values())
        present = [member for member in members if member.status != "offline"]
        in_voice = [member for member in members if member.voice_channel is not None]
        large = len(members) > large_threshold
        # Without the presences intent, Discord lists only the bot itself and members in voice.
        if intents & Intents.GUILD_PRESENCES and len(members) <= _MEMBERS_ALWAYS_LISTED:
            listed = {m.id: m for m in [*(present if large else members), *in_voice]}
        else:
            listed = {m.id: m for m in [self.bot_member, *in_voice]}
            present = []
        return {
            **self.payload(),
            "joined_at": self.bot_member.joined_at,
            "large": large,
            "unavailable": False,
            "member_count": len(members),
            "members": [member.payload() for member in listed.values()],
            "channels": [channel.payload() for channel in self.channels if channel.type != THREAD],
            "voice_states": [m.voice_state(in_guild=True) for m in in_voice]
            if intents & Intents.GUILD_VOICE_STATES
            else [],
            "presences": [member.presence() for member in present],
            "threads": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


_GUILD_DEFAULTS: Payload = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "features": [],
    "banner": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 0,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500_000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "en-US",
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
    "incidents_data": None,
}
