"""Voice through the death of the bot's process: what history holds is what the bot has seen, to the unit."""

from __future__ import annotations

import contextlib
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, NamedTuple

from examples.demo.town import Town
from examples.demo.voices import Voices
from examples.localdiscord import LocalDiscord
from plugin.history.store import open_store
from plugin.model import Scope

ROOT = Path(__file__).parents[2]
EVER_S = 1 << 33


class Counted(NamedTuple):
    """What the bot says that it has written."""

    joins: int
    ended: int
    members: int
    removed: int


@contextlib.asynccontextmanager
async def bot(discord: LocalDiscord, folder: Path) -> AsyncGenerator[Any]:
    """The bot in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLEM_")}
    words = [sys.executable, "-m", "tests.e2e.voice_child", discord.rest_url, discord.token]
    child = await create_subprocess_exec(
        *words, cwd=folder, env={**kept, "PYTHONPATH": str(ROOT)}, stdin=PIPE, stdout=PIPE
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def written(child: Any, holds: Callable[[Counted], bool]) -> Counted:
    """What is written, as soon as something holds of it."""
    while line := await child.stdout.readline():
        counted = Counted(*map(int, line.split()))
        if holds(counted):
            return counted
    raise AssertionError("the bot has ended")


async def kept(discord: LocalDiscord, name: str) -> tuple[float, float]:
    """How many values history holds of a measure, all series together, and their sum."""
    async with await open_store("golem.db") as store:
        scope = Scope(discord.application_id)
        names = [one.name for one in await store.reading.described(scope, f"voice.{name}")]
        found = [await store.reading.values(scope, 0, EVER_S, one) for one in names]
    return sum(one.count for one in found if one), sum(one.sum for one in found if one)


async def test_a_kill_loses_nothing_that_was_written(discord: LocalDiscord, tmp_path: Path) -> None:
    """Each join and each session that ended is counted once, before a kill and after it; time is not told twice."""
    town = Town(discord)
    voices = Voices(town, longest_pause_s=0.002)
    done = voices.done
    host, *guests = [member for member in town.members if member.guild is town.home]
    async with bot(discord, tmp_path) as child:
        await written(child, lambda _: True)
        await voices.run(9)
        room = await voices.open_room(host)
        for guest in guests[:3]:
            await voices.join(guest, room)
        await written(child, lambda seen: seen == Counted(done.joins, done.leaves, 4, 9))
        child.kill()
        await child.wait()
    assert (await kept(discord, "joins"))[1] == done.joins
    assert (await kept(discord, "sessions"))[0] == done.leaves
    await voices.leave(guests[0])  # nobody sees this, nor the next
    await voices.join(guests[5], room)
    async with bot(discord, tmp_path) as child:
        await written(child, lambda seen: seen.members == 4)
        await voices.run(6)
        for member in (host, guests[1], guests[2], guests[5]):
            await voices.leave(member)
        await written(child, lambda seen: seen.members == 0 and seen.removed == 6 + 1)
        await child.communicate(b"")
    number, seconds = await kept(discord, "sessions")
    assert (await kept(discord, "joins"))[1] == done.joins - 1
    assert number == done.leaves - 1
    happened = {"moves": done.moves, "channels_created": done.rooms, "channels_removed": done.rooms}
    assert {measure: (await kept(discord, measure))[1] for measure in happened} == happened
    # The time of the four whom the kill cut off was written, too, up to the last cut.
    assert (await kept(discord, "time"))[1] > seconds


async def test_a_clean_stop_closes_every_session(discord: LocalDiscord, tmp_path: Path) -> None:
    """Sessions that run when the bot stops are in history as ended, and their time is all there is."""
    town = Town(discord)
    voices = Voices(town, longest_pause_s=0.002)
    async with bot(discord, tmp_path) as child:
        await written(child, lambda _: True)
        await voices.run(3)
        await voices.open_room(town.members[0])
        await written(child, lambda seen: (seen.joins, seen.members) == (voices.done.joins, 1))
        await child.communicate(b"")
    number, seconds = await kept(discord, "sessions")
    assert number == voices.done.leaves + 1 == voices.done.joins
    assert abs((await kept(discord, "time"))[1] - seconds) < 1e-6
