"""Counts the entries of hikari's cache."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import hikari

_KINDS = {
    "dm_channel": "_dm_channel_entries",
    "emoji": "_emoji_entries",
    "channel": "_guild_channel_entries",
    "guild": "_guild_entries",
    "thread": "_guild_thread_entries",
    "invite": "_invite_entries",
    "message": "_message_entries",
    "role": "_role_entries",
    "sticker": "_sticker_entries",
    "user": "_user_entries",
}


def cached(bot: object) -> Mapping[str, int]:
    """Entries by kind, members included; empty without a cache that can be counted.

    Hikari's public views copy all their entries, such as 100,000 users, so the underlying collections are counted.
    """
    cache: Any = bot.cache if isinstance(bot, hikari.GatewayBotAware) else None
    kinds: dict[str, Collection[Any] | None] = {kind: getattr(cache, name, None) for kind, name in _KINDS.items()}
    guilds: Mapping[Any, Any] | None = getattr(cache, "_guild_entries", None)
    if guilds is None or None in kinds.values():
        return {}
    members = sum(len(record.members) for record in guilds.values() if record.members)
    return {"member": members} | {kind: len(entries) for kind, entries in kinds.items() if entries is not None}
