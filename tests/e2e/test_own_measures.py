"""Measures of a bot's own, from the line that feeds them to history: exact to the unit, whatever happens to the bot."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import plugin
from examples.localdiscord import LocalDiscord
from plugin.corridor.own_series import SERIES_A_STEP
from plugin.history.store import open_store
from plugin.model import Scope
from tests.e2e.conftest import Scene, patient_discord, until
from tests.e2e.test_history import _history, bot_of, monitor_of, run, written  # noqa: F401 # a fixture
from tests.e2e.test_overview import read

ROOT = Path(__file__).parents[2]
EVER_S = 2**33


class Sold(NamedTuple):
    """What history holds of a shop."""

    counted: float
    recorded: int
    gone: float | None
    """Of all instances together."""


async def sold(bot: int, database: str = "golem.db", instance: str | None = None) -> Sold:
    """What history holds of the shop of `own_measures_child`."""
    async with await open_store(database) as store:
        scope = Scope(bot, instance)
        kinds = await store.reading.series(scope, 0, EVER_S, ['shop.sales{kind="cake"}', 'shop.sales{kind="tea"}'], 60)
        prices = await store.reading.values(scope, 0, EVER_S, "shop.price")
        (gone,) = await store.reading.added(scope, 0, EVER_S, ["shop.gone"], 86_400, 86_400)
        assert prices is not None and prices.distribution is not None and prices.distribution.total == prices.count
        counted = sum(point.values.sum for course in kinds for point in course.points)
        return Sold(counted, prices.count, gone.points[-1].values.last)


@asynccontextmanager
async def shop(discord: LocalDiscord, folder: Path, *more: str) -> AsyncGenerator[Any]:
    """A bot in a process of its own that sells."""
    words = (sys.executable, "-m", "tests.e2e.own_measures_child", discord.rest_url, discord.token, *more)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*words, cwd=folder, env=environment, stdin=pipe, stdout=pipe)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def known(child: Any, lines: int) -> int:
    """How many sales are known to be written, after so many lines."""
    return [int(await child.stdout.readline()) for _ in range(lines)][-1]


async def test_a_clean_stop_keeps_every_unit(scene: Scene, tmp_path: Path) -> None:
    """Counters, histograms and gauges of history are those of the bot when it said goodbye."""
    async with shop(scene.discord, tmp_path) as child:
        await known(child, 3)
        rest, _ = await child.communicate(b"")
        total = int(rest.split()[-1])
    assert await sold(scene.discord.application_id) == Sold(total, total, total)


async def test_a_kill_loses_one_interval_at_most(scene: Scene, tmp_path: Path) -> None:
    """All that was written is there, each sale once in each measure; a restart goes on from there."""
    async with shop(scene.discord, tmp_path) as child:
        least = await known(child, 5)
        child.kill()
        least = max([least, *map(int, (await child.stdout.read()).split())])
    first = await sold(scene.discord.application_id)
    assert first.counted >= least and first == Sold(first.counted, int(first.counted), first.counted)
    async with shop(scene.discord, tmp_path) as child:
        await known(child, 2)
        rest, _ = await child.communicate(b"")
        total = int(rest.split()[-1])
    assert await sold(scene.discord.application_id) == Sold(first.counted + total, first.recorded + total, total)


async def test_two_instances_add_up(scene: Scene, postgres_database: str, tmp_path: Path) -> None:
    """On one PostgreSQL each instance has its own sales, and the fleet their sum."""
    async with patient_discord() as elsewhere:
        elsewhere._world.application_id = scene.discord.application_id
        async with (
            shop(scene.discord, tmp_path, postgres_database, "one") as one,
            shop(elsewhere, tmp_path, postgres_database, "two") as two,
        ):
            totals = dict[str, int]()
            for name, child in (("one", one), ("two", two)):
                await known(child, 2)
                rest, _ = await child.communicate(b"")
                totals[name] = int(rest.split()[-1])
    for name, total in totals.items():
        assert await sold(scene.discord.application_id, postgres_database, name) == Sold(total, total, total)
    both = sum(totals.values())
    assert await sold(scene.discord.application_id, postgres_database) == Sold(both, both, both)


def sales_of(bot: Any) -> Any:
    """A counter of one bot alone, so that no other test adds to it."""
    return plugin.counter("kiosk.sales", bot=bot)


async def kept(name: str = "kiosk.sales") -> float:
    """What history holds of a counter."""
    async with await open_store("golem.db") as store:
        found = await store.reading.values(Scope(await bot_of(store)), 0, EVER_S, name)
        return 0 if found is None else found.sum


async def test_what_was_counted_before_the_start_counts(scene: Scene) -> None:
    """Before the extension is loaded, before the bot starts, and while it runs."""
    plugin.configure(instance="one", release="1.0.0")
    sample = scene.make()
    sales_of(sample.bot).add(5)
    await sample.load()
    sales_of(sample.bot).add(7)
    await sample.start()
    sales_of(sample.bot).add(11)
    await until(lambda: written(monitor_of(sample)))
    await monitor_of(sample).flush()
    assert await kept() == 23
    await sample.close()


async def test_an_unload_counts_nothing_twice(scene: Scene) -> None:
    """What was counted while no monitor was loaded is written by the next one, what was written before is not."""
    sample, _ = await run(scene)
    sales_of(sample.bot).add(5)
    await sample.unload()
    await until(lambda: (plugin.monitor_of(sample.bot)) is None)
    sales_of(sample.bot).add(7)
    await sample.load()
    sales_of(sample.bot).add(11)
    await until(lambda: written(monitor_of(sample)))
    await monitor_of(sample).flush()
    await sample.close()
    assert await kept() == 23


async def test_a_bot_made_anew_counts_nothing_twice(scene: Scene) -> None:
    """A process may run its bot again: measures of the process go on, and history has each unit once."""
    bought = plugin.counter("stall.bought_by_process")
    for amount in (3, 4):
        sample, monitor = await run(scene)
        bought.add(amount)
        sales_of(sample.bot).add(amount)
        await monitor.flush()
        await sample.close()
    assert (await kept(), await kept("stall.bought_by_process")) == (7, 7)


async def test_a_cut_that_is_cancelled_loses_nothing(scene: Scene) -> None:
    """A page that gives up in the middle of many series leaves all of them to be written, once."""
    sample, monitor = await run(scene)
    many = plugin.counter("kiosk.many", attributes=("kind",), maximum_series=1000, bot=sample.bot)
    for number in range(3 * SERIES_A_STEP):
        many.add(kind=str(number))
    for steps in range(8):
        page = asyncio.create_task(monitor.flush())
        for _ in range(steps):
            await asyncio.sleep(0)
        page.cancel()
        await asyncio.wait([page])
    many.add(kind="0")
    await monitor.flush()
    await sample.close()
    async with await open_store("golem.db") as store:
        scope = Scope(await bot_of(store))
        names = [kept.name for kept in await store.reading.described(scope, "kiosk.many")]
        courses = await store.reading.series(scope, 0, EVER_S, names, 60)
    assert len(names) == 3 * SERIES_A_STEP
    assert sum(point.values.sum for course in courses for point in course.points) == len(names) + 1


async def test_drops_are_told_on_health(scene: Scene) -> None:
    """What cannot be counted stands among the dropped records, by measure and reason."""
    sample, monitor = await run(scene)
    sales_of(sample.bot).add(-5)
    sales_of(sample.bot).add(float("nan"))
    assert monitor.snapshot().monitor.dropped == {"kiosk.sales: negative": 1, "kiosk.sales: NaN or infinite": 1}
    page = await read(scene, "health")
    assert "kiosk.sales: negative" in " ".join(page.split())


THRESHOLD = """
[[golem.threshold]]
measure = "kiosk.sales"
above = 40

