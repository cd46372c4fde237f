"""Copies of history, between databases of both kinds: whole, exact, and able to go on after a kill."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from plugin.history import StoreError, schema
from plugin.history.address import parse
from plugin.history.copying import LEFT_OUT, TABLES, Copied, CopyProgress, copy
from plugin.history.opening import database_of
from plugin.history.postgres import InServer
from plugin.history.sqlite import InFile
from plugin.history.store import open_store
from plugin.history.table_copy import TableCopy
from tests.history.builders import BOT, DAY, HOUR, NOON, WRITER, batch, delta, finding
from tests.history.copied import SERIES, contents, count, fill, insert
from tests.history.copying_child import AT_ONCE

KINDS = ("sqlite", "postgres")


@pytest.fixture(params=KINDS)
def source_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    sqlite = request.param == "sqlite"
    return str(tmp_path / "source.db") if sqlite else request.getfixturevalue("postgres_database")


@pytest.fixture
async def source(source_address: str) -> str:
    """A database of each kind with history."""
    await fill(source_address)
    return source_address


@pytest.fixture(params=KINDS)
def destination(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another one of each kind."""
    sqlite = request.param == "sqlite"
    return str(tmp_path / "copy.db") if sqlite else request.getfixturevalue("other_postgres_database")


async def copied(source: str, destination: str, at_once: int = AT_ONCE, now: float = NOON) -> Copied:
    """Copy everything."""
    return await copy(parse(source), parse(destination), now, lambda _: None, at_once)


@contextmanager
def child(source: str, destination: str, where: str) -> Generator[subprocess.Popen[str]]:
    """A process that copies, killed in the end."""
    command = [sys.executable, "-m", "tests.history.copying_child", source, destination, where]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def goes_on(process: subprocess.Popen[str], steps: int, begun: bool = False) -> str:
    """Let a process make steps, until it waits in the last of them; what it said then."""
    said = ""
    assert process.stdin and process.stdout
    for step in range(steps):
        if step or begun:
            process.stdin.write("\n")
            process.stdin.flush()
        said = process.stdout.readline()
    return said


async def test_every_row_comes_over_exactly(source: str, destination: str) -> None:
    """With every bit of floats and bytes; the numbers are told by table, and the source stays as it was."""
    before = await contents(source)
    found = await copied(source, destination)
    assert await contents(destination) == before == await contents(source)
    assert dict(found.rows) == {table: len(rows) for table, rows in before.items()}
    assert all(found.rows.values())


async def test_secrets_of_members_stay_where_they_are(source: str, destination: str) -> None:
    """Their tables are made, as every bot needs them, and stay empty."""
    await copied(source, destination)
    assert (await count(source, *LEFT_OUT), await count(destination, *LEFT_OUT)) == (2, 0)


async def test_a_bot_goes_on_in_the_copy(source: str, destination: str) -> None:
    """Its next minute is written beside the old ones, and one that is there already is not written twice."""
    await copied(source, destination)
    async with await open_store(destination) as store:
        assert not await store.writing.write(WRITER, batch(NOON - HOUR, delta(), sequence=0))
        assert await store.writing.write(WRITER, batch(NOON, delta(), sequence=2000))


