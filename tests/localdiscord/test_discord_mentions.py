"""Whom a message of the bot mentions: by its content, and only whom the bot allows."""

from __future__ import annotations

from typing import Any

import hikari
import pytest

from examples.localdiscord import LocalDiscord


async def sent(discord: LocalDiscord, guild: Any, content: str, **more: Any) -> Any:
    """The message as Discord has it."""
    app = hikari.RESTApp(url=discord.rest_url, max_retries=0)
    await app.start()
    try:
        async with app.acquire(discord.token, hikari.TokenType.BOT) as rest:
            await rest.create_message(int(guild.channels[0].id), content, **more)
    finally:
        await app.close()
    return discord.messages(guild.channels[0])[-1]


@pytest.mark.parametrize(
    ("allowed", "users", "roles", "everyone"),
    [
        ({}, 0, 0, False),  # hikari allows none where nothing is said
        ({"user_mentions": True, "role_mentions": True, "mentions_everyone": True}, 1, 1, True),
        ({"user_mentions": [1], "role_mentions": True}, 0, 1, False),
    ],
)
async def test_a_message_mentions_whom_it_may(allowed: Any, users: int, roles: int, everyone: bool) -> None:
    """Each kind by itself; an id that is allowed and not in the content changes nothing."""
    async with LocalDiscord() as discord:
        guild = discord.add_guild("Golem's workshop")
        ada, role = guild.add_member("ada"), guild.add_role("on call", 0)
        message = await sent(discord, guild, f"@everyone <@{ada.user.id}> <@&{role.id}>", **allowed)
        found = len(message.mentions), len(message.mention_roles), message.mention_everyone
        assert found == (users, roles, everyone)
        payload = message.payload()
        assert (len(payload["mentions"]), payload["mention_everyone"]) == (users, everyone)
