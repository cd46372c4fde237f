"""What happens to history when something goes wrong: a kill, a server that is away, a full disk, a clock that jumps."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import plugin
from plugin.corridor import minutes, sampling
from plugin.history import sqlite
from plugin.history.store import open_store
from plugin.model import Scope
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, bot_of, counted, kept, monitor_of, run  # noqa: F401 # a fixture
from tests.e2e.test_schedule import Clock
from tests.history.postgres import Postgres

ROOT = Path(__file__).parents[2]
HOUR_S = 3600


async def test_a_killed_bot_loses_one_interval_at_most(scene: Scene, tmp_path: Path) -> None:
    """Killed in the middle of traffic, a bot leaves a file that opens and holds all that it was told is written."""
    words = (sys.executable, "-m", "tests.e2e.history_child", scene.discord.rest_url, scene.discord.token)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(
        *words, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert child.stdout is not None
    known = 0
    try:
        await scene.discord.registered("ping", timeout_s=100)
        await scene.discord.connected()
        for _ in range(40):
            await scene.call("ping")
        known = int(await child.stdout.readline())
        await scene.discord.burst(scene.member, "ping", count=20, guild=scene.guild)
    finally:
        child.kill()
        known = max([known, *map(int, (await child.stdout.read()).split())])
        await child.wait()
    assert known <= (await kept())["ping"].outcomes[0] <= 60
    sample, _ = await run(scene, release="2.0.0")
    async with await open_store("golem.db") as store:
        bot = await bot_of(store)
        assert [seen.name for seen in await store.fleet.releases(bot)] == ["2.0.0", "1.0.0"]
        assert [seen.release for seen in await store.fleet.instances(bot)] == ["2.0.0"]
    await sample.close()


async def test_a_log_that_was_deleted_costs_a_killed_bot_nothing(scene: Scene, tmp_path: Path) -> None:
    """Without its write-ahead log the file is given up for a copy within two flushes, and a kill then loses nothing."""
    words = (sys.executable, "-m", "tests.e2e.history_child", scene.discord.rest_url, scene.discord.token)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(
        *words, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert child.stdout is not None
    try:
        await scene.discord.registered("ping", timeout_s=100)
        await scene.discord.connected()
        for _ in range(85):
            await scene.call("ping")
        while int(await child.stdout.readline()) < 85:
            pass
        unlink(tmp_path / "golem.db-wal")
        for _ in range(3):  # one may be on its way, so that two flushes begin after this
            await child.stdout.readline()
    finally:
        child.kill()
        await child.communicate()
    assert (await kept())["ping"].outcomes == (85, 0, 0, 0)
    assert [name for name in os.listdir(tmp_path) if name.startswith("golem.db.damaged-20")]


def unlink(path: Path) -> None:
    path.unlink()


async def test_a_container_that_is_made_anew_has_its_past(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no setting names the instance, a new name of the host goes on with what the host before kept."""
    caplog.set_level(logging.INFO, "plugin")
    for calls, host in enumerate(("3f2a9c1b7d4e", "a01b2c3d4e5f"), 1):
        monkeypatch.setattr(socket, "gethostname", lambda host=host: host)
        sample, monitor = await run(scene, instance="")
        await scene.call("ping")
        await until(lambda sample=sample: counted(sample, "ping") == 1)
        await monitor.flush()
        assert (await kept(scope=monitor.scope()))["ping"].outcomes[0] == calls
        await sample.close()
    assert "history continues under the previous host name, 3f2a9c1b7d4e" in caplog.messages


@pytest.fixture
def server() -> Any:
    """A PostgreSQL that a test may stop."""
    server = Postgres()
    yield server
    server.remove()