@pytest.mark.parametrize("where", ["between", "within"])
@pytest.mark.parametrize("steps", [1, 25])
async def test_a_killed_copy_goes_on(
    source: str, destination: str, where: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two transactions or within one: nothing is lost or doubled, and only what is missing is sent."""
    with child(source, destination, where) as process:
        said = await asyncio.to_thread(goes_on, process, steps)
    assert said.startswith("within" if where == "within" else "CopyProgress(comparing=False")
    there = await count(destination, *TABLES)
    sent = _count_sent(monkeypatch)
    found = await copied(source, destination)
    total = sum(found.rows.values())
    assert await contents(destination) == await contents(source)
    assert there < total and sum(sent) == total - there


async def test_a_copy_killed_while_it_compares_goes_on(source: str, destination: str) -> None:
    """Nothing is sent again; it is compared, and only then it can be used."""
    with child(source, destination, "between") as process:
        said = await asyncio.to_thread(goes_on, process, 1)
        while "comparing=True" not in said:
            said = await asyncio.to_thread(goes_on, process, 1, begun=True)
    with pytest.raises(StoreError, match="a copy into it has not ended"):
        await open_store(destination)
    await copied(source, destination)
    assert await contents(destination) == await contents(source)
    await (await open_store(destination)).close()


def _count_sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []
    for kind in (InFile, InServer):

        async def load(connection: Any, table: Any, columns: Any, rows: Any, load: Any = kind.load) -> None:
            sent.append(len(rows))
            await load(connection, table, columns, rows)

        monkeypatch.setattr(kind, "load", load)
    return sent


async def test_a_whole_copy_is_only_compared(source: str, destination: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill at the very end, when nobody was told that it is whole."""
    first = await copied(source, destination)
    sent = _count_sent(monkeypatch)
    assert await copied(source, destination) == first and not sent


async def test_it_can_be_interrupted(source: str, destination: str) -> None:
    """Such as by Ctrl+C, after the chunk of rows that it is at."""
    steps: list[CopyProgress] = []

    def interrupt(progress: CopyProgress) -> None:
        steps.append(progress)
        task.cancel()

    task = asyncio.ensure_future(copy(parse(source), parse(destination), NOON, interrupt, AT_ONCE))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(steps) == 1
    await copied(source, destination)
    assert await contents(destination) == await contents(source)


async def test_what_changed_since_a_kill_is_mended(source: str, destination: str) -> None:
    """Rows that were added, changed or pruned in what was copied already."""
    with child(source, destination, "within") as process:
        await asyncio.to_thread(goes_on, process, 25)
    async with await open_store(source) as store:
        await store.fleet.beat(WRITER, NOON + DAY, (0,), "changed")
        await store.writing.write(WRITER, batch(NOON - DAY, delta(ok=99), sequence=500, findings=(finding(),)))
    database = database_of(parse(source))
    async with database.writing() as connection:
        for table in ("golem_commands_hour", "golem_series_minute"):
            await connection.execute(f"DELETE FROM {table} WHERE at > :at", {"at": NOON - 12 * HOUR})
        await connection.execute("DELETE FROM golem_errors_minute")
    await database.close()
    await copied(source, destination)
    assert await contents(destination) == await contents(source)


async def test_it_is_of_one_moment(source: str, destination: str) -> None:
    """What a bot writes while it is copied is not in it, in no table; who still writes is told."""
    before = await contents(source)
    with child(source, destination, "between") as process:
        await asyncio.to_thread(goes_on, process, 3)
        async with await open_store(source) as store:
            await store.writing.write(WRITER, batch(NOON, delta(), sequence=500, new_series=1, findings=(finding(),)))
            await store.fleet.beat(WRITER, NOON, (0,), "changed")
        assert process.stdin and process.stdout
        rest, _ = await asyncio.to_thread(process.communicate, "\n" * 10_000)
        assert rest.endswith("done\n")
    assert await contents(destination) == before


@pytest.mark.parametrize(("left", "running"), [(False, ("host",)), (True, ())])
async def test_it_tells_who_is_still_writing(source: str, destination: str, left: bool, running: tuple[str]) -> None:
    """By the heartbeats of the last minutes, unless the process said that it stops."""
    async with await open_store(source) as store:
        await store.fleet.beat(WRITER, NOON - 60, (), "")
        if left:
            await store.fleet.leave(WRITER, NOON - 60)
    assert (await copied(source, destination)).running == running


async def test_only_an_empty_database_is_filled(source: str, destination: str) -> None:
    """One that holds history is left as it is."""
    async with await open_store(destination) as store:
        await store.fleet.register(WRITER, NOON)
    before = await contents(destination)
    with pytest.raises(StoreError, match="holds history already: copy to an empty database"):
        await copied(source, destination)
    assert await contents(destination) == before


async def test_the_copy_of_another_database_is_not_gone_on_with(source: str, destination: str, tmp_path: Path) -> None:
    """It is named, so that it can be gone on with."""
    with child(source, destination, "between") as process:
        await asyncio.to_thread(goes_on, process, 2)
    other = str(tmp_path / "other.db")
    await (await open_store(other)).close()
    with pytest.raises(StoreError, match=r"holds the begun copy of another database \(.*(source\.db|golem_test)"):
        await copied(other, destination)
    await copied(source, destination)


async def test_of_two_copies_the_later_goes_on(source: str, destination: str) -> None:
    """The other ends, so that no row is written twice."""
    with child(source, destination, "between") as process:
        await asyncio.to_thread(goes_on, process, 2)
        await copied(source, destination)
        assert process.stdin
        await asyncio.to_thread(process.communicate, "\n" * 10_000)
    assert process.returncode == 1
    assert await contents(destination) == await contents(source)


async def test_an_older_source_is_refused(source: str, destination: str) -> None:
    """With what brings it to this version."""
    database = database_of(parse(source))
    async with database.writing() as connection:
        await connection.execute("DELETE FROM golem_schema WHERE version > 5")
    await database.close()
    with pytest.raises(StoreError, match=r"has schema 5, .*: start the bot with this version once"):
        await copied(source, destination)


async def test_a_database_is_not_copied_to_itself(source: str) -> None:
    """By whatever path it is named."""
    with pytest.raises(StoreError, match="cannot be copied to itself"):
        await copied(source, source)


async def test_a_row_that_differs_in_the_end_is_found(
    source: str, destination: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy stays unusable, and the next run mends it."""
    monkeypatch.setattr(TableCopy, "_load", _forgetting_one)
    with pytest.raises(StoreError, match="is not as it was copied"):
        await copied(source, destination)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="a copy into it has not ended"):
        await open_store(destination)
    await copied(source, destination)
    assert await contents(destination) == await contents(source)


async def _forgetting_one(self: Any, table: schema.Table, rows: Any) -> None:
    async with self._destination.writing() as connection:
        await connection.load(table, tuple(table.types), rows[:-1])


async def test_nan_comes_over_where_a_database_has_it(
    postgres_database: str, destination: str, other_postgres_database: str
) -> None:
    """SQLite has none: it is NULL there, as when the bot writes to it."""
    await fill(postgres_database)
    await insert(postgres_database, SERIES, [(BOT, NOON, "odd", 1, 1, 1, 1.0, 1.0, 1.0, None, math.nan)])
    await copied(postgres_database, destination)
    odd = next(row for row in (await contents(destination))[SERIES.name] if row[2] == "'odd'")
    assert odd[-1] == ("nan" if destination == other_postgres_database else "None")


async def test_names_may_be_ordered_in_any_way(postgres_database: str, destination: str) -> None:
    """A server orders text by its own rules; the copy does not depend on them."""
    await (await open_store(postgres_database)).close()
    database = database_of(parse(postgres_database))
    try:
        async with database.writing() as connection:
            await connection.execute(f'ALTER TABLE {SERIES.name} ALTER COLUMN name TYPE TEXT COLLATE "en-x-icu"')
    except StoreError as lacking:
        pytest.skip(f"this server knows no other order: {lacking}")
    finally:
        await database.close()
    await fill(postgres_database)
    await copied(postgres_database, destination, at_once=3)
    assert await contents(destination) == await contents(postgres_database)
