"""The command line: all of history in one file, written while the bot runs."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.history import StoreError
from plugin.history.address import parse
from plugin.history.backup import BEGUN, backup
from plugin.history.copying import CopyProgress
from plugin.history.store import Store, open_store
from tests.history.builders import NOON, WRITER, batch, delta
from tests.history.copied import HOURS, SKETCH, contents, fill


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, where no setting is given."""
    monkeypatch.chdir(tmp_path)
    for name in ("GOLEM_DATABASE", "GOLEM_CONFIG", "GOLEM_TIMEZONE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["sqlite", "postgres"])
def history(request: pytest.FixtureRequest) -> str:
    """A database of each kind with history."""
    address = "golem.db" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    asyncio.run(fill(address))
    return address


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a backup."""
    code = main(["backup", *arguments])
    return code, *capsys.readouterr()


def files() -> list[str]:
    """The names of the files that a backup made."""
    return sorted(file.name for file in Path().glob("backup.db*"))


def test_a_backup_is_one_private_file(capsys: pytest.CaptureFixture[str], history: str) -> None:
    """With everything but secrets, of which the bytes are nowhere in it."""
    code, out, err = ran(capsys, "--database", history, "--to", "backup.db")
    assert (code, err, files()) == (0, "", ["backup.db"]) and "each equal on both sides" in out
    assert Path("backup.db").stat().st_mode & 0o777 == 0o600
    assert SKETCH not in Path("backup.db").read_bytes()
    assert asyncio.run(contents("backup.db")) == asyncio.run(contents(history))


async def test_it_is_made_while_the_bot_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The bot writes before, while and after its database is read."""
    await fill("golem.db")
    async with await open_store("golem.db") as bot:
        await bot.writing.write(WRITER, batch(NOON, delta(), sequence=2000))
        writing = asyncio.create_task(_write(bot))
        code, _, err = await asyncio.to_thread(ran, capsys, "--database", "golem.db", "--to", "backup.db")
        writing.cancel()
        assert (code, err) == (0, "")
        assert await bot.writing.write(WRITER, batch(NOON, delta(), sequence=10**6))
    kept, now = await contents("backup.db"), await contents("golem.db")
    assert set(kept["golem_commands_hour"]) <= set(now["golem_commands_hour"])


async def _write(bot: Store) -> None:
    for number in range(2001, 10**6):
        await bot.writing.write(WRITER, batch(NOON + 60 * number, delta(), sequence=number))
        await asyncio.sleep(0)


def test_it_is_restored_by_naming_it(
    capsys: pytest.CaptureFixture[str], history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the setting database, from which the bot goes on."""
    ran(capsys, "--database", history, "--to", "backup.db")
    monkeypatch.setenv("GOLEM_DATABASE", "backup.db")
    assert main(["check"]) == 0 and f"bots: {WRITER.bot}" in capsys.readouterr().out
    assert asyncio.run(_written("backup.db", HOURS, 3000)) == [False, True]


async def _written(address: str, *sequences: int) -> list[bool]:
    async with await open_store(address) as store:
        return [await store.writing.write(WRITER, batch(NOON, delta(), sequence=one)) for one in sequences]


def test_an_existing_file_is_replaced_only_by_force(capsys: pytest.CaptureFixture[str], history: str) -> None:
    """And never while its log lies beside it, which SQLite would apply to the new one."""
    Path("backup.db").write_text("old")
    code, _, err = ran(capsys, "--database", history, "--to", "backup.db")
    assert code == 1 and err.endswith("exists already: name another file, or replace it with --force\n")
    Path("backup.db-wal").touch()
    code, _, err = ran(capsys, "--database", history, "--to", "backup.db", "--force")
    assert code == 1 and "backup.db-wal belongs to an open database: name another file" in err
    assert Path("backup.db").read_text() == "old" and files() == ["backup.db", "backup.db-wal"]
    Path("backup.db-wal").unlink()
    assert ran(capsys, "--database", history, "--to", "backup.db", "--force")[0] == 0
    assert asyncio.run(contents("backup.db")) == asyncio.run(contents(history)) and files() == ["backup.db"]


def test_a_killed_backup_leaves_the_old_one(capsys: pytest.CaptureFixture[str], history: str) -> None:
    """What it had begun is gone on with by the next, and is no history before."""
    Path("backup.db").write_text("old")
    command = [sys.executable, "-m", "tests.history.copying_child", history, "backup.db", "within", "backup"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin and process.stdout
        for _ in range(9):
            assert process.stdout.readline() == "within\n"
            process.stdin.write("\n")
            process.stdin.flush()
        assert process.stdout.readline() == "within\n"
        process.kill()
    assert Path("backup.db").read_text() == "old" and f"backup.db{BEGUN}" in files()
    assert main(["status", "--database", f"backup.db{BEGUN}"]) == 1
    assert "a copy into it has not ended" in capsys.readouterr().err
    assert ran(capsys, "--database", history, "--to", "backup.db", "--force")[0] == 0
    assert asyncio.run(contents("backup.db")) == asyncio.run(contents(history)) and files() == ["backup.db"]


def test_a_whole_file_that_lacks_its_name_gets_it(capsys: pytest.CaptureFixture[str], history: str) -> None:
    """As after a kill at the very end."""
    assert main(["copy", "--from", history, "--to", f"backup.db{BEGUN}"]) == 0
    capsys.readouterr()
    assert ran(capsys, "--database", history, "--to", "backup.db")[0] == 0
    assert asyncio.run(contents("backup.db")) == asyncio.run(contents(history)) and files() == ["backup.db"]


def test_a_damaged_file_is_never_put_in_place(history: str) -> None:
    """It is checked as a whole before it gets its name."""

    def damage(progress: CopyProgress) -> None:
        if progress.comparing and progress.rows == progress.total:
            with contextlib.closing(sqlite3.connect(f"backup.db{BEGUN}", isolation_level=None)) as database:
                database.execute("PRAGMA writable_schema = ON")
                database.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'golem_findings'")
                database.execute("PRAGMA schema_version = 1000")

    with pytest.raises(StoreError, match="it is damaged"):
        asyncio.run(backup(parse(history), parse("backup.db"), NOON, damage))
    assert files() == [f"backup.db{BEGUN}"]
