"""History: what a bot counted is kept, whatever happens to the bot."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import plugin
from plugin.corridor import cutting
from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.loop_thread import THREADS
from plugin.history.store import open_store
from plugin.model import CommandKey, CommandKind, CommandTotals, Outcome, Scope
from tests.e2e.conftest import Scene, until

DAY_S = 86_400


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """History is kept as it is by default."""
    monkeypatch.delenv("GOLEM_DATABASE")


def monitor_of(sample: Any) -> Any:
    """The monitor of a bot, which is there."""
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None
    return monitor


async def run(scene: Scene, **given: Any) -> tuple[Any, Any]:
    """A running bot and its monitor, which has written its first batch."""
    plugin.configure(**{"instance": "one", "release": "1.0.0", **given})
    sample = await scene.run()
    monitor = monitor_of(sample)
    await until(lambda: written(monitor))
    await monitor.flush()
    return sample, monitor


def written(monitor: Any) -> bool:
    """Whether all that was cut is in the database."""
    state = monitor.snapshot().monitor.history
    return monitor._keeper._archive is not None and state.waiting == 0 and state.problem is None


async def kept(database: str | Path = "golem.db", scope: Scope | None = None) -> dict[str, CommandTotals]:
    """What a database holds of every command, by its name."""
    async with await open_store(str(database)) as store:
        found = await store.reading.all_time(scope or Scope(await bot_of(store)))
    return {totals.key.name: totals for totals in found}


async def bot_of(store: Any) -> int:
    """The one bot in a store."""
    async with store._database.reading() as connection:
        ((bot,),) = await connection.rows("SELECT bot FROM golem_instances")
        return int(bot)


async def test_what_was_counted_is_kept_when_the_bot_stops(scene: Scene) -> None:
    """A bot that is closed writes all that it counted, and leaves with a goodbye."""
    sample, _ = await run(scene)
    for _ in range(3):
        await scene.call("ping")
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await until(lambda: monitor_of(sample).snapshot().samples and counted(sample, "boom"))
    await sample.close()
    totals = await kept()
    assert totals["ping"].outcomes == (3, 0, 0, 0)
    assert totals["boom"].outcomes[Outcome.ERROR] == 1
    async with await open_store("golem.db") as store:
        bot = await bot_of(store)
        now = int(time.time())
        (instance,) = await store.fleet.instances(bot)
        assert (instance.name, instance.release, instance.left is not None) == ("one", "1.0.0", True)
        (error,) = await store.reading.errors(Scope(bot), now - DAY_S, now + 60)
        assert error.count == 1 and error.first_release == "1.0.0" and error.place is not None
        (memory,) = await store.reading.series(Scope(bot), now - 3600, now + 60, ["memory_bytes"], 60)
        assert memory.points and memory.points[-1].values.minimum > 1_000_000


def counted(sample: Any, name: str) -> int:
    """How often a command was counted."""
    commands = monitor_of(sample).snapshot().commands
    return sum(command.invocations for command in commands if command.key.name == name)


async def test_counts_go_on_after_a_restart(scene: Scene) -> None:
    """What two runs of a bot counted adds up, and nothing is counted twice however often it is written."""
    for calls in (2, 3):
        sample, monitor = await run(scene)
        for _ in range(calls):
            await scene.call("ping")
            await monitor.flush()
        await until(lambda sample=sample, calls=calls: counted(sample, "ping") == calls)
        await monitor.flush()
        await sample.close()
    assert (await kept())["ping"].outcomes == (5, 0, 0, 0)


async def test_the_log_says_where_it_is_kept(scene: Scene, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """The file that is created is named with its whole path, and the setting that names it."""
    caplog.set_level(logging.INFO, "plugin")
    await run(scene)
    assert f"history is kept in {tmp_path / 'golem.db'} (setting database)" in caplog.messages
    assert (tmp_path / "golem.db").exists()


async def test_the_database_says_nothing_in_the_bots_log(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that logs everything reads nothing of what the monitor's own loop does."""
    monkeypatch.setattr(logging, "logThreads", False)  # as hikari does where it sets the bot's logging up
    caplog.set_level(logging.DEBUG)
    sample, monitor = await run(scene)
    await monitor.flush()
    await sample.close()
    assert [one for one in caplog.records if one.name.startswith("asyncio") and "selector" in one.getMessage()] == []


async def test_history_can_be_asked_while_the_bot_runs(scene: Scene) -> None:
    """A question is answered with what was counted up to now."""
    sample, monitor = await run(scene)
    await scene.call("ping")
    await until(lambda: counted(sample, "ping"))
    await monitor.flush()
    found = await monitor.ask(lambda store: store.reading.all_time(monitor.scope()))
    assert [(totals.key.name, totals.outcomes[0]) for totals in found] == [("ping", 1)]


