"""The gateway, as a real bot and as a raw client see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import hikari
import pytest

from examples.localdiscord import Guild, Intents, LocalDiscord, Member
from examples.localdiscord.primitives import PATIENCE_S

from .conftest import ALL_INTENTS, RawGateway, RawShard


async def test_bot_identifies_and_sees_its_guilds(discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot) -> None:
    """A real bot connects with zlib-stream, identifies, and caches the guild with its channels and itself."""
    await discord.connected(1)
    cached = bot.cache.get_guild(guild.id)
    assert cached is not None
    assert cached.name == "Golem's workshop"
    assert set(cached.get_channels()) == {channel.id for channel in guild.channels}
    assert cached.get_member(discord.bot.id) is not None
    assert discord.shards[0].identified == 1


async def test_bot_heartbeats_and_is_acknowledged(discord: LocalDiscord, bot: hikari.GatewayBot) -> None:
    """Every heartbeat of the bot is counted."""
    shards = await discord.gateway_changed(lambda shards: shards[0].heartbeats >= 1)
    assert shards[0].connected
    assert bot.is_alive


async def test_bot_resumes_after_its_connection_was_closed(
    discord: LocalDiscord, bot: hikari.GatewayBot, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed connection is resumed, and an event sent meanwhile arrives after that."""
    # hikari waits a second or two before it reconnects after an early close; that wait is not under test.
    monkeypatch.setattr("hikari.impl.shard._BACKOFF_WINDOW", -1.0)
    heard: asyncio.Queue[str | None] = asyncio.Queue()

    async def listen(event: hikari.MessageCreateEvent) -> None:
        heard.put_nowait(event.content)

    bot.subscribe(hikari.MessageCreateEvent, listen)
    await discord.close_shard(0, 4_000)
    await discord.message(admin, admin.guild.text_channel, "while you were away")
    await discord.gateway_changed(lambda shards: shards[0].resumed == 1)
    assert await asyncio.wait_for(heard.get(), PATIENCE_S) == "while you were away"
    assert discord.shards[0].identified == 1


async def test_two_shards_each_receive_their_own_guilds(discord: LocalDiscord, gateway: RawGateway) -> None:
    """A guild is delivered only to the shard that Discord's formula selects."""
    guilds = [discord.add_guild("one"), discord.add_guild("two", shard=0)]
    for guild in guilds:
        expected = (guild.id >> 22) % 2
        shard = await gateway()
        await shard.identify(shard=(expected, 2))
        ready = await shard.until("READY")
        assert str(guild.id) in [entry["id"] for entry in ready["guilds"]]
        other = await gateway()
        await other.identify(shard=(1 - expected, 2))
        assert str(guild.id) not in [entry["id"] for entry in (await other.until("READY"))["guilds"]]


async def test_bot_runs_two_shards() -> None:
    """A real bot starts the recommended number of shards, all at once."""
    async with LocalDiscord(shards=2) as discord:
        guilds = {discord.add_guild("one").id, discord.add_guild("two").id}
        bot = hikari.GatewayBot(discord.token, rest_url=discord.rest_url, banner=None, logs=None)
        await bot.start(check_for_updates=False)
        await discord.connected(2)
        assert set(bot.cache.get_guilds_view()) | set(bot.cache.get_unavailable_guilds_view()) == guilds
        assert {guild_id >> 22 & 1 for guild_id in guilds} == {0, 1}
        await bot.close()


@pytest.mark.parametrize("query", ["", "?compress=zlib-stream"], ids=["plain", "zlib-stream"])
async def test_missed_events_are_replayed_before_resumed(
    discord: LocalDiscord, gateway: RawGateway, admin: Member, query: str
) -> None:
    """A resume replays everything after the given sequence number, in order, then says RESUMED."""
    first = await gateway(query)
    await first.identify()
    session_id = (await first.until("READY"))["session_id"]
    await first.until("GUILD_CREATE")
    await discord.close_shard(0)
    for word in ("one", "two"):
        await discord.message(admin, admin.guild.text_channel, word)
    second = await gateway(query)
    await second.resume(session_id, first.sequence)
    received = [await second.receive() for _ in range(3)]
    assert [event["t"] for event in received] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
    assert [event["d"].get("content") for event in received] == ["one", "two", None]
    assert [event["s"] for event in received] == [first.sequence + step for step in (1, 2, 3)]


async def test_unknown_session_is_invalid(gateway: RawGateway) -> None:
    """Resuming an unknown session is answered with op 9, not resumable."""
    shard = await gateway()
    await shard.resume("no such session", 1)
    answer = await shard.receive()
    assert (answer["op"], answer["d"]) == (9, False)


