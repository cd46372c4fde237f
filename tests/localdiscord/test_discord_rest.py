"""Messages, faults, rate limits, the application, and interactions over HTTP."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import hikari
import pytest

from examples.localdiscord import Guild, LocalDiscord, Member

from .conftest import Clock, RawRest

MESSAGES = "/channels/{channel}/messages"


async def test_prefix_command_round_trip(discord: LocalDiscord, bot: hikari.GatewayBot, admin: Member) -> None:
    """A user's message reaches the bot, and the bot's answer is the channel's next message."""

    async def answer(event: hikari.GuildMessageCreateEvent) -> None:
        if event.content == "!ping":
            await event.message.respond("pong", reply=True)

    bot.subscribe(hikari.GuildMessageCreateEvent, answer)
    channel = admin.guild.text_channel
    asked = await discord.message(admin, channel, "!ping")
    answered = await discord.next_message(channel)
    assert answered.content == "pong"
    assert answered.reference is not None
    assert answered.reference["message_id"] == str(asked.id)
    assert discord.messages(channel) == [asked, answered]
    assert not discord.refusals


async def test_message_is_edited_and_deleted(discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot) -> None:
    """Edits and deletions of the bot's message can be waited for."""
    created = await bot.rest.create_message(guild.text_channel.id, "one")
    message = await discord.next_message(guild.text_channel)
    await created.edit("two")
    await message.changed(0)
    assert (message.content, message.edited_timestamp is None) == ("two", False)
    assert (await bot.rest.fetch_message(guild.text_channel.id, created.id)).content == "two"
    await created.delete()
    await message.changed(1)
    assert message.deleted
    assert discord.messages(guild.text_channel) == []


async def test_direct_message_of_the_bot(discord: LocalDiscord, bot: hikari.GatewayBot, admin: Member) -> None:
    """The bot opens a direct message channel and writes to it."""
    channel = await bot.rest.create_dm_channel(admin.id)
    await channel.send("hello")
    assert (await discord.next_message(discord.direct_channel(admin))).content == "hello"


async def test_uploaded_files_can_be_downloaded(
    discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot, session: aiohttp.ClientSession
) -> None:
    """A file of a message is served from the URL in the message."""
    await bot.rest.create_message(guild.text_channel.id, attachment=hikari.Bytes(b"a,b", "table.csv"))
    (attachment,) = (await discord.next_message(guild.text_channel)).attachments
    async with session.get(attachment.url) as response:
        assert await response.read() == b"a,b"


async def test_guild_is_fetched(guild: Guild, bot: hikari.GatewayBot) -> None:
    """A guild, its channels, roles and members can be fetched."""
    assert (await bot.rest.fetch_guild(guild.id)).name == guild.name
    assert len(await bot.rest.fetch_guild_channels(guild.id)) == 2
    assert {role.id for role in await bot.rest.fetch_roles(guild.id)} == {role.id for role in guild.roles}
    assert {member.id async for member in bot.rest.fetch_members(guild.id)} == set(guild.members)
    assert (await bot.rest.fetch_member(guild.id, guild.owner.id)).username == guild.owner.username
    assert [mine.id async for mine in bot.rest.fetch_my_guilds()] == [guild.id]


@pytest.mark.parametrize("team", [None, ["ada", "bob"]], ids=["owner", "team"])
async def test_application_is_owned(team: list[str] | None) -> None:
    """The application has an owner, or a team with members if configured."""
    async with LocalDiscord(team=team) as discord:
        rest_app = hikari.RESTApp(url=discord.rest_url)
        await rest_app.start()
        async with rest_app.acquire(discord.token, hikari.TokenType.BOT) as client:
            application = await client.fetch_application()
        await rest_app.close()
    assert application.owner is not None
    assert application.owner.id == discord.owner.id
    members = None if application.team is None else [m.user.username for m in application.team.members.values()]
    assert members == team


async def test_failures_come_as_often_as_asked(discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot) -> None:
    """A fault answers the requests of its route until it is used up, and is not a refusal."""
    discord.fail("POST", MESSAGES, 403, 50_013, message="Missing Permissions", times=2)
    for _ in range(2):
        with pytest.raises(hikari.ForbiddenError, match="50013"):
            await bot.rest.create_message(guild.text_channel.id, "x")
    await bot.rest.create_message(guild.text_channel.id, "x")
    assert not discord.refusals
    records = [record for record in discord.requests if record.route == "/channels/{channel_id}/messages"]
    assert [record.status for record in records] == [403, 403, 200]