async def test_a_page_that_gives_up_loses_nothing(scene: Scene) -> None:
    """A question that is cancelled in the middle of the writing that it began leaves all of it to be written."""
    sample, monitor = await run(scene)
    keys = [CommandKey(CommandKind.SLASH, f"buy {number}", None) for number in range(3 * cutting.COMMANDS_A_STEP)]
    for key in keys:
        monitor.command(key).record(Outcome.OK, 0, 0, 1)
    page = asyncio.create_task(monitor.flush())
    await asyncio.sleep(0)
    page.cancel()
    await asyncio.wait([page])
    for key in keys[::2]:
        monitor.command(key).record(Outcome.OK, 0, 0, 1)
    await sample.close()
    found = await kept()
    assert [found[key.name].outcomes[0] for key in keys] == [2, 1] * (len(keys) // 2)


async def test_switched_off_no_file_is_made(scene: Scene, tmp_path: Path) -> None:
    """Without a database nothing is written, and a question is told why it has no answer."""
    plugin.configure(database="")
    sample = await scene.run()
    await scene.call("ping")
    with pytest.raises(HistoryUnavailable, match="switched off"):
        await monitor_of(sample).ask(lambda store: store.reading.all_time(monitor_of(sample).scope()))
    assert os.listdir(tmp_path) == [] and monitor_of(sample).snapshot().monitor.history is None


async def test_an_unload_leaves_no_thread(scene: Scene) -> None:
    """After an unload the threads of history have ended, and the file holds what was counted."""
    before = set(threading.enumerate())
    sample, _ = await run(scene)
    await scene.call("ping")
    await until(lambda: counted(sample, "ping"))
    await sample.unload()
    await until(
        lambda: not [one for one in threading.enumerate() if one.name.startswith(THREADS) and one not in before]
    )
    assert (await kept())["ping"].outcomes == (1, 0, 0, 0)


async def test_a_file_that_is_no_database_is_left_alone(
    scene: Scene, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """A file of something else is not touched; the log and the state say so, and the bot is measured all the same."""
    (tmp_path / "golem.db").write_text("a diary, not a database\n" * 100)
    plugin.configure(instance="one")
    sample = await scene.run()
    await until(lambda: monitor_of(sample).snapshot().monitor.history.problem)
    await scene.call("ping")
    await until(lambda: counted(sample, "ping"))
    assert "it is not an SQLite database" in monitor_of(sample).snapshot().monitor.history.problem
    assert len([line for line in caplog.messages if "not an SQLite database" in line]) == 1
    await sample.close()
    assert (tmp_path / "golem.db").read_text() == "a diary, not a database\n" * 100


async def test_what_waited_is_written_once_the_database_is_there(scene: Scene, tmp_path: Path) -> None:
    """While the database cannot be opened counts wait in memory; nothing is lost and nothing doubled afterwards."""
    (tmp_path / "away").write_text("in the place of the folder")
    plugin.configure(database=str(tmp_path / "away" / "golem.db"))
    sample = await scene.run()
    monitor = monitor_of(sample)
    await until(lambda: monitor.snapshot().monitor.history.problem)
    for _ in range(3):
        await scene.call("ping")
        await monitor.flush()
    await until(lambda: counted(sample, "ping") == 3)
    await monitor.flush()
    state = monitor.snapshot().monitor.history
    assert state.waiting >= 3 and state.failing_since is not None
    (tmp_path / "away").unlink()
    (tmp_path / "away").mkdir()
    await monitor.flush()
    state = monitor.snapshot().monitor.history
    assert (state.waiting, state.failing_since, state.problem) == (0, None, None)
    assert (await kept(tmp_path / "away" / "golem.db"))["ping"].outcomes == (3, 0, 0, 0)


async def test_an_address_that_no_store_has_is_one_line(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """An address that no store has is said once, without its password; the bot is measured all the same."""
    plugin.configure(database="postgresql://me:s3cret@host/db?application_name=x")
    sample = await scene.run()
    await until(lambda: monitor_of(sample).snapshot().monitor.history.problem)
    await scene.call("ping")
    assert "s3cret" not in caplog.text
    assert (
        len(
            [
                record
                for record in caplog.records
                if record.levelno >= logging.WARNING and "GOLEM_DATABASE" in record.getMessage()
            ]
        )
        == 1
    )
    await asyncio.wait_for(sample.close(), 10)
