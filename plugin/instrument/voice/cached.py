"""Who is in voice by hikari's cache: for a watch that begins after the gateway has told it."""

from __future__ import annotations

import asyncio

import hikari

from plugin.instrument.voice.watch import MemberState, VoiceWatch

_GUILDS_A_STEP = 50


async def seed(watch: VoiceWatch, bot: hikari.GatewayBotAware, now_ns: int) -> None:
    """Tell a watch of every guild in the cache, in short steps; without a cache of voice states, it stays unknown."""
    components = bot.cache.settings.components
    if not components & hikari.api.CacheComponents.VOICE_STATES:
        return
    me = bot.get_me()
    watch.own_id = None if me is None else str(me.id)
    for number, guild_id in enumerate(list(bot.cache.get_available_guilds_view()), 1):
        guild = bot.cache.get_guild(guild_id)
        if watch.ready:  # the gateway tells it again
            return
        if guild is not None:
            afk_channel_id = None if guild.afk_channel_id is None else str(guild.afk_channel_id)
            shard_id = hikari.snowflakes.calculate_shard_id(bot, guild_id)
            watch.set_guild(str(guild_id), shard_id, afk_channel_id, _states(bot, guild_id), now_ns)
        if number % _GUILDS_A_STEP == 0:
            await asyncio.sleep(0)


def _states(bot: hikari.GatewayBotAware, guild_id: hikari.Snowflake) -> dict[str, MemberState | None]:
    states = bot.cache.get_voice_states_view_for_guild(guild_id).values()
    return {
        str(state.user_id): None
        if state.member is not None and state.member.is_bot
        else (str(state.channel_id), bool(state.is_self_deafened or state.is_guild_deafened))
        for state in states
        if state.channel_id is not None
    }