async def test_faults_match_methods_and_routes(discord: LocalDiscord, rest: RawRest) -> None:
    """A fault for one method and route does not affect others; `*` matches any."""
    discord.fail("GET", "/users/@me", 500)
    assert (await rest("GET", "/gateway"))[0] == 200
    assert (await rest("GET", "/users/@me"))[0] == 500
    fault = discord.fail("*", "*", 503, times=100)
    assert (await rest("GET", "/gateway"))[0] == 503
    fault.times = 0
    assert (await rest("GET", "/gateway"))[0] == 200


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_rate_limited_request_is_repeated(
    discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot, scope: str
) -> None:
    """A real bot waits for a rate limit of any scope, and its second attempt is accepted."""
    discord.rate_limit("POST", MESSAGES, 0.01, scope=scope)
    await bot.rest.create_message(guild.text_channel.id, "x")
    records = [record for record in discord.requests if record.route == "/channels/{channel_id}/messages"]
    assert [record.status for record in records] == [429, 200]


async def test_rate_limit_names_its_bucket(discord: LocalDiscord, guild: Guild, session: aiohttp.ClientSession) -> None:
    """A 429 has Discord's body and headers."""
    discord.rate_limit("POST", MESSAGES, 1.5)
    url = f"{discord.rest_url}/channels/{guild.text_channel.id}/messages"
    async with session.post(url, json={"content": "x"}) as response:
        body = await response.json()
    assert (response.status, body["retry_after"], body["global"]) == (429, 1.5, False)
    assert response.headers["X-RateLimit-Scope"] == "user"
    assert response.headers["X-RateLimit-Remaining"] == "0"
    assert response.headers["X-RateLimit-Reset-After"] == "1.500"
    assert response.headers["X-RateLimit-Bucket"]


async def test_registration_can_be_waited_for(discord: LocalDiscord, rest: RawRest) -> None:
    """`registered` returns once all names are known; its timeout error names what is missing."""
    waiting = asyncio.create_task(discord.registered("ping", "pong"))
    path = f"/applications/{discord.application_id}/commands"
    await rest("POST", path, {"name": "ping", "description": "d"})
    assert not waiting.done()
    await rest("POST", path, {"name": "pong", "description": "d"})
    await waiting
    with pytest.raises(TimeoutError, match="peng"):
        await discord.registered("peng", timeout_s=0)


async def test_requests_can_be_waited_for(discord: LocalDiscord, rest: RawRest) -> None:
    """`requested` returns the record of the first request that matches."""
    waiting = asyncio.create_task(discord.requested(lambda record: record.route == "/gateway"))
    await rest("GET", "/gateway")
    record = await waiting
    assert (record.method, record.path, record.status) == ("GET", "/api/v10/gateway", 200)


async def test_interactions_over_http(clock: Clock) -> None:
    """Interactions are signed and posted to a RESTBot, and answered in the body of its reply."""
    async with LocalDiscord(clock_ns=clock) as discord:
        admin = discord.add_guild("workshop").add_member("ada")
        bot = hikari.RESTBot(discord.token, hikari.TokenType.BOT, rest_url=discord.rest_url, banner=None, logs=None)

        async def answer(interaction: hikari.CommandInteraction) -> hikari.api.InteractionMessageBuilder:
            clock.advance(0.5)
            return interaction.build_response().set_content("pong")

        bot.set_listener(hikari.CommandInteraction, answer)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            await bot.start(socket=listening, check_for_updates=False)
            try:
                await bot.rest.set_application_commands(
                    discord.application_id, [bot.rest.slash_command_builder("ping", "Answer")]
                )
                await discord.interactions_endpoint(f"http://127.0.0.1:{listening.getsockname()[1]}/")
                call = await discord.slash(admin, "ping")
                response = await call.answered()
            finally:
                await bot.close()
    assert response.data["content"] == "pong"
    assert call.first_response_ns == 500_000_000
    assert len(discord.public_key) == 32
    assert not discord.endpoint_errors


async def test_an_endpoint_must_answer_a_ping(discord: LocalDiscord) -> None:
    """An endpoint that fails Discord's ping is rejected."""
    with pytest.raises(ConnectionError, match="ping"):
        await discord.interactions_endpoint(discord.rest_url)