async def test_a_server_that_was_away_is_caught_up_with(
    scene: Scene, server: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """While PostgreSQL is away the bot goes on and says since when; back again, it has everything once."""
    sample, monitor = await run(scene, database=server.address)
    await scene.call("ping")
    await until(lambda: counted(sample, "ping") == 1)
    await monitor.flush()
    server.stop()
    for calls in (2, 3, 4):
        await scene.call("ping")
        await until(lambda calls=calls: counted(sample, "ping") == calls)
        await monitor.flush()
    state = monitor.snapshot().monitor.history
    assert state.waiting == 3 and state.failing_since is not None and state.problem
    assert len([line for line in caplog.messages if "buffering in memory" in line]) == 1
    server.start()
    await monitor.flush()
    assert monitor.snapshot().monitor.history.waiting == 0
    await sample.close()
    assert (await kept(server.address))["ping"].outcomes == (4, 0, 0, 0)


async def test_a_full_disk_is_said_and_survived(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the disk is full the state says so and nothing is lost; with room again all is written."""
    clock = Clock()
    monkeypatch.setattr(minutes, "time", clock)
    sample, _ = await run(scene)
    await sample.close()
    pages = (tmp_path / "golem.db").stat().st_size // 4096
    with monkeypatch.context() as disk:
        disk.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, f"PRAGMA max_page_count={pages}"))
        sample, monitor = await run(scene)
        await scene.call("ping")
        await until(lambda: counted(sample, "ping") == 1)
        while not monitor.snapshot().monitor.history.problem:
            clock.advance(60)  # another minute, which needs room of its own
            await monitor.flush()
    state = monitor.snapshot().monitor.history
    assert "the disk is full: free some space" in state.problem and state.waiting
    archive: Any = monitor._keeper._archive
    await archive._thread.run(archive._writer.store.close)  # its connections have the limit; the next ones have none
    await monitor.flush()
    assert monitor.snapshot().monitor.history.problem is None
    await sample.close()
    assert (await kept())["ping"].outcomes == (1, 0, 0, 0)


class WallClock(Clock):
    """A wall clock that is set anew, as no other is."""

    def monotonic(self) -> float:
        return time.monotonic()


@pytest.mark.parametrize("jumps", [(2 * HOUR_S, -3 * HOUR_S), (-HOUR_S, 5), (40 * 24 * HOUR_S, 0)], ids=str)
async def test_a_clock_that_jumps_doubles_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, jumps: tuple[int, ...]
) -> None:
    """Whichever way the wall clock jumps, every invocation and sample is in one minute, and none is negative."""
    clock = WallClock()
    monkeypatch.setattr(minutes, "time", clock)
    monkeypatch.setattr(sampling, "time", clock)
    sample, monitor = await run(scene)
    await until(lambda: monitor.snapshot().samples)
    for number, jump in enumerate((0, *jumps, 61), 1):
        clock.advance(jump)
        await scene.call("ping")
        await until(lambda number=number: counted(sample, "ping") == number)
        await monitor.tick()
        await monitor.flush()
    total, samples = counted(sample, "ping"), monitor.snapshot().samples
    assert [one.at for one in samples] == sorted(one.at for one in samples)
    await sample.close()
    assert (await kept())["ping"].outcomes == (total, 0, 0, 0)
    with sqlite3.connect("golem.db") as connection:
        rows = connection.execute("SELECT at, ok FROM golem_commands_minute").fetchall()
        series = connection.execute("SELECT count FROM golem_series_minute WHERE name = 'threads'").fetchall()
    connection.close()
    assert sum(ok for _, ok in rows) == total and min(ok for _, ok in rows) > 0
    assert len({at for at, _ in rows}) == len(rows)
    assert sum(count for (count,) in series) == len(samples)


async def test_a_schema_from_the_future_is_left_alone(
    scene: Scene, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """A file that a later version wrote is not touched, and the log says what to do."""
    async with await open_store("golem.db"):
        pass
    with sqlite3.connect("golem.db") as connection:
        connection.execute("INSERT INTO golem_schema VALUES (1000)")
    connection.close()
    before = (tmp_path / "golem.db").read_bytes()
    plugin.configure(instance="one")
    sample = await scene.run()
    await until(lambda: monitor_of(sample).snapshot().monitor.history.problem)
    assert "a later version" in caplog.text
    await scene.call("ping")
    await sample.close()
    assert (tmp_path / "golem.db").read_bytes() == before


async def test_two_instances_never_count_twice(scene: Scene, server: Postgres) -> None:
    """Two processes of one bot share a database: each has its own counts, and the fleet has their sum."""
    first, _ = await run(scene, database=server.address)
    await scene.call("ping")
    await until(lambda: counted(first, "ping") == 1)
    await first.close()
    second, monitor = await run(scene, database=server.address, instance="two")
    for calls in (1, 2):
        await scene.call("ping")
        await until(lambda calls=calls: counted(second, "ping") == calls)
    await monitor.flush()
    bot = monitor.scope().bot
    sums = {name: (await kept(server.address, Scope(bot, name)))["ping"].outcomes[0] for name in ("one", "two", None)}
    assert sums == {"one": 1, "two": 2, None: 3}
    await second.close()
