"""What a watcher tells of what stands in a database, over its own restarts, and through trouble with either side."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from plugin.cli.watch import looking
from plugin.history.migrations import NEWEST
from plugin.history.store import Store, open_store
from plugin.insight.vitals import blocked
from plugin.model import Writer
from tests.outlets.servers import PASSWORD
from tests.watch.conftest import Watcher

NOW = time.time()
WORDS = "memory 254 MB, CPU 4 %, 0 alerts, running /report"
GONE, BACK = "🔴 No sign of life from the bot (one)", "🟢 The bot (one) is back"


class Bot:
    """What a bot writes."""

    def __init__(self, store: Store, name: str = "one", boot: str = "a", *, given: bool = True) -> None:
        self.store = store
        self.writer = Writer(42, name, boot, "1.0", given)
        self.at = NOW

    async def start(self) -> Bot:
        """Write a start."""
        await self.store.fleet.register(self.writer, self.at)
        return self

    async def beat(self, status: str = WORDS, shards: tuple[int, ...] = (0,)) -> None:
        """Write a heartbeat, a minute after the one before."""
        self.at += 60
        await self.store.fleet.beat(self.writer, self.at, shards, status)


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    """The database that bots write to."""
    async with await open_store(address) as opened:
        yield opened


async def test_a_killed_bot_is_told_with_its_last_words_and_when_it_is_back(watcher: Watcher, store: Store) -> None:
    """Once each, in words that say since when and for how long."""
    bot = await Bot(store).start()
    for _ in range(5):
        await bot.beat()
        assert await watcher.look(times=2) == []
    assert await watcher.look(times=6) == []
    assert await watcher.look(times=20) == [GONE]
    when = time.strftime("%d %b %Y %H:%M UTC", time.gmtime(bot.at))
    assert watcher.last["type"] == "failure"
    assert f"The last one came on {when}." in watcher.last["message"] and WORDS in watcher.last["message"]
    again = Bot(store, boot="b")
    again.at = bot.at + 720
    await again.start()
    assert await watcher.look(times=5) == [BACK]
    assert watcher.last["type"] == "success"
    assert watcher.last["message"] == f"It was gone for 12 min, from {when}."


async def test_a_frozen_and_a_deaf_bot_are_told_apart(watcher: Watcher, store: Store) -> None:
    """By what its thread says while its loop does not move, and by what its loop says."""
    bot = await Bot(store).start()
    await bot.beat()
    await watcher.look()
    told: list[str] = []
    for minute in range(1, 8):
        await store.fleet.note_status(bot.writer, bot.at, blocked(WORDS, 60.0 * minute))
        told += await watcher.look(times=2)
    assert told == ["🔴 The bot (one) is frozen"] and "event loop blocked for 4 min" in watcher.last["message"]
    for _ in range(6):
        await bot.beat(f"not connected to Discord for 9 min, {WORDS}")
        told += await watcher.look(times=2)
    assert told[1:] == [BACK, "🔴 The bot (one) is not connected to Discord"]


async def test_a_clean_shutdown_is_told_where_the_bot_is_expected_to_run(watcher: Watcher, store: Store) -> None:
    """And else not at all."""
    bot = await Bot(store).start()
    await bot.beat()
    await watcher.look()
    await store.fleet.leave(bot.writer, bot.at)
    assert await watcher.look(times=20) == []
    watcher.expect_running = True
    watcher.begun()
    assert await watcher.look(times=20) == ["🔴 The bot (one) is not running"]


async def test_a_restart_of_the_watcher_neither_repeats_nor_loses(watcher: Watcher, store: Store) -> None:
    """Not what it has told, nor what no target has taken yet; a clock that is set back changes nothing."""
    bot = await Bot(store).start()
    await bot.beat()
    watcher.sink.status = 503
    assert await watcher.look(times=20) == []
    watcher.begun()
    watcher.wall_s -= 86_400
    watcher.sink.status = 200
    assert await watcher.look(times=20) == [GONE]
    watcher.begun()
    assert await watcher.look(times=20) == []
    watcher.begun()
    await bot.beat()
    assert await watcher.look(times=5) == [BACK]


async def test_what_was_over_before_a_target_took_it_is_one_message(watcher: Watcher, store: Store) -> None:
    """It says all of it."""
    bot = await Bot(store).start()
    watcher.sink.status = 503
    assert await watcher.look(times=20) == []
    bot.at += 600
    await bot.beat()
    await watcher.look(times=2)
    watcher.sink.status = 200
    told: list[str] = []
    for _ in range(40):
        await bot.beat()
        told += await watcher.look(times=2)
    assert told == [BACK] and "gone for 11 min" in watcher.last["message"]


async def test_a_message_that_is_refused_for_good_holds_up_no_other(
    watcher: Watcher, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """After a few attempts it is dropped, and the log says so, without a secret."""
    bot = await Bot(store).start()
    watcher.sink.status = 400
    assert await watcher.look(times=120) == []
    watcher.sink.status = 200
    await bot.beat()
    assert await watcher.look(times=2) == [BACK]
    assert f"never told at {watcher.outbox.targets[0]}: {GONE}" in caplog.messages
    assert PASSWORD not in caplog.text


async def test_the_name_of_a_host_is_told_to_nobody(watcher: Watcher, store: Store) -> None:
    """Unless the setting says so; of several, shards tell which."""
    for number, name in enumerate(("host-a", "host-b")):
        bot = await Bot(store, name, given=False).start()
        await bot.beat(shards=(number,))
    told = await watcher.look(times=20)
    assert sorted(told) == [f"🔴 No sign of life from the bot (shard {number})" for number in range(2)]
    assert "host-" not in str(watcher.sink.posted)


async def test_a_database_that_is_away_is_told_once_and_no_bot_for_it(watcher: Watcher, sink: Any) -> None:
    """What happened meanwhile is not known: afterwards silence counts from zero."""
    watcher.address = address = "postgresql://nobody@127.0.0.1:1/golem" if "postgres" in watcher.address else "no.db"
    watcher.begun()
    assert await watcher.look(times=10) == []
    assert await watcher.look(times=60) == ["🟡 The watcher cannot read the bot's database"]
    assert watcher.last["type"] == "warning" and address not in watcher.last["message"]
    watcher.begun()
    assert await watcher.look(times=60) == [] and not watcher.watch.can_see


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_file_that_comes_back_is_told(watcher: Watcher, store: Store) -> None:
    """And silence before it does not count."""
    bot = await Bot(store).start()
    assert await watcher.look(times=7) == []
    await store.close()
    os.replace(watcher.address, f"{watcher.address}.away")
    assert len(await watcher.look(times=60)) == 1
    os.replace(f"{watcher.address}.away", watcher.address)
    assert await watcher.look(times=2) == ["🟢 The watcher can read the bot's database again"]
    async with await open_store(watcher.address) as opened:
        bot.store = opened
        await bot.beat()
        assert await watcher.look(times=8) == []


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_bot_that_cannot_write_is_not_gone(
    watcher: Watcher, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program has locked the file, or the disk is full."""
    monkeypatch.setattr(looking, "PATIENCE_S", 0.0)
    await Bot(store).start()
    await watcher.look()
    holder = sqlite3.connect(watcher.address, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert await watcher.look(times=60) == ["🟡 The watcher cannot read the bot's database"]
    holder.execute("ROLLBACK")
    holder.close()
    monkeypatch.setattr(looking, "LEAST_FREE_BYTES", 1 << 62)
    assert await watcher.look(times=60) == []
    monkeypatch.setattr(looking, "LEAST_FREE_BYTES", 1)
    assert (await watcher.look(times=60))[-1] == GONE


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("version", "why"), [(NEWEST + 1, "written by a later version"), (NEWEST - 1, "start the bot with this version")]
)
async def test_another_schema_is_named(
    watcher: Watcher, store: Store, caplog: pytest.LogCaptureFixture, version: int, why: str
) -> None:
    """In the log at once; until then nobody knows how the bot is."""
    await Bot(store).start()
    await watcher.look()
    with sqlite3.connect(watcher.address) as database:
        database.execute("DELETE FROM golem_schema WHERE version >= ?", (version,))
        database.execute("INSERT INTO golem_schema VALUES (?)", (version,))
    database.close()
    assert await watcher.look(times=5) == []
    assert not watcher.watch.can_see and why in caplog.messages[-1]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["", "[]", "{", '{"instances": [{}]}', '{"instances": 7}'], ids=str)
async def test_a_state_that_cannot_be_read_is_no_end(watcher: Watcher, store: Store, text: str) -> None:
    """It begins anew, and writes one that only its user can read."""
    watcher.state.write_text(text)
    watcher.begun()
    await Bot(store).start()
    assert await watcher.look(times=20) == [GONE]
    assert stat.S_IMODE(watcher.state.stat().st_mode) == 0o600


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_state_that_cannot_be_written_is_said_once(
    watcher: Watcher, store: Store, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """People are told all the same."""
    watcher.state = tmp_path / "missing" / "state.json"
    watcher.begun()
    bot = await Bot(store).start()
    assert await watcher.look(times=20) == [GONE]
    await bot.beat()
    assert await watcher.look(times=5) == [BACK]
    assert len([said for said in caplog.messages if "--state" in said]) == 1
