"""How much hikari's cache holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import hikari

_ENTRIES = (
    "_dm_channel_entries",
    "_emoji_entries",
    "_guild_channel_entries",
    "_guild_entries",
    "_guild_thread_entries",
    "_invite_entries",
    "_message_entries",
    "_role_entries",
    "_sticker_entries",
    "_user_entries",
)


def cache_entries(bot: object) -> int | None:
    """Entries of every kind together, members included; None without a cache that can be counted.

    The views that hikari offers copy what they show, of 100,000 users for one; so what they copy is counted.
    """
    cache: Any = bot.cache if isinstance(bot, hikari.GatewayBotAware) else None
    kinds: list[Collection[Any] | None] = [getattr(cache, name, None) for name in _ENTRIES]
    guilds: Mapping[Any, Any] | None = getattr(cache, "_guild_entries", None)
    if guilds is None or None in kinds:
        return None
    members = sum(len(record.members) for record in guilds.values() if record.members)
    return members + sum(len(entries) for entries in kinds if entries is not None)
