"""The command line: history copied into another database."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path

import pytest

from plugin.cli import copies, main
from plugin.history.store import open_store
from tests.history.builders import WRITER
from tests.history.copied import contents, fill


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, where no setting is given."""
    monkeypatch.chdir(tmp_path)
    for name in ("GOLEM_DATABASE", "GOLEM_CONFIG", "GOLEM_TIMEZONE"):
        monkeypatch.delenv(name, raising=False)


async def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = await asyncio.to_thread(main, arguments)
    return code, *capsys.readouterr()


async def test_history_moves_to_a_server_and_back(capsys: pytest.CaptureFixture[str], postgres_database: str) -> None:
    """Row for row, with the number of each table, and what is left out."""
    await fill("golem.db")
    before = await contents("golem.db")
    for arguments in (("--to", postgres_database), ("--from", postgres_database, "--to", "back.db")):
        code, out, err = await ran(capsys, "copy", *arguments)
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert lines[:-2] == [f"{table}: {len(rows):,}" for table, rows in before.items()]
        assert lines[-2] == f"total: {sum(map(len, before.values())):,} rows, each equal on both sides"
        assert lines[-1] == "not copied: golem_member_salts, golem_member_sketches (secrets of active members)"
    assert await contents("back.db") == await contents(postgres_database) == before


async def test_a_copy_is_begun_only_where_nothing_is(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says what to do instead; a copy that is whole already, and equal, is none of these."""
    await fill("golem.db")
    first = await ran(capsys, "copy", "--to", "copy.db")
    assert first == await ran(capsys, "copy", "--to", "copy.db") and first[0] == 0
    async with await open_store("copy.db") as store:
        await store.fleet.beat(WRITER, time.time(), (), "the bot was started on it")
    code, out, err = await ran(capsys, "copy", "--to", "copy.db")
    assert (code, out) == (1, "")
    assert err == (
        "history at copy.db: holds history already: copy to an empty database "
        "(a new file, or a server's database without the tables golem_…)\n"
    )


async def test_who_still_writes_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """What is written from now on is missing in the copy."""
    async with await open_store("golem.db") as store:
        await store.fleet.register(WRITER, time.time())
    code, _, err = await ran(capsys, "copy", "--to", "copy.db")
    assert code == 0
    assert err == "still running: host; what was written to golem.db since the copy began is not in it\n"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["copy", "--to", "x.db"], "history at golem.db: there is no such file"),
        (["backup", "--to", "x.db"], "history at golem.db: there is no such file"),
        (["copy", "--from", "a.db", "--to", "x.db"], "history at a.db: there is no such file"),
        (["copy", "--from", "postgres:/a:secret@h", "--to", "x.db"], "--from cannot be parsed: use a file"),
        (["copy", "--to", "postgresql://a:secret@h/d?passfile=x"], "--to=postgresql://a:***@h/d: remove passfile"),
        (["backup", "--to", "postgresql://a:secret@h/d"], "history at postgresql://a:***@h/d: a backup is a file"),
        (["copy", "--to", "./golem.db"], "history at golem.db: cannot be copied to itself: name another destination"),
        (["backup", "--to", "golem.db", "--force"], "history at golem.db: cannot be its own backup"),
        (["copy", "--from", "text.db", "--to", "x.db"], "history at text.db: it is not an SQLite database: set --from"),
        (["backup", "--to", "folder"], "history at {folder}/folder: is a folder: name a file in it"),
        (
            ["backup", "--to", "none/x.db"],
            "history at {folder}/none/x.db.part: it cannot be opened: check that its fol",
        ),
    ],
)
def test_errors_name_what_to_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], error: str
) -> None:
    """In one sentence, without passwords; nothing is made."""
    Path("text.db").write_text("a text that is long enough to be taken for a database, but is not one" * 100)
    Path("folder").mkdir()
    if "no such file" not in error:
        asyncio.run(fill("golem.db"))
    before = sorted(tmp_path.iterdir())
    code, (out, err) = main(command), capsys.readouterr()
    assert (code, out) == (1, "") and err.startswith(error.replace("{folder}", str(tmp_path)))
    assert err.count("\n") == 1 and "secret" not in err and sorted(tmp_path.iterdir()) == before


async def test_a_password_is_never_shown(capsys: pytest.CaptureFixture[str], postgres_database: str) -> None:
    """Not in what went well, nor in what did not."""
    address = postgres_database.replace("postgres:", "postgres:hunter2", 1)
    assert "hunter2" in address
    await fill("golem.db")
    for _ in range(2):
        _, out, err = await ran(capsys, "copy", "--to", address)
        assert "hunter2" not in out + err
    assert "hunter2" not in str(await contents(address))


@pytest.mark.parametrize("command", [["copy"], ["backup"]])
def test_a_destination_must_be_named(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """A wrong command line is told apart by its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 2 and "--to" in capsys.readouterr().err


async def test_progress_is_told_to_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only there, so that a log stays short."""
    await fill("golem.db")
    monkeypatch.setattr(copies, "EACH_S", 0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, err = await ran(capsys, "copy", "--to", "copy.db")
    lines = err.splitlines()
    assert re.fullmatch(r"copied \d+ of \d+ rows \(golem_commands_minute\)", lines[0])
    assert re.fullmatch(r"compared (\d+) of \1 rows \(golem_error_groups\)", lines[-1])