async def test_server_asks_for_reconnect_and_invalidates(discord: LocalDiscord, gateway: RawGateway) -> None:
    """A scenario can send op 7 and op 9."""
    shard = await gateway()
    await shard.identify()
    await shard.until("READY")
    discord.reconnect_shard(0)
    discord.invalidate_shard(0, resumable=True)
    assert [(await shard.receive())["op"] for _ in range(2)] == [7, 9]


async def _wrong_token(shard: RawShard) -> None:
    await shard.identify(token="wrong")


async def _wrong_shard(shard: RawShard) -> None:
    await shard.identify(shard=(2, 2))


async def _refused_intents(shard: RawShard) -> None:
    await shard.identify(intents=int(Intents.MESSAGE_CONTENT))


async def _unknown_opcode(shard: RawShard) -> None:
    await shard.send(99, None)


async def _no_json(shard: RawShard) -> None:
    await shard.socket.send_str("{")


async def _not_identified(shard: RawShard) -> None:
    await shard.send(3, {})


async def _identified_twice(shard: RawShard) -> None:
    await shard.identify(intents=0)
    await shard.until("READY")
    await shard.identify(intents=0)


@pytest.mark.parametrize(
    ("misbehave", "code"),
    [
        (_wrong_token, 4_004),
        (_wrong_shard, 4_010),
        (_refused_intents, 4_014),
        (_unknown_opcode, 4_001),
        (_no_json, 4_002),
        (_not_identified, 4_003),
        (_identified_twice, 4_005),
    ],
)
async def test_misbehaviour_closes_the_connection(
    discord: LocalDiscord, gateway: RawGateway, misbehave: Callable[[RawShard], Awaitable[None]], code: int
) -> None:
    """Each kind of misbehaviour is answered with Discord's close code for it."""
    discord.disallow_intents(Intents.MESSAGE_CONTENT)
    shard = await gateway()
    await misbehave(shard)
    assert await shard.receive() == {"op": "close", "code": code}


@pytest.mark.parametrize(
    ("intents", "content"),
    [(ALL_INTENTS, "secret"), (ALL_INTENTS & ~Intents.MESSAGE_CONTENT, "")],
    ids=["with MESSAGE_CONTENT", "without"],
)
async def test_content_needs_its_intent(
    discord: LocalDiscord, gateway: RawGateway, admin: Member, intents: int, content: str
) -> None:
    """Without MESSAGE_CONTENT the content of a guild's message is empty."""
    shard = await gateway()
    await shard.identify(intents)
    await shard.until("GUILD_CREATE")
    await discord.message(admin, admin.guild.text_channel, "secret")
    assert (await shard.until("MESSAGE_CREATE"))["content"] == content


async def test_content_is_readable_where_the_bot_is_meant(
    discord: LocalDiscord, gateway: RawGateway, admin: Member
) -> None:
    """Direct messages and messages that mention the bot keep their content without MESSAGE_CONTENT."""
    shard = await gateway()
    await shard.identify(ALL_INTENTS & ~Intents.MESSAGE_CONTENT)
    await shard.until("GUILD_CREATE")
    await discord.message(admin, None, "in private")
    assert (await shard.until("MESSAGE_CREATE"))["content"] == "in private"
    await discord.message(admin, admin.guild.text_channel, f"{discord.bot.mention} hello")
    assert (await shard.until("MESSAGE_CREATE"))["content"].endswith("hello")


async def test_messages_need_their_intents(discord: LocalDiscord, gateway: RawGateway, admin: Member) -> None:
    """GUILD_MESSAGES and DIRECT_MESSAGES decide which messages are delivered at all."""
    shard = await gateway()
    await shard.identify(int(Intents.DIRECT_MESSAGES))
    await shard.until("READY")
    await discord.message(admin, admin.guild.text_channel, "in the guild")
    await discord.message(admin, None, "in private")
    assert (await shard.until("MESSAGE_CREATE"))["content"] == "in private"


async def test_members_are_listed_as_the_intents_allow(guild: Guild, gateway: RawGateway) -> None:
    """Without GUILD_PRESENCES a guild lists only the bot and members in voice, but its member count is correct."""
    guild.add_member("ada")
    guild.add_member("bob").voice_channel = guild.voice_channel
    for intents, listed in ((ALL_INTENTS, 4), (ALL_INTENTS & ~Intents.GUILD_PRESENCES, 2)):
        shard = await gateway()
        await shard.identify(intents)
        created = await shard.until("GUILD_CREATE")
        assert (created["member_count"], len(created["members"])) == (4, listed)
        await shard.socket.close()