[[golem.threshold]]
measure = "kiosk.sale"
above = 40
"""


async def test_a_threshold_of_ones_own_begins_and_ends(scene: Scene, tmp_path: Path, caplog: Any) -> None:
    """It is in the log, on the page, in the snapshot and in history, where it began and where it ended."""
    (tmp_path / "golem.toml").write_text(THRESHOLD, "utf-8")
    sample, monitor = await run(scene)
    await until(lambda: monitor._sampler._book is not None)
    sales_of(sample.bot).add(41)
    await monitor.flush()
    assert "kiosk.sales: 41 per hour is above 40 (threshold)" in caplog.messages
    (finding,) = monitor.snapshot().findings
    assert (finding.rule, finding.value, finding.threshold) == ("threshold", 41, 40)
    page = await read(scene, "performance")
    assert "Active alerts (1)" in page and "kiosk.sales > 40" in page
    assert "The bot's own systems (1)" in await read(scene, "health")
    assert "Findings (1)" in await read(scene, "performance", system="kiosk")
    await sample.close()
    async with await open_store("golem.db") as store:
        bot = await bot_of(store)
        (kept_finding,) = await store.reading.findings(Scope(bot), 0, EVER_S)
        assert kept_finding.finding.sentence == finding.sentence and kept_finding.finding.until is None


async def test_what_was_counted_without_the_monitor_crosses_no_threshold(scene: Scene, tmp_path: Path) -> None:
    """Before the first load, and between an unload and the next load: it is of a time that is not known."""
    (tmp_path / "golem.toml").write_text(THRESHOLD, "utf-8")
    plugin.configure(instance="one", release="1.0.0")
    sample = scene.make()
    sales_of(sample.bot).add(500)
    await sample.load()
    await sample.start()
    for _ in range(2):
        monitor = monitor_of(sample)
        await until(lambda monitor=monitor: written(monitor) and monitor._sampler._book is not None)
        sales_of(sample.bot).add(20)
        await monitor.flush()
        assert monitor.snapshot().findings == ()
        await sample.unload()
        await until(lambda: plugin.monitor_of(sample.bot) is None)
        sales_of(sample.bot).add(500)
        await sample.load()
    monitor = monitor_of(sample)
    await until(lambda: written(monitor) and monitor._sampler._book is not None)
    await monitor.flush()
    sales_of(sample.bot).add(41)
    await monitor.flush()
    (finding,) = monitor.snapshot().findings
    assert finding.value == 41
    await sample.close()
    assert await kept() == 3 * 500 + 2 * 20 + 41
