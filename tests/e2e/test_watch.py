"""A bot in a process of its own is watched from outside, whatever becomes of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from plugin.history.address import parse
from plugin.history.errors import StoreError
from plugin.history.life_signs import life_signs
from plugin.history.opening import open_database
from plugin.insight.vitals import read_vitals
from plugin.model import LifeSign
from tests.e2e.conftest import Scene
from tests.watch.conftest import Watcher, address, sink, watcher  # noqa: F401 # fixtures

ROOT = Path(__file__).parents[2]
START_S = 200.0
GONE, BACK = "🔴 No sign of life from the bot (one)", "🟢 The bot (one) is back"


class Watched:
    """A bot that runs in a process of its own, and who watches it."""

    def __init__(self, scene: Scene, by: Watcher) -> None:
        self.scene = scene
        self.watcher = by

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A bot that runs and has been seen."""
        discord, before = self.scene.discord, await self.signs()
        words = (sys.executable, "-m", "tests.e2e.watched_child", discord.rest_url, discord.token, self.watcher.address)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=asyncio.subprocess.DEVNULL)
        try:
            async with asyncio.timeout(START_S):
                await self.until(lambda signs: len(signs) > len(before) and all(sign.status for sign in signs))
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def signs(self) -> tuple[LifeSign, ...]:
        """What stands in the database; nothing before there is one."""
        try:
            database = await open_database(parse(self.watcher.address), as_it_is=True)
        except StoreError:
            return ()
        try:
            return await life_signs(database, None)
        finally:
            await database.close()

    async def until(self, holds: Callable[[tuple[LifeSign, ...]], bool]) -> None:
        """Wait until something holds of all signs."""
        while not holds(await self.signs()):  # noqa: ASYNC110 # another process announces nothing
            await asyncio.sleep(0.001)

    async def look_while(self, moves: Callable[[LifeSign], object], times: int = 12) -> list[str]:
        """Look again and again, each time when something of the bot has moved; returns what was told."""
        told: list[str] = []
        for _ in range(times):
            before = [moves(sign) for sign in await self.signs()]
            await self.until(lambda signs, before=before: [moves(sign) for sign in signs] != before)
            told += await self.watcher.look()
        return told


@pytest.fixture
def watched(scene: Scene, watcher: Watcher) -> Watched:  # noqa: F811 # the fixture
    """One that is not begun."""
    return Watched(scene, watcher)


def beat(sign: LifeSign) -> object:
    """Moves while the loop does."""
    return sign.last_seen


async def test_a_bot_that_is_killed_is_gone_until_it_runs_again(watched: Watched) -> None:
    """Its last words are told; while it runs, nothing is."""
    async with watched.bot() as process:
        assert await watched.look_while(beat) == []
        process.kill()
        await process.wait()
        assert await watched.watcher.look(times=12) == [GONE]
        assert "Last status: memory " in watched.watcher.last["message"]
    async with watched.bot():
        assert await watched.look_while(beat) == [BACK]


async def test_a_bot_whose_loop_is_blocked_is_frozen(watched: Watched) -> None:
    """Its process lives, and says so; when the loop moves on, it is back."""
    scene = watched.scene
    async with watched.bot():
        assert await watched.look_while(beat) == []
        await scene.discord.registered("freeze", timeout_s=START_S)
        await scene.discord.slash(scene.member, "freeze", guild=scene.guild)
        await watched.until(lambda signs: read_vitals(signs[0].status).blocked)
        assert await watched.look_while(lambda sign: sign.status) == ["🔴 The bot (one) is frozen"]
        await asyncio.to_thread(Path("thaw").touch)
        assert await watched.look_while(beat) == [BACK]


async def test_a_bot_that_loses_discord_is_deaf(watched: Watched) -> None:
    """Its loop moves on without a connection; with one it is back."""
    scene = watched.scene
    async with watched.bot():
        assert await watched.look_while(beat) == []
        scene.discord.refuse_connections()
        await scene.discord.close_shard(0)
        await watched.until(lambda signs: bool(read_vitals(signs[0].status).deaf))
        assert await watched.look_while(beat) == ["🔴 The bot (one) is not connected to Discord"]
        scene.discord.refuse_connections(False)
        await watched.until(lambda signs: not read_vitals(signs[0].status).deaf)
        assert await watched.look_while(beat) == [BACK]


async def test_a_bot_that_shuts_down_is_no_alarm(watched: Watched) -> None:
    """Whoever has stopped it knows."""
    async with watched.bot() as process:
        assert await watched.look_while(beat) == []
        process.terminate()
        await process.wait()
        assert await watched.watcher.look(times=40) == []
        assert (await watched.signs())[0].left


async def test_a_quick_restart_is_no_alarm(watched: Watched) -> None:
    """Even after a kill."""
    async with AsyncExitStack() as running:
        for _ in range(2):
            process = await running.enter_async_context(watched.bot())
            assert await watched.look_while(beat) == []
            process.kill()
            await process.wait()
            assert await watched.watcher.look(times=6) == []
    assert await watched.watcher.look(times=3) == [GONE]
