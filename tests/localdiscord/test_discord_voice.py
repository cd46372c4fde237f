"""Voice on the local Discord: channels that come and go, members who are moved, deafened or away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import hikari
import pytest

from examples.localdiscord import CATEGORY, VOICE_CHANNEL, Guild, LocalDiscord, Member
from tests.localdiscord.conftest import RawGateway, RawRest


async def until(
    bot: hikari.GatewayBot, event: type[Any], action: Awaitable[Any], holds: Callable[[Any], bool] = lambda _: True
) -> Any:
    """Does something, and returns the first event that comes of it for which something holds."""
    with bot.stream(event, timeout=60) as stream:
        await action
        async for found in stream:
            if holds(found):
                return found
    raise TimeoutError(event)


async def test_a_bot_makes_a_channel_moves_a_member_and_removes_it(
    discord: LocalDiscord, guild: Guild, admin: Member, bot: hikari.GatewayBot
) -> None:
    """A voice channel in a category is created, a member is moved in, and its removal puts him out of voice."""
    category = guild.add_channel("Rooms", CATEGORY)
    await discord.voice(admin, guild.voice_channel)
    create = bot.rest.create_guild_voice_channel(guild.id, "Ada's room", category=category.id, user_limit=4)
    event = await until(bot, hikari.GuildChannelCreateEvent, create, lambda event: event.channel.type == VOICE_CHANNEL)
    created = event.channel
    assert (created.name, created.parent_id, created.user_limit) == ("Ada's room", category.id, 4)
    move = bot.rest.edit_member(guild.id, admin.id, voice_channel=created.id)
    moved = await until(bot, hikari.VoiceStateUpdateEvent, move, lambda event: event.state.channel_id == created.id)
    assert moved.state.user_id == admin.id
    delete = bot.rest.delete_channel(created.id)
    await until(bot, hikari.VoiceStateUpdateEvent, delete, lambda event: event.state.channel_id is None)
    assert admin.voice_channel is None and [c.name for c in guild.channels] == ["general", "voice", "Rooms"]


async def test_deafness_and_the_afk_channel_reach_the_bot(
    discord: LocalDiscord, guild: Guild, admin: Member, bot: hikari.GatewayBot
) -> None:
    """A member who deafens himself is deafened in the event, and the AFK channel is in that of the guild."""
    state = (
        await until(bot, hikari.VoiceStateUpdateEvent, discord.voice(admin, guild.voice_channel, self_deaf=True))
    ).state
    assert (state.is_self_deafened, state.is_guild_deafened, state.is_self_muted) == (True, False, False)

    async def choose() -> None:
        guild.set_afk_channel(guild.voice_channel)

    updated = await until(bot, hikari.GuildUpdateEvent, choose())
    assert updated.guild.afk_channel_id == guild.voice_channel.id


async def test_states_within_a_guild_have_neither_guild_nor_member(
    discord: LocalDiscord, guild: Guild, admin: Member, gateway: RawGateway
) -> None:
    """GUILD_CREATE lists voice states as Discord does: without the guild's id and without the member."""
    await discord.voice(admin, guild.voice_channel)
    shard = await gateway()
    await shard.identify()
    (state,) = (await shard.until("GUILD_CREATE"))["voice_states"]
    assert state["user_id"] == str(admin.id) and not {"guild_id", "member"} & state.keys()
    await shard.socket.close()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"type": 2}, 400, 50_035),
        ({"name": "x" * 101, "type": 2}, 400, 50_035),
        ({"name": "x", "type": 99}, 400, 50_035),
        ({"name": "x", "type": 2, "user_limit": 100}, 400, 50_035),
        ({"name": "x", "type": 2, "parent_id": "1"}, 400, 50_035),
    ],
    ids=["no name", "long name", "type", "limit", "no such category"],
)
async def test_a_channel_that_cannot_be_is_refused(
    rest: RawRest, guild: Guild, body: dict[str, Any], status: int, code: int
) -> None:
    """Discord's limits hold for new channels."""
    found = await rest("POST", f"/guilds/{guild.id}/channels", body)
    assert (found[0], found[1]["code"]) == (status, code) and len(guild.channels) == 2


async def test_moves_that_cannot_be_are_refused(
    discord: LocalDiscord, rest: RawRest, guild: Guild, admin: Member
) -> None:
    """Nobody is moved who is not in voice, nor into a text channel, nor by a bot that may not."""
    path = f"/guilds/{guild.id}/members/{admin.id}"
    voice, text = {"channel_id": str(guild.voice_channel.id)}, {"channel_id": str(guild.text_channel.id)}
    assert (await rest("PATCH", path, voice))[1]["code"] == 40_032
    await discord.voice(admin, guild.add_channel("lounge", VOICE_CHANNEL))
    assert (await rest("PATCH", path, text))[1]["code"] == 50_024
    assert (await rest("PATCH", path, {"channel_id": "1"}))[1]["code"] == 10_003
    guild.bot_member.roles.clear()
    assert (await rest("PATCH", path, voice))[1]["code"] == 50_013
    assert (await rest("POST", f"/guilds/{guild.id}/channels", {"name": "x"}))[1]["code"] == 50_013
    assert (await rest("DELETE", f"/channels/{guild.voice_channel.id}"))[1]["code"] == 50_013
    assert (await rest("DELETE", "/channels/1"))[1]["code"] == 10_003


async def test_the_audit_log_says_that_the_bot_made_a_channel(guild: Guild, bot: hikari.GatewayBot) -> None:
    """A bot that creates a channel is told so by an entry of the audit log."""
    create = bot.rest.create_guild_voice_channel(guild.id, "room")
    entry = (await until(bot, hikari.AuditLogEntryCreateEvent, create)).entry
    assert entry.action_type == hikari.AuditLogEventType.CHANNEL_CREATE
    assert (entry.user_id, entry.target_id) == (bot.get_me().id, guild.channels[-1].id)
