"""A bot that makes rooms until it is killed or told to stop.

`python -m tests.e2e.voice_child REST_URL TOKEN` writes a line each time that what it counted is known to be in the
database: joins, sessions that ended, members in voice, and rooms removed. At the end of its input it stops cleanly.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import hikari

import plugin
from examples.voice_rooms import Rooms
from plugin.corridor.bot_measures import measures_of
from plugin.own_measures import Distribution
from tests.e2e.history_child import Discord, SampleBot


def counted(bot: object) -> tuple[int, ...]:
    """Joins, sessions that ended, members in voice, rooms removed."""
    found: dict[str, float] = {}
    for registry in measures_of(bot):
        for measure, _, value in registry.read():
            number = value.number if isinstance(value, Distribution) else value
            found[measure.name] = found.get(measure.name, 0) + number
    names = ("joins", "sessions", "members", "channels_removed")
    return tuple(int(found.get(f"voice.{name}", 0)) for name in names)


async def main(rest_url: str, token: str) -> None:
    """Count and write again and again, and say how much is written."""
    plugin.configure(instance="one", release="1.0.0", database="golem.db")
    sample = SampleBot(Discord(rest_url, token), logs=None)
    rooms = Rooms()
    sample.bot.subscribe(hikari.VoiceStateUpdateEvent, rooms.on_voice_state)
    sample.bot.subscribe(hikari.GuildAvailableEvent, rooms.on_guild_available)
    await sample.load()
    await sample.start()
    monitor: Any = plugin.monitor_of(sample.bot)
    stopping = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    while not stopping.done():
        before = counted(sample.bot)
        begun = monitor._keeper._archive is not None  # or a flush has nowhere to write to yet
        await monitor.flush()
        state = monitor.snapshot().monitor.history
        if begun and state is not None and not state.waiting and state.problem is None:
            sys.stdout.write(" ".join(map(str, before)) + "\n")
            sys.stdout.flush()
        await asyncio.sleep(0.01)
    await sample.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
