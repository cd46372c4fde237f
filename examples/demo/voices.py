"""What people do in voice: they get rooms, others join them, some deafen themselves or go away, and all leave."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from examples.demo.town import Town
from examples.localdiscord import Channel, Guild, Member

LONGEST_PAUSE_S = 0.03


@dataclass
class Done:
    """What happened, to be set beside what the monitor counted."""

    joins: int = 0
    moves: int = 0
    leaves: int = 0
    rooms: int = 0


class Voices:
    """People who meet in rooms of the bot."""

    def __init__(self, town: Town, seed: int = 7, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self._town = town
        self._discord = town.discord
        self._chance = random.Random(seed)
        self._longest_pause_s = longest_pause_s
        self.done = Done()

    async def run(self, meetings: int) -> Done:
        """Let people meet, in all guilds at once; returns when everybody has left."""
        guilds = self._town.guilds
        shares = [meetings // len(guilds) + (number < meetings % len(guilds)) for number in range(len(guilds))]
        await asyncio.gather(*(self._meet_often(guild, share) for guild, share in zip(guilds, shares, strict=True)))
        return self.done

    async def _meet_often(self, guild: Guild, meetings: int) -> None:
        for _ in range(meetings):
            people = [one for one in self._town.members if one.guild is guild and one.voice_channel is None]
            await self._meet(guild, self._chance.sample(people, self._chance.randint(1, 4)))

    async def _meet(self, guild: Guild, people: Sequence[Member]) -> None:
        host, *guests = people
        room = await self.open_room(host)
        for guest in guests:
            await self.join(guest, room)
            await self._pause()
        if guests and self._chance.random() < 0.5:
            await self._discord.voice(guests[0], room, self_deaf=True)
            await self._pause()
        if guests and guild.afk_channel is not None and self._chance.random() < 0.3:
            await self.move(guests[-1], guild.afk_channel)
        for member in self._chance.sample(people, len(people)):
            await self._pause()
            await self.leave(member)

    async def open_room(self, host: Member) -> Channel:
        """A member joins the lobby, and is moved by the bot to a new room."""
        await self.join(host, self._town.lobby_of(host.guild))
        await self._until(lambda: host.voice_channel is not self._town.lobby_of(host.guild))
        assert host.voice_channel is not None
        self.done.rooms += 1
        self.done.moves += 1
        return host.voice_channel

    async def join(self, member: Member, channel: Channel) -> None:
        """A member comes into voice."""
        await self._discord.voice(member, channel)
        self.done.joins += 1

    async def move(self, member: Member, channel: Channel) -> None:
        """A member goes to another channel."""
        await self._discord.voice(member, channel)
        self.done.moves += 1

    async def leave(self, member: Member) -> None:
        """A member leaves voice."""
        await self._discord.voice(member, None)
        self.done.leaves += 1

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._longest_pause_s))

    async def _until(self, condition: Callable[[], bool]) -> None:
        # Whatever the bot does comes by a request.
        await self._discord.requested(lambda _: condition())
