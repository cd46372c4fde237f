"""What is done when others damage the file of a database that is open."""

from __future__ import annotations

import math
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from plugin.history import file_repair, shown_address, sqlite
from plugin.history.file_repair import FileRepair
from plugin.history.store import Store, open_store
from tests.history.builders import DAY, NOON, WRITER, batch, count, delta
from tests.history.child import COMMANDS

MINUTES = 30
MANY = [delta(key) for key in COMMANDS]


@pytest.fixture(autouse=True)
def _as_often_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test looks more often than once a minute."""
    monkeypatch.setattr(file_repair, "MOST_CHECKING", math.inf)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where no file is yet."""
    return tmp_path / "history.db"


async def filled(path: Path, *, log: bool = True) -> Store:
    """A store with many minutes, in its write-ahead log or in the file itself."""
    store = await open_store(str(path))
    for number in range(MINUTES):
        await store.writing.write(WRITER, batch(NOON + 60 * number, *MANY, sequence=number))
    if not log:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert await store.writing.verify() is None
    return store


async def minutes(store: Store) -> int:
    """How many minutes of a command it has."""
    return await count(store, NOON, NOON + DAY, key=COMMANDS[0])


def beside(path: Path) -> list[str]:
    """The other files in the folder, without those that SQLite keeps beside each."""
    names = (file.name for file in path.parent.iterdir() if not file.name.endswith(("-wal", "-shm")))
    return sorted(name for name in names if name != path.name)


def overwrite(path: Path, contents: bytes = b"") -> None:
    with path.open("r+b") as file:
        file.write(contents or b"\xa5" * path.stat().st_size)
        file.truncate()


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def empty(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def replace_by_text(path: Path) -> None:
    other = path.parent / "other"
    other.write_text("not a database\n" * 999)
    other.replace(path)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def delete(path: Path, ending: str = "") -> None:
    Path(f"{path}{ending}").unlink()


def move(source: Path, path: Path) -> None:
    source.replace(path)


def delete_log(path: Path) -> None:
    delete(path, "-wal")


def replace_log(path: Path) -> None:
    delete_log(path)
    Path(f"{path}-wal").write_bytes(b"nothing of the kind")


def copy_foreign(path: Path) -> None:
    other = path.parent / "other"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    path.write_bytes(other.read_bytes())
    delete(other)


DAMAGES = [copy_foreign, overwrite, truncate, empty, replace_by_text, replace_by_folder, delete_log, replace_log]


@pytest.mark.parametrize("log", [True, False], ids=["in the log", "in the file"])
@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_named_and_history_goes_on(path: Path, damage: Callable[[Path], None], log: bool) -> None:
    """What was damaged is set aside under a name that says so, and what is written from then on is in a sound file."""
    store = await filled(path, log=log)
    damage(path)
    found = await store.writing.verify()
    assert found is not None and found.startswith("history.db ") and found.endswith(f"the old one is {beside(path)[0]}")
    assert await store.writing.verify() is None
    assert beside(path)[0].startswith("history.db.damaged-20")
    known = await minutes(store)
    assert await store.writing.write(WRITER, batch(NOON + 3600, *MANY, sequence=MINUTES))
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    async with await open_store(str(path)) as again:
        assert await minutes(again) == known + 1


@pytest.mark.parametrize("damage", [delete_log, replace_log, replace_by_text, replace_by_folder])
async def test_what_an_open_connection_can_read_is_saved(path: Path, damage: Callable[[Path], None]) -> None:
    """What a name no longer leads to is still there for who has it open: all of it is in the new file."""
    store = await filled(path)
    damage(path)
    found = await store.writing.verify()
    assert found is not None and "everything was copied to a new file" in found
    assert await minutes(store) == MINUTES
    assert not await store.writing.write(WRITER, batch(NOON, *MANY, sequence=MINUTES - 1))
    await store.close()


async def test_a_statement_that_meets_damage_is_believed(path: Path) -> None:
    """What a statement found, and no look at the files would, has the file set aside as well."""
    store = await filled(path)
    found = await store.writing.verify(damaged=True)
    assert found is not None and "history.db is damaged: " in found and len(beside(path)) == 1
    assert await minutes(store) == MINUTES
    await store.close()


async def test_damage_of_the_same_minute_is_kept_apart(path: Path) -> None:
    """A file that was set aside is never overwritten by the next one."""
    store = await filled(path)
    for _ in range(3):
        delete_log(path)
        assert await store.writing.verify()
        await store.writing.write(WRITER, batch(NOON + 3600, *MANY, sequence=MINUTES))
    assert len(beside(path)) == 3
    await store.close()


async def test_a_file_that_is_deleted_is_made_anew(path: Path) -> None:
    """What is written after somebody deleted the file goes into a new one, not into what no name leads to any more."""
    store = await filled(path)
    delete(path)
    assert await store.writing.verify() == "history.db was deleted or moved: history continues in a new file"
    assert await store.writing.write(WRITER, batch(NOON + 60, *MANY))
    await store.close()
    async with await open_store(str(path)) as again:
        assert await minutes(again) == 1


async def test_a_copy_that_is_put_back_is_gone_on_with(path: Path) -> None:
    """A sound file in the place of the old one is what the operator wants, without the log of the old one."""
    store = await filled(path)
    backup = path.parent / "backup.db"
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(backup)) as copy:
        connection.backup(copy)
    await store.writing.write(WRITER, batch(NOON + 3600, *MANY, sequence=MINUTES))
    move(backup, path)
    found = await store.writing.verify()
    assert found == "history.db was replaced by another file: it is intact, history continues in it"
    assert await minutes(store) == MINUTES
    await store.close()


