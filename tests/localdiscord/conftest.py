"""A local Discord, a real hikari bot connected to it, and two raw clients for requests that no library would send."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import hikari
import pytest

from examples.localdiscord import ADMINISTRATOR, Guild, LocalDiscord, Member
from examples.localdiscord.primitives import PATIENCE_S

ALL_INTENTS = int(hikari.Intents.ALL)


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1_000_000_000)


class RawRest:
    """Sends any request with the bot's token."""

    def __init__(self, session: aiohttp.ClientSession, discord: LocalDiscord) -> None:
        self._session = session
        self._discord = discord
        self.authorization = f"Bot {discord.token}"

    async def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        url, headers = self._discord.rest_url + path, {"Authorization": self.authorization}
        async with self._session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None


class RawShard:
    """Speaks the gateway's protocol by hand."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        self.socket = socket
        self.token = token
        self.inflator = zlib.decompressobj()
        self.sequence = 0

    async def receive(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=PATIENCE_S)
        if message.type is aiohttp.WSMsgType.CLOSE:
            return {"op": "close", "code": message.data}
        data = self.inflator.decompress(message.data) if isinstance(message.data, bytes) else message.data
        payload: dict[str, Any] = json.loads(data)
        self.sequence = payload["s"] or self.sequence
        return payload

    async def until(self, event: str) -> dict[str, Any]:
        """The payload of the next event of this name."""
        while (received := await self.receive())["t"] != event:
            assert received["op"] in (0, 11), received
        return received["d"]

    async def send(self, op: int, body: object) -> None:
        await self.socket.send_json({"op": op, "d": body})

    async def identify(self, intents: int = ALL_INTENTS, shard: tuple[int, int] = (0, 1), token: str = "") -> None:
        await self.send(2, {"token": token or self.token, "intents": intents, "shard": shard, "properties": {}})

    async def resume(self, session_id: str, sequence: int) -> None:
        await self.send(6, {"token": self.token, "session_id": session_id, "seq": sequence})


class RawGateway:
    """Opens raw gateway connections."""

    def __init__(self, session: aiohttp.ClientSession, discord: LocalDiscord) -> None:
        self._session = session
        self._discord = discord

    async def __call__(self, query: str = "") -> RawShard:
        url = self._discord.rest_url.replace("/api/v10", "/") + query
        socket = await self._session.ws_connect(url)
        shard = RawShard(socket, self._discord.token)
        assert (await shard.receive())["op"] == 10
        return shard


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def discord(clock: Clock) -> AsyncIterator[LocalDiscord]:
    async with LocalDiscord(clock_ns=clock) as running:
        yield running


@pytest.fixture
def guild(discord: LocalDiscord) -> Guild:
    return discord.add_guild("Golem's workshop")


@pytest.fixture
def admin(guild: Guild) -> Member:
    return guild.add_member("ada", permissions=ADMINISTRATOR)


@pytest.fixture
async def session(discord: LocalDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as running:
        yield running


@pytest.fixture
def rest(session: aiohttp.ClientSession, discord: LocalDiscord) -> RawRest:
    return RawRest(session, discord)


@pytest.fixture
def gateway(session: aiohttp.ClientSession, discord: LocalDiscord) -> RawGateway:
    return RawGateway(session, discord)


@pytest.fixture
async def bot(discord: LocalDiscord, guild: Guild) -> AsyncIterator[hikari.GatewayBot]:
    """A real bot, connected, with one command of every shape registered."""
    running = hikari.GatewayBot(
        discord.token, rest_url=discord.rest_url, banner=None, logs=None, intents=hikari.Intents.ALL
    )
    await running.start(check_for_updates=False)
    await running.rest.set_application_commands(discord.application_id, command_builders(running))
    yield running
    await running.close()


def command_builders(app: hikari.RESTAware) -> list[Any]:
    """`ping`, `shop stock buy`, the user command "Inspect" and the message command "Quote me"."""
    kinds = hikari.OptionType
    buy = hikari.CommandOption(
        type=kinds.SUB_COMMAND,
        name="buy",
        description="Buy something",
        options=[
            hikari.CommandOption(type=kinds.STRING, name="item", description="What", is_required=True),
            hikari.CommandOption(type=kinds.INTEGER, name="count", description="How many", min_value=1, max_value=9),
            hikari.CommandOption(type=kinds.FLOAT, name="price", description="How much"),
            hikari.CommandOption(type=kinds.BOOLEAN, name="gift", description="Wrapped"),
            hikari.CommandOption(type=kinds.USER, name="user", description="For whom"),
            hikari.CommandOption(type=kinds.CHANNEL, name="where", description="Where"),
            hikari.CommandOption(type=kinds.ROLE, name="role", description="For which role"),
            hikari.CommandOption(type=kinds.MENTIONABLE, name="anyone", description="For anyone"),
            hikari.CommandOption(type=kinds.ATTACHMENT, name="note", description="A note"),
            hikari.CommandOption(type=kinds.STRING, name="colour", description="Which", autocomplete=True),
        ],
    )
    stock = hikari.CommandOption(type=kinds.SUB_COMMAND_GROUP, name="stock", description="The stock", options=[buy])
    return [
        app.rest.slash_command_builder("ping", "Answer"),
        app.rest.slash_command_builder("shop", "The shop").add_option(stock),
        app.rest.context_menu_command_builder(hikari.CommandType.USER, "Inspect"),
        app.rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Quote me"),
    ]
