"""What the monitor adds to an event of voice, beside hikari alone."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from hikari.internal import data_binding

import plugin
from examples.localdiscord import LocalDiscord
from examples.localdiscord.entities import Guild, Member
from tests.bench.bots import Bot
from tests.bench.measure import Batch, processor_ns, side_by_side
from tests.bench.table import Row, beside

BOUND = 1.05
"""A bot whose gateway tells of voice 10,000 times a second has no more than a twentieth to spare."""

GUILDS, MEMBERS = 30, 10


def measure(quick: bool) -> list[Row]:
    """Events of voice by turns to a bot with the monitor and to one without, as they come over the gateway.

    What hikari's shard does with each is done here: inflate it, parse it, and hand it to the event manager; the socket
    is left out. Nobody listens, so that hikari does the least: it makes the objects and keeps them in its cache.
    """
    with asyncio.Runner() as runner:
        return runner.run(_measure(5 if quick else 150))


async def _measure(rounds: int) -> list[Row]:
    discord = LocalDiscord()
    guilds = [discord.add_guild(f"Guild {number}") for number in range(GUILDS)]
    members = [guild.add_member(f"member {number}") for guild in guilds for number in range(MEMBERS)]
    for guild in guilds:
        guild.add_channel("lounge", 2)
    ours, bare = await _bot(discord, guilds, True), await _bot(discord, guilds, False)
    chunks = _deflated(_evening(members))
    took = side_by_side(_batch(ours, chunks), _batch(bare, chunks), rounds)
    _check(ours, joins=len(members) * (rounds + 1))
    for bot in (ours, bare):
        await bot.stop()
    return [beside("event of voice", took, "hikari alone", BOUND)]


def _evening(members: list[Member]) -> Iterator[object]:
    """Everybody joins, mutes himself, deafens himself, undoes both, moves to another channel, and leaves."""
    for step in range(6):
        for member in members:
            lobby, lounge = (channel for channel in member.guild.channels if channel.type == 2)
            member.voice_channel = None if step == 5 else lounge if step == 4 else lobby
            member.self_mute, member.self_deaf = step in (1, 2), step == 2
            yield member.voice_state()


async def _bot(discord: LocalDiscord, guilds: list[Guild], measured: bool) -> Bot:
    bot = Bot(discord.token)
    await bot.start(measured)
    for guild in guilds:
        await bot.wire.deliver("GUILD_CREATE", guild.event_payload(0))
    return bot


def _deflated(payloads: Iterable[object]) -> list[bytes]:
    """Events as Discord sends them: in one stream, each of them flushed."""
    stream = zlib.compressobj()
    events = ({"op": 0, "s": number, "t": "VOICE_STATE_UPDATE", "d": one} for number, one in enumerate(payloads))
    return [stream.compress(json.dumps(event).encode()) + stream.flush(zlib.Z_SYNC_FLUSH) for event in events]


def _batch(bot: Bot, chunks: list[bytes]) -> Batch:
    loads = data_binding.default_json_loads

    def batch() -> float:
        consume, shard = bot.app.event_manager.consume_raw_event, bot.wire.shard
        inflate = zlib.decompressobj().decompress
        began_ns = processor_ns()
        for chunk in chunks:
            event: Any = loads(inflate(chunk))
            consume(event["t"], shard, event["d"])
        return (processor_ns() - began_ns) / len(chunks)

    return batch


def _check(bot: Bot, joins: int) -> None:
    """The monitor has counted every join."""
    monitor: Any = plugin.monitor_of(bot.app)
    watch = monitor._of.voice._watch
    if (watch.sessions.joins, watch.malformed) != (joins, 0):
        raise RuntimeError(f"{watch.sessions.joins} joins of {joins} were counted")