async def test_an_older_copy_that_is_written_over_it_is_gone_on_with(path: Path) -> None:
    """What a backup lacks is not written under numbers that mean something else there."""
    store = await open_store(str(path))
    await store.writing.write(WRITER, batch(NOON, *MANY[:1], sequence=0))
    vacuum(path)
    backup = contents(path)
    await store.writing.write(WRITER, batch(NOON + 60, *MANY, sequence=1))
    vacuum(path)
    assert await store.writing.verify() is None
    overwrite(path, backup)
    assert await store.writing.verify() is None
    assert await store.writing.write(WRITER, batch(NOON + 120, *MANY, sequence=2))
    assert [await count(store, NOON, NOON + DAY, key=key) for key in COMMANDS[:2]] == [2, 1]
    await store.close()


async def test_an_index_that_is_deleted_is_made_anew(path: Path) -> None:
    """Without its -shm the file is opened anew, and nothing is lost."""
    store = await filled(path)
    delete(path, "-shm")
    found = await store.writing.verify()
    assert found is not None and "lost its -shm file" in found and "it is intact" in found
    assert await minutes(store) == MINUTES and beside(path) == []
    await store.close()


def contents(path: Path) -> bytes:
    return path.read_bytes()


def size(path: Path) -> int:
    return path.stat().st_size


