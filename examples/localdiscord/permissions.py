"""The permission and intent bits that decide what is allowed and delivered."""

from __future__ import annotations

import enum

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MOVE_MEMBERS = 1 << 24
MANAGE_THREADS = 1 << 34
PIN_MESSAGES = 1 << 51
ALL_PERMISSIONS = (1 << 53) - 1
DEFAULT_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 20 | 1 << 21 | 1 << 31
"""Permissions of @everyone: see, write, embed, attach, read history, connect, speak, use application commands."""


class Intents(enum.IntFlag):
    """Intents: the events that a bot asks the gateway to deliver."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


_NEEDED_IN_GUILDS = {
    "GUILD_CREATE": Intents.GUILDS,
    "GUILD_UPDATE": Intents.GUILDS,
    "GUILD_DELETE": Intents.GUILDS,
    "GUILD_ROLE_CREATE": Intents.GUILDS,
    "CHANNEL_CREATE": Intents.GUILDS,
    "CHANNEL_DELETE": Intents.GUILDS,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": Intents.GUILD_MODERATION,
    "GUILD_MEMBER_ADD": Intents.GUILD_MEMBERS,
    "GUILD_MEMBER_UPDATE": Intents.GUILD_MEMBERS,
    "GUILD_MEMBER_REMOVE": Intents.GUILD_MEMBERS,
    "VOICE_STATE_UPDATE": Intents.GUILD_VOICE_STATES,
    "PRESENCE_UPDATE": Intents.GUILD_PRESENCES,
    "MESSAGE_CREATE": Intents.GUILD_MESSAGES,
    "MESSAGE_UPDATE": Intents.GUILD_MESSAGES,
    "MESSAGE_DELETE": Intents.GUILD_MESSAGES,
}


def needed_intent(event: str, *, in_guild: bool) -> int:
    """The intent that `event` needs; 0 if none."""
    if in_guild:
        return _NEEDED_IN_GUILDS.get(event, 0)
    return Intents.DIRECT_MESSAGES if event.startswith("MESSAGE_") else 0
