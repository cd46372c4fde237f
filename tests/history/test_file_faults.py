"""What can befall a file: death of the process, a full disk, a lock, other contents."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from plugin.history import (
    NotAStore,
    SchemaTooNew,
    StoreAddressError,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreRefused,
    sqlite,
)
from plugin.history.store import Store, open_store
from plugin.model import Batch
from tests.history.builders import DAY, NOON, SCOPE, WRITER, batch, count, delta, roll_up_all
from tests.history.child import COMMANDS

PATIENCE_S = 0.05


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where no file is yet."""
    return tmp_path / "history.db"


def write(path: Path, contents: bytes) -> None:
    path.write_bytes(contents)


def read(path: Path) -> bytes:
    return path.read_bytes()


def child(path: Path, *arguments: str) -> subprocess.Popen[str]:
    """A process that writes to the file."""
    command = [sys.executable, "-m", "tests.history.child", str(path), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def stored(path: Path) -> set[int]:
    """How many minutes each command has; once more after everything is rolled up."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    async with await open_store(str(path)) as store:
        before = {await count(store, NOON, NOON + 99 * DAY, key=key) for key in COMMANDS}
        await roll_up_all(store, NOON + 99 * DAY)
        after = {await count(store, NOON, NOON + 99 * DAY, key=key) for key in COMMANDS}
        assert before == after
        return after


async def write_all(store: Store, batches: Iterable[Batch]) -> None:
    """Write one after the other."""
    for one in batches:
        await store.writing.write(WRITER, one)


@pytest.mark.parametrize("last", [3, 70], ids=["early", "after a rollup"])
async def test_a_killed_process_leaves_what_it_was_told_is_stored(path: Path, last: int) -> None:
    """After SIGKILL in the middle of writing the file opens, with every acknowledged batch and none in part."""
    with child(path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == last:
                process.kill()
                break
        acknowledged = [last, *map(int, process.stdout.read().split())][-1] + 1
    assert await stored(path) in ({acknowledged}, {acknowledged + 1})


async def test_a_file_that_may_not_grow_is_full(path: Path) -> None:
    """Where the system refuses to let the file grow, that is said, and every acknowledged batch is there."""
    with child(path, str(600_000)) as process:
        assert process.stdout is not None
        *numbers, last_words = process.stdout.read().splitlines()
    assert re.fullmatch(r"StoreFull: history at .*history.db: write failed: free disk space .*", last_words)
    assert await stored(path) == {len(numbers)}


async def test_a_full_disk_takes_nothing_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that does not fit is refused whole; with room again, the same batch is taken."""
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA max_page_count=70"))
    batches = [batch(NOON + 60 * number, *map(delta, COMMANDS)) for number in range(200)]
    async with await open_store(str(path)) as store:
        with pytest.raises(StoreFull, match=r"history\.db: the disk is full: free some space") as caught:
            await write_all(store, batches)
        assert caught.value.temporary
        written = await count(store, NOON, NOON + DAY, key=COMMANDS[0])
        assert 5 < written < 200
    monkeypatch.undo()
    async with await open_store(str(path)) as store:
        assert [await store.writing.write(WRITER, one) for one in batches[written - 1 : written + 2]] == [
            False,
            True,
            True,
        ]
    assert await stored(path) == {written + 2}


async def test_a_new_file_on_a_full_disk_is_no_half_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema that does not fit is not made in part: with room again, the store opens."""
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA max_page_count=9"))
    with pytest.raises(StoreFull):
        await open_store(str(path))
    monkeypatch.undo()
    async with await open_store(str(path)) as store:
        assert await store.writing.write(WRITER, batch(NOON, delta()))


@pytest.mark.parametrize(
    "contents", [b"no database at all\n" * 300, b"SQLite format 3\0" + b"\xff" * 5000], ids=["text", "damaged"]
)
async def test_a_file_that_is_no_database_is_left_alone(path: Path, contents: bytes) -> None:
    """It is named, with what to do, and not a byte of it changes."""
    write(path, contents)
    with pytest.raises(NotAStore, match=r"history\.db: it is (not an SQLite database|damaged)") as caught:
        await open_store(str(path))
    assert not caught.value.temporary
    assert read(path) == contents
    assert list(path.parent.iterdir()) == [path]


async def test_a_schema_from_the_future_is_left_alone(path: Path) -> None:
    """A file that a later version wrote is not touched."""
    await (await open_store(str(path))).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO golem_schema VALUES (99)")
    contents = read(path)
    with pytest.raises(SchemaTooNew, match=r"later version .*schema 99.*install that version again"):
        await open_store(str(path))
    assert read(path) == contents


async def test_a_locked_file_is_waited_for_and_then_named(path: Path) -> None:
    """While another program holds the file, writing fails after the patience; afterwards the batch is taken once."""
    once = batch(NOON, delta())
    async with await open_store(str(path), PATIENCE_S) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked, match=r"history\.db: another process has locked it") as caught:
                await store.writing.write(WRITER, once)
            assert await store.reading.totals(SCOPE, NOON, NOON + DAY) == ()
        assert caught.value.temporary
        assert [await store.writing.write(WRITER, once) for _ in range(2)] == [True, False]


async def test_a_locked_file_cannot_be_made_a_store(path: Path) -> None:
    """A file that another program holds while the store opens is named, and opens later."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE theirs (id INTEGER)")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked):
            await open_store(str(path), PATIENCE_S)
    await (await open_store(str(path))).close()