def vacuum(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def read(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT * FROM golem_commands_minute").fetchall()


def back_up(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(path.parent / "backup")) as copy:
        connection.backup(copy)


def copy(path: Path) -> None:
    shutil.copy(path, path.parent / "copied")


@pytest.mark.parametrize("use", [vacuum, read, back_up, copy])
async def test_no_false_alarm(path: Path, use: Callable[[Path], None]) -> None:
    """What other programs may do with the file is no damage."""
    store = await filled(path)
    use(path)
    assert await store.writing.verify() is None
    assert await store.writing.write(WRITER, batch(NOON + 3600, *MANY, sequence=MINUTES))
    assert await store.writing.verify() is None
    assert await minutes(store) == MINUTES + 1
    await store.close()


async def test_its_own_writing_is_no_reason_to_look(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is written, the file is read as a whole only where somebody else wrote to it."""
    monkeypatch.setattr(sqlite, "LOG_BYTES", 100_000)
    store = await filled(path)
    monkeypatch.setattr(file_repair, "is_sound", lambda *_: pytest.fail("read as a whole"))
    for number in range(MINUTES, 2 * MINUTES):
        await store.writing.write(WRITER, batch(NOON + 60 * number, *MANY, sequence=number))
        assert await store.writing.verify() is None
    assert size(path) > 200_000
    await store.close()


async def test_a_file_that_others_write_to_all_the_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the whole file takes a small share of the time at most, however often somebody else writes to it."""
    clock, reads = [0.0], list[float]()

    def is_sound(*_: str) -> bool:
        reads.append(clock[0])
        clock[0] += 2
        return True

    monkeypatch.setattr(file_repair, "MOST_CHECKING", 0.01)
    monkeypatch.setattr(file_repair, "is_sound", is_sound)
    monkeypatch.setattr(file_repair, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    async with await filled(path) as store:
        for _ in range(8):
            os.utime(path)
            assert await store.writing.verify() is None
            clock[0] += 60
    assert reads == [0, 242]


async def test_a_folder_whose_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is looked after like any other, and where it is can be logged."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    monkeypatch.chdir(os.fsdecode(folder))
    assert shown_address("history.db").encode() == os.fsencode(tmp_path) + rb"/caf\udce9/history.db"
    store = await filled(Path("history.db"))
    os.utime("history.db")
    assert await store.writing.verify() is None
    delete_log(Path("history.db"))
    found = await store.writing.verify()
    assert found is not None and "everything was copied to a new file" in found
    await store.close()


async def test_a_process_without_a_file_to_spare_finds_no_damage(path: Path) -> None:
    """A bot that leaks what it opens cannot look into the file; that is no reason to set a sound one aside."""
    store = await filled(path)
    os.utime(path)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(first_free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, limits[1]))
    try:
        assert await store.writing.verify() is None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert beside(path) == [] and await minutes(store) == MINUTES
    await store.close()


def link(path: Path) -> Path:
    """A link to a file that is not there yet, in another folder; where it leads."""
    file = path.parent / "volume" / "golem.db"
    file.parent.mkdir()
    path.symlink_to(file)
    return file


async def test_a_link_stays_and_the_file_behind_it_is_looked_after(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for one that lies in a volume: its log is shortened, its damage noticed, and the new file is where it was."""
    file = link(path)
    monkeypatch.setattr(sqlite, "LOG_BYTES", 50_000)
    store = await filled(path)
    assert os.stat(f"{file}-wal").st_size < 200_000
    assert os.stat(file).st_mode & 0o777 == 0o600
    delete_log(file)
    found = await store.writing.verify()
    assert found is not None and "golem.db lost its -wal file: everything was copied to a new file" in found
    assert os.readlink(path) == str(file) and await minutes(store) == MINUTES
    assert beside(file)[0].startswith("golem.db.damaged-20")
    await store.close()


async def test_damage_that_another_process_has_mended_is_not_mended_again(path: Path) -> None:
    """Both find it at the same moment, since both write at the end of a minute; the new file is not set aside."""
    async with await filled(path) as store, await open_store(str(path)) as other:
        await other.writing.write(WRITER._replace(instance="two"), batch(NOON, *MANY, sequence=0))
        assert await store.writing.verify(damaged=True)
        found = await other.writing.verify(damaged=True)
        assert found == "history.db was replaced by another file: it is intact, history continues in it"
        assert len(beside(path)) == 1
        assert await minutes(store) == await minutes(other) == MINUTES + 1


async def test_damage_that_another_process_mends_meanwhile_is_not_mended_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where the other was done while this one read the whole file, or copied it."""
    async with await filled(path) as store, await open_store(str(path)) as other:
        await other.writing.write(WRITER._replace(instance="two"), batch(NOON, *MANY, sequence=0))
        save = FileRepair._save  # pyright: ignore[reportPrivateUsage] # while it copies, the other is faster

        def slow(self: FileRepair, live: sqlite3.Connection) -> str | None:
            monkeypatch.setattr(FileRepair, "_save", save)
            aside = path.parent / f"{path.name}.theirs"
            for ending in ("", "-wal", "-shm"):
                Path(f"{path}{ending}").rename(f"{aside}{ending}")
            with closing(sqlite3.connect(aside)) as source, closing(sqlite3.connect(path)) as copy:
                source.backup(copy)
            return save(self, live)

        monkeypatch.setattr(FileRepair, "_save", slow)
        found = await store.writing.verify(damaged=True)
        assert found == "history.db was replaced by another file: it is intact, history continues in it"
        assert beside(path) == ["history.db.theirs"]
        assert await minutes(store) == MINUTES + 1


async def test_two_processes_share_a_file(path: Path) -> None:
    """Another instance in the same file is no damage, whichever of them writes its log into the file."""
    async with await filled(path) as store, await open_store(str(path)) as other:
        for number in range(MINUTES):
            await other.writing.write(
                WRITER._replace(instance="two"), batch(NOON + 60 * number, *MANY, sequence=number)
            )
            assert [await one.writing.verify() for one in (store, other)] == [None, None]
        assert await minutes(store) == 2 * MINUTES
