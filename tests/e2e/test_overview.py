"""The whole story that the pages tell: a bot is updated for the worse, and one of a fleet dies."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import plugin
from examples.localdiscord import LocalDiscord
from plugin.history.store import open_store
from plugin.model import InstanceSeen, Writer
from tests.e2e.conftest import Scene, patient_discord, until
from tests.e2e.test_history import _history, counted, monitor_of  # noqa: F401 # a fixture
from tests.e2e.test_pages import text

ROOT = Path(__file__).parents[2]
CALLS = 40
AT_ONCE = 10
WORK_S = 1.0


async def read(scene: Scene, page: str, **options: Any) -> str:
    """What a page says, without the signs that only Discord needs."""
    return text(await scene.ask(page, **options)).replace("\\", "").replace("\xa0", " ")


async def quick(context: Any) -> None:
    """What both commands do in the first release."""
    await context.respond("done")


async def slow(context: Any) -> None:
    """What the one does in the second."""
    await asyncio.sleep(WORK_S)
    await context.respond("done at last")


async def failing(_: Any) -> None:
    """What the other does in the second."""
    prices: dict[str, int] = {}
    _ = prices["never shown"]


async def released(scene: Scene, release: str, work: Any, trade: Any, **given: Any) -> tuple[Any, Any]:
    """A running bot of a release with two commands of its own, each called often."""
    plugin.configure(instance="one", release=release, **given)
    sample = scene.make()
    sample.add("work", work)
    sample.add("trade", trade)
    await sample.load()
    await sample.start()
    await scene.discord.registered("work")
    for name in ("work", "trade"):
        for _ in range(CALLS // AT_ONCE):
            await scene.discord.burst(scene.member, name, count=AT_ONCE, guild=scene.guild)
        await until(lambda name=name: counted(sample, name) == CALLS)
    monitor = monitor_of(sample)
    await until(lambda: monitor._keeper._archive is not None)
    await monitor.tick()
    await monitor.flush()
    return sample, monitor


@pytest.fixture(autouse=True)
def _details_for_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLEM_DETAILS", "readers")


async def test_an_update_for_the_worse_is_told_on_every_page(scene: Scene) -> None:
    """After an update, the pages say which command is slower, which fails, where, and since which release."""
    sample, _ = await released(scene, "1.0", quick, quick)
    await sample.close()
    await released(scene, "2.0", slow, failing)

    health = await read(scene, "health")
    assert "**Since 2.0, after 1.0**" in health
    assert "/trade: fails 0 % → 100 % since 2.0" in health
    assert "/work: p95 " in health
    assert "**Errors since 2.0**" in health
    assert f"KeyError ×{CALLS}" in health
    assert "first seen " in health and "test_overview.py" in health

    performance = await read(scene, "performance")
    assert "all time" in performance
    assert f"commands  {2 * CALLS:>10}{4 * CALLS:>10}" in performance
    over = await read(scene, "performance", period="1h")
    assert "Performance, last hour" in over
    assert f"   Commands  {4 * CALLS:>8}" in over
    assert "🔴 Error rate    25 %" in over

    command = await read(scene, "commandstats", command="/work", period="1h")
    assert "since 2.0" in " ".join(command.split())
    assert not scene.discord.refusals


@asynccontextmanager
async def another(discord: LocalDiscord, database: str, folder: Path, name: str = "two") -> AsyncGenerator[Any]:
    """A second instance in a process of its own, which can be killed."""
    words = (sys.executable, "-m", "tests.e2e.history_child", discord.rest_url, discord.token, database, name)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(
        *words, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        assert child.stdout is not None
        await child.stdout.read()
        await child.wait()


async def seen(database: str, bot: int, found: Callable[[dict[str, InstanceSeen]], object]) -> dict[str, InstanceSeen]:
    """The instances in a database, once something holds of them."""

    async def look() -> dict[str, InstanceSeen]:
        return {instance.name: instance for instance in await store.fleet.instances(bot)}

    async with await open_store(database) as store:
        while not found(instances := await look()):  # noqa: ASYNC110 # a database announces nothing
            await asyncio.sleep(0.05)
        return instances


async def backdate(database: str, bot: int, instance: InstanceSeen, seconds: float) -> None:
    """Move the last sign of life back, as if that much time had passed."""
    async with await open_store(database) as store:
        writer = Writer(bot, instance.name, instance.boot, instance.release)
        await store.fleet.beat(writer, time.time() - seconds, instance.shards, instance.status)


async def test_a_fleet_is_seen_and_one_that_is_killed_is_dead(
    scene: Scene, postgres_database: str, tmp_path: Path
) -> None:
    """Two instances on one PostgreSQL are both seen; one that is killed is dead, with its last words."""
    async with patient_discord() as elsewhere:
        elsewhere._world.application_id = bot = scene.discord.application_id
        guild = elsewhere.add_guild("Elsewhere")
        async with another(elsewhere, postgres_database, tmp_path) as child:
            await elsewhere.registered("ping")
            await elsewhere.connected()
            await elsewhere.slash(guild.add_member("eve"), "ping", guild=guild)
            assert await child.stdout.readline()
            await released(scene, "1.0.0", quick, quick, database=postgres_database)
            both = await seen(
                postgres_database, bot, lambda found: {"one", "two"} <= found.keys() and found["two"].shards
            )
            page = await read(scene, "health", scope="fleet")
            assert "2 instances running." in page
            assert "🟢 one                 running" in page and "🟢 two                 running" in page
            assert f"   Commands  {2 * CALLS + 1:>8}" in await read(scene, "performance", scope="fleet")
            child.kill()
        await backdate(postgres_database, bot, both["two"]._replace(status="memory 81 MB, 0 alerts"), 240)
    page = await read(scene, "health", scope="fleet")
    assert "`two` is dead" in page and "1 instance running." in page
    assert "its shards run elsewhere" in page and "🟡 two                    dead" in page
    assert "last status: memory 81 MB" in page
    assert "🟡 1 dead, 1 running" in await read(scene, "performance")


PATIENT = {
    "cpu_threshold_percent": 6400,
    "latency_target_ms": 60_000,
    "latency_threshold_ms": 60_000,
    "loop_watch": False,
}
"""Settings with which a busy machine is no reason for anything."""


async def test_a_bot_that_was_killed_says_so_on_every_page(scene: Scene, tmp_path: Path) -> None:
    """After a kill all pages have one status, which tells of it; two tell when, for how long, and the last words."""
    database = str(tmp_path / "golem.db")
    async with patient_discord() as elsewhere:
        elsewhere._world.application_id = scene.discord.application_id
        guild = elsewhere.add_guild("Elsewhere")
        async with another(elsewhere, database, tmp_path, "one") as child:
            await elsewhere.registered("ping")
            await elsewhere.connected()
            await elsewhere.slash(guild.add_member("eve"), "ping", guild=guild)
            assert await child.stdout.readline()
            child.kill()
    async with await open_store(database) as store, store._database.writing() as connection:
        await connection.execute("UPDATE golem_boots SET started = started - 900, last_seen = last_seen - 300", {})
    plugin.configure(instance="one", database=database, **PATIENT)
    await scene.run()
    pages = [
        ("performance", {}),
        ("cogstats", {}),
        ("commandstats", {}),
        ("health", {}),
        ("performance", {"period": "1h"}),
    ]
    pages += [("commandstats", {"command": "/ping"}), ("cogstats", {"period": "24h"}), ("health", {"scope": "fleet"})]
    for page, options in pages:
        said = await read(scene, page, **options)
        status, reason, *_ = said.splitlines()[1:]
        assert status == "**Your bot works, with warnings.**", (page, options)
        assert re.match(r"• unclean shutdown \d+ min ago \(down for up to \d+ min\)", reason), (page, options)
    for page in ("performance", "health"):
        said = await read(scene, page)
        assert re.search(r"\*\*Unclean shutdown\*\*\nLast seen <t:\d+:R>, down for up to \d+ min\.", said)
        assert "Last status: memory " in said
    over = await read(scene, "performance", period="1h")
    assert "🔴 Running " in over and re.search(r"Down for \d+ min: 1 unclean shutdown\.", over)


async def test_a_clean_stop_is_no_death(scene: Scene, tmp_path: Path) -> None:
    """A bot that said goodbye and came back is well, and the time between counts as away."""
    plugin.configure(instance="one", database=(database := str(tmp_path / "golem.db")))
    sample = await scene.run()
    await until(lambda: monitor_of(sample)._keeper._archive is not None)
    await monitor_of(sample).flush()
    await sample.close()
    async with await open_store(database) as store, store._database.writing() as connection:
        moved = "started = started - 900, last_seen = last_seen - 300, left_at = left_at - 300"
        await connection.execute(f"UPDATE golem_boots SET {moved}", {})
    await scene.run()
    assert "nclean" not in await read(scene, "health") + await read(scene, "performance")
    over = await read(scene, "performance", period="1h")
    assert "   Running " in over and re.search(r"Down for \d+ min\.", over)


async def test_a_process_whose_goodbye_is_missing_did_not_die_while_it_lives(scene: Scene, tmp_path: Path) -> None:
    """Where history was away at an unload, the reload in the same process tells of no death."""
    plugin.configure(instance="one", database=(database := str(tmp_path / "golem.db")), **PATIENT)
    sample = await scene.run()
    await until(lambda: monitor_of(sample)._keeper._archive is not None)
    await monitor_of(sample).flush()
    archive = monitor_of(sample)._keeper._archive
    await sample.unload()
    await archive.ended()
    async with await open_store(database) as store, store._database.writing() as connection:
        await connection.execute("UPDATE golem_boots SET left_at = NULL, last_seen = last_seen - 300", {})
    await sample.load()
    await sample.sync()
    state = await _known(sample)
    assert state.death is None
    assert not [reason for reason in monitor_of(sample).health().reasons if "unclean" in reason]


async def _known(sample: Any) -> Any:
    """How it stands with history, once it is open."""
    await until(lambda: monitor_of(sample)._keeper._archive is not None)
    await monitor_of(sample).flush()
    return monitor_of(sample).snapshot().monitor.history