async def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """A file in no folder cannot be opened, and the message says what to look at."""
    with pytest.raises(StoreRefused, match=r"nowhere/history\.db: it cannot be opened: check that its folder exists"):
        await open_store(str(tmp_path / "nowhere" / "history.db"))


async def test_a_working_directory_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that begins in it leads nowhere; that is told, and is no fault."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(
        StoreRefused, match="the working directory does not exist: set GOLEM_DATABASE to an absolute path"
    ):
        await open_store("golem.db")
    os.chdir(tmp_path)


async def test_a_store_lives_in_the_file_of_another_program(path: Path) -> None:
    """Tables that are not ours stay as they are."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE commands (id INTEGER)")
        connection.execute("INSERT INTO commands VALUES (7)")
    await (await open_store(f"sqlite:///{path}")).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id FROM commands").fetchall() == [(7,)]


async def test_many_open_a_new_file_at_once(path: Path) -> None:
    """Processes that start together make one schema, and all can write."""
    stores = await asyncio.gather(*(open_store(str(path)) for _ in range(4)))
    for number, store in enumerate(stores):
        await store.writing.write(WRITER._replace(instance=str(number)), batch(NOON, delta()))
    assert await count(stores[0], NOON, NOON + 60) == 4
    await asyncio.gather(*map(Store.close, stores))


@pytest.mark.parametrize(
    "address", ["", "sqlite://", "sqlite:///:memory:", "mysql://user:secret@host/db", "postgresql://u:secret@host:x/db"]
)
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    """The message names the setting, and no password."""
    with pytest.raises(StoreAddressError, match="GOLEM_DATABASE") as caught:
        await open_store(address)
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, StoreError)


async def test_a_write_that_is_given_up_holds_nothing(path: Path) -> None:
    """Wherever in its course a write is cancelled, the file is not locked and no batch counts in part or twice."""
    batches = [batch(NOON + 60 * number, *map(delta, COMMANDS)) for number in range(40)]
    async with await open_store(str(path)) as store:
        await store.writing.write(WRITER, batches[0])
        for number, one in enumerate(batches[1:]):
            task = asyncio.ensure_future(store.writing.write(WRITER, one))
            for _ in range(number):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
            await store.writing.write(WRITER, one)
    assert await stored(path) == {40}


async def test_a_write_that_is_given_up_and_fails_is_not_told_of(path: Path) -> None:
    """Nobody waits for its error any more, and asyncio does not log that it was never retrieved."""
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with await open_store(str(path)) as store:
        task = asyncio.ensure_future(store.writing.write(WRITER, batch(NOON + 1)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    gc.collect()
    assert told == []


def readable_by_others(path: Path) -> set[str]:
    """The names of the files in a folder that other users may read or write."""
    return {file.name for file in path.parent.iterdir() if file.stat().st_mode & 0o077}


def open_to(path: Path, mode: int) -> None:
    """Let others at the file."""
    path.chmod(mode)


async def test_a_file_is_for_its_user_only(path: Path) -> None:
    """A new database and what SQLite keeps beside it cannot be read by other users, whatever the umask."""
    before = os.umask(0)
    try:
        async with await open_store(str(path)) as store:
            await store.writing.write(WRITER, batch(NOON, delta()))
            assert len(list(path.parent.iterdir())) == 3
            assert readable_by_others(path) == set()
    finally:
        os.umask(before)


async def test_a_file_that_others_can_read_is_taken_from_them(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A database of before is made private when it is opened, which the log says once."""
    await (await open_store(str(path))).close()
    open_to(path, 0o644)
    caplog.set_level("INFO", "plugin")
    for _ in range(2):
        async with await open_store(str(path)) as store:
            await store.writing.write(WRITER, batch(NOON, delta()))
            assert readable_by_others(path) == set()
    assert caplog.messages == [f"{path} was readable by other users of this machine; made private"]


async def test_the_file_of_another_program_keeps_its_mode(path: Path) -> None:
    """Where tables of another program are in the file, who may read it is for that program to say."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    open_to(path, 0o664)
    await (await open_store(str(path))).close()
    assert readable_by_others(path) == {path.name}


async def test_a_wait_for_a_lock_keeps_nobody_waiting(path: Path) -> None:
    """While a write waits for another program, questions are answered; it goes on once the file is free."""
    async with await open_store(str(path)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            writing = asyncio.ensure_future(store.writing.write(WRITER, batch(NOON, delta())))
            for _ in range(3):
                assert await store.reading.totals(SCOPE, NOON, NOON + DAY) == ()
            assert not writing.done()
            holder.execute("ROLLBACK")
            assert await writing
        assert await count(store, NOON, NOON + DAY) == 1