async def test_guild_members_come_in_chunks(guild: Guild, bot: hikari.GatewayBot) -> None:
    """A request for guild members is answered with the members whose names begin with the query."""
    for number in range(5):
        guild.add_member(f"golem-{number}")
    chunks = bot.stream(hikari.MemberChunkEvent, timeout=PATIENCE_S)
    with chunks:
        await bot.shards[0].request_guild_members(guild.id, query="golem-", limit=3, nonce="n")
        chunk = await chunks.filter(nonce="n").next()
    assert [member.username for member in chunk.members.values()] == ["golem-0", "golem-1", "golem-2"]


async def test_voice_states_follow_members_and_the_bot(
    discord: LocalDiscord, guild: Guild, bot: hikari.GatewayBot, admin: Member
) -> None:
    """Joining and leaving voice arrives as VOICE_STATE_UPDATE, for members and for the bot itself."""
    with bot.stream(hikari.VoiceStateUpdateEvent, timeout=PATIENCE_S) as updates:
        await discord.voice(admin, guild.voice_channel)
        await discord.voice(admin, None)
        await bot.update_voice_state(guild.id, guild.voice_channel.id)
        states = [(await updates.next()).state for _ in range(3)]
    assert [(state.user_id, state.channel_id) for state in states] == [
        (admin.id, guild.voice_channel.id),
        (admin.id, None),
        (discord.bot.id, guild.voice_channel.id),
    ]


async def test_presence_of_the_bot_is_kept(discord: LocalDiscord, bot: hikari.GatewayBot) -> None:
    """A presence update of the bot can be read from its shard."""
    await bot.update_presence(activity=hikari.Activity(name="with fire"))
    shards = await discord.gateway_changed(lambda shards: bool(shards[0].presence and shards[0].presence["game"]))
    assert shards[0].presence is not None
    assert shards[0].presence["game"]["name"] == "with fire"


async def test_guilds_come_and_go(discord: LocalDiscord, bot: hikari.GatewayBot) -> None:
    """Joining a guild, its outage and leaving it each arrive as hikari's event."""
    events = (hikari.GuildJoinEvent, hikari.GuildAvailableEvent, hikari.GuildUnavailableEvent, hikari.GuildLeaveEvent)
    seen: asyncio.Queue[type[hikari.Event]] = asyncio.Queue()

    async def listen(event: hikari.Event) -> None:
        seen.put_nowait(type(event))

    for event in events:
        bot.subscribe(event, listen)
    guild = discord.add_guild("another")
    await discord.set_guild_available(guild, available=False)
    await discord.set_guild_available(guild, available=True)
    await discord.drop_guild(guild)
    received = [await asyncio.wait_for(seen.get(), PATIENCE_S) for _ in range(4)]
    assert received[1:] == [hikari.GuildUnavailableEvent, hikari.GuildAvailableEvent, hikari.GuildLeaveEvent]


async def test_new_members_are_announced(guild: Guild, bot: hikari.GatewayBot) -> None:
    """A member who joins or leaves while the bot is connected arrives as an event."""
    with (
        bot.stream(hikari.MemberCreateEvent, timeout=PATIENCE_S) as joined,
        bot.stream(hikari.MemberDeleteEvent, PATIENCE_S) as left,
    ):
        member = guild.add_member("carol")
        guild.remove_member(member)
        assert (await joined.next()).user.username == "carol"
        assert (await left.next()).user_id == member.id


async def test_any_event_can_be_emitted(discord: LocalDiscord, gateway: RawGateway) -> None:
    """A raw event reaches the shard regardless of its intents."""
    shard = await gateway()
    await shard.identify(intents=0)
    await shard.until("READY")
    discord.emit("SOMETHING_ODD", {"a": 1})
    discord.emit("SOMETHING_ODD", b'{"a":2}')
    assert [(await shard.until("SOMETHING_ODD"))["a"] for _ in range(2)] == [1, 2]


async def test_connections_can_be_refused(discord: LocalDiscord, gateway: RawGateway) -> None:
    """While connections are refused, the gateway answers 503."""
    discord.refuse_connections()
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        await gateway()
    discord.refuse_connections(refuse=False)
    await gateway()


async def test_heartbeats_can_be_left_without_an_answer(discord: LocalDiscord, gateway: RawGateway) -> None:
    """A heartbeat is acknowledged with op 11, unless the scenario stops that."""
    shard = await gateway()
    await shard.send(1, None)
    assert (await shard.receive())["op"] == 11
    discord.acknowledge_heartbeats(acknowledge=False)
    await shard.send(1, None)
    await shard.identify(intents=0)
    assert (await shard.receive())["t"] == "READY"
