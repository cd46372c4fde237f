"""What people write in the text channels, beside their commands."""

from __future__ import annotations

import asyncio
import random

from examples.demo.town import Town

LONGEST_PAUSE_S = 0.02
TEXTS = ("Good morning!", "Has anybody seen my lantern?", "Chess at eight?", "Yes", "No", "😀")


class Talk:
    """People who write messages."""

    def __init__(self, town: Town, seed: int = 5, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self._town = town
        self._chance = random.Random(seed)
        self._longest_pause_s = longest_pause_s

    async def run(self, messages: int) -> int:
        """Write this many messages; returns how many people wrote, each in each server by itself."""
        writers = set[tuple[int, int]]()
        for _ in range(messages):
            member = self._chance.choice(self._town.members)
            await self._town.discord.message(member, member.guild.text_channel, self._chance.choice(TEXTS))
            writers.add((member.guild.id, member.user.id))
            await asyncio.sleep(self._chance.uniform(0, self._longest_pause_s))
        return len(writers)
