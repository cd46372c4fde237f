"""From an empty database to the schema that queries expect."""

from __future__ import annotations

from itertools import pairwise

from plugin.history import schema
from plugin.history.engine import Connection
from plugin.history.migrations import MIGRATIONS, NEWEST
from plugin.history.sqlite import InFile
from plugin.history.store import Store, open_store
from plugin.model import AlertKept, CommandDelta, MemberSpan, SeriesDelta
from tests.history.builders import (
    BUY,
    DAY,
    MILLISECOND_NS,
    NOON,
    SCOPE,
    WRITER,
    batch,
    count,
    delta,
    failure,
    finding,
    roll_up_all,
)


def test_numbers_increase_by_one() -> None:
    """Migrations are numbered from 1, without gaps, in the order in which they are applied."""
    assert next(iter(MIGRATIONS)) == 1
    assert all(after == before + 1 for before, after in pairwise(MIGRATIONS))
    assert list(MIGRATIONS)[-1] == NEWEST


async def test_the_tables_are_those_that_queries_name(store: Store) -> None:
    """Every table has the columns and the primary key that queries use, and there is none besides."""

    async with store._database.reading() as connection:
        found = {name: await layout(connection, name) for name in await connection.tables()}
    expected = {name: (sorted(table.types), list(table.key)) for name, table in schema.TABLES.items()}
    ours = {name: columns for name, columns in found.items() if not name.startswith(("pg_", "sql_", "sqlite_"))}
    assert ours == expected


async def layout(connection: Connection, table: str) -> tuple[list[str], list[str]]:
    """The columns of a table in order of their names, and those of its primary key in order."""
    if isinstance(connection, InFile):
        rows = await connection.rows("SELECT name, pk FROM pragma_table_info(:name)", {"name": table})
    else:
        rows = await connection.rows(
            """SELECT attname, coalesce(array_position(indkey::int[], attnum::int), -1) + 1 FROM pg_attribute
            JOIN pg_index ON indrelid = attrelid AND indisprimary WHERE attrelid = to_regclass(:name) AND attnum > 0""",
            {"name": table},
        )
    key = sorted((place, name) for name, place in rows if place)
    return sorted(name for name, _ in rows), [name for _, name in key]


def test_every_unique_key_can_be_distributed() -> None:
    """Every key begins with the bot, so that a cluster can spread bots; the keys of tiers have the time second."""
    for table in schema.TABLES.values():
        if table is schema.MIGRATIONS:
            continue
        assert table.key[0] == "bot"
        if "at" in table.types:
            assert table.key[1] == "at"


async def test_what_was_written_before_answers_were_measured_stays(address: str) -> None:
    """Rows of the schema before have no answers, and all else; what is added to them later counts beside it."""
    written, ms = delta(ok=5, error=2), MILLISECOND_NS
    async with await open_store(address) as store:
        await store.writing.write(WRITER, batch(NOON, written))
        await store.writing.write(WRITER, batch(NOON - DAY, written))
        await roll_up_all(store, NOON - DAY // 2 + 600)
        await _to_schema_2(store, written)
    async with await open_store(address) as store:
        for _ in range(2):
            old = await store.reading.command(SCOPE, NOON, NOON + 60, BUY)
            assert (old.outcomes, old.total_ns, old.answers.number) == (written.outcomes, written.total_ns, 0)
            assert (old.durations, old.first_responses) == (written.durations, written.first_responses)
            await roll_up_all(store, NOON + 2 * DAY)
        await store.writing.write(WRITER, batch(NOON, delta(ok=1, each_ms=7)))
        both, ever = [await store.reading.command(SCOPE, start, NOON + 60, BUY) for start in (NOON, None)]
        assert (both.outcomes[0], both.answers.number, both.answers.total_ns) == (6, 1, 7 * ms)
        assert both.first_responses.total == written.first_responses.total + delta().first_responses.total
        assert (ever.outcomes[0], ever.answers.number) == (11, 1)


async def test_what_was_written_before_findings_were_kept_stays(address: str) -> None:
    """A database of schema 4 has no findings, and all else; from now on it takes them."""
    async with await open_store(address) as store:
        await store.writing.write(WRITER, batch(NOON, delta(ok=5), guilds=3, errors=(failure(count=2),), sequence=1))
        async with store._database.writing() as connection:
            await _to_schema_4(connection)
    async with await open_store(address) as store:
        assert await store.reading.findings(SCOPE, 0, NOON + DAY) == ()
        assert not await store.writing.write(WRITER, batch(NOON, findings=(finding(),), sequence=1))
        assert await store.writing.write(WRITER, batch(NOON + 60, delta(), findings=(finding(),), sequence=2))
        assert await store.reading.findings(SCOPE, 0, NOON + DAY) == ((finding(), WRITER.instance),)
        assert await count(store, NOON, NOON + 120) == 6
        assert [error.count for error in await store.reading.errors(SCOPE, NOON, NOON + 120)] == [2]
        assert [one.name for one in await store.reading.described(SCOPE)] == ["guilds"]
        assert await store.reading.values(SCOPE, NOON, NOON + 60, "guilds") == SeriesDelta(1, 3, 3, 3)


async def _to_schema_2(store: Store, written: CommandDelta) -> None:
    """Make of the newest database one as the schema before left it."""
    async with store._database.writing() as connection:
        for tier in ("minute", "hour", "day", "ever"):
            await connection.execute(
                f"UPDATE golem_commands_{tier} SET first_responses = :whole", {"whole": written.first_responses.pack()}
            )
            for column in ("answered", "answers_ns", "answers", "deferred", "deferred_ns", "deferred_answers"):
                await connection.execute(f"ALTER TABLE golem_commands_{tier} DROP COLUMN {column}")
        await _to_schema_4(connection)
        await connection.execute("DROP TABLE golem_series")
        await connection.execute("DELETE FROM golem_schema WHERE version >= 3")


async def test_what_was_written_before_members_were_counted_stays(address: str) -> None:
    """A database of schema 5 has no sketches, and all else; from now on it takes them."""
    today = MemberSpan.DAY.period(NOON)
    async with await open_store(address) as store:
        await store.writing.write(WRITER, batch(NOON, delta(ok=5)))
        async with store._database.writing() as connection:
            await _to_schema_5(connection)
    async with await open_store(address) as store:
        assert await count(store, NOON, NOON + 60) == 5
        ((period, salt, packed),) = await store.fleet.members(WRITER.bot, [today])
        assert (period, len(salt), packed) == (today, 32, b"")


async def test_alerts_that_were_told_before_people_could_answer_stay(address: str) -> None:
    """A database of schema 6 does not know when they were sent, and of no reminder; from now on it does."""
    told = AlertKept("3f2a1b9c", "discord:12", "one", NOON, "99", "{}")
    async with await open_store(address) as store:
        await store.fleet.keep_alert(WRITER.bot, told._replace(sent=NOON, reminder="time"), NOON)
        async with store._database.writing() as connection:
            await _to_schema_6(connection)
    async with await open_store(address) as store:
        assert await store.fleet.alerts(WRITER.bot, "discord:12") == (told,)
        reminded = told._replace(sent=NOON, reminder="time")
        assert await store.fleet.keep_alert(WRITER.bot, reminded, NOON) == (reminded, True)
        assert await store.fleet.alert_actions(WRITER.bot, 0.0) == ()


async def _to_schema_6(connection: Connection) -> None:
    await connection.execute("DROP TABLE golem_alert_actions")
    for column in ("sent", "reminder"):
        await connection.execute(f"ALTER TABLE golem_alerts DROP COLUMN {column}")
    await connection.execute("DELETE FROM golem_schema WHERE version >= 7")


async def _to_schema_5(connection: Connection) -> None:
    await connection.execute("DROP TABLE golem_alert_actions")
    await connection.execute("DROP TABLE golem_member_salts")
    await connection.execute("DROP TABLE golem_member_sketches")
    await connection.execute("DROP TABLE golem_alerts")
    await connection.execute("DELETE FROM golem_schema WHERE version >= 6")


async def _to_schema_4(connection: Connection) -> None:
    await _to_schema_5(connection)
    await connection.execute("DROP TABLE golem_findings")
    for tier in ("minute", "hour", "day"):
        for column in ("distribution", "last"):
            await connection.execute(f"ALTER TABLE golem_series_{tier} DROP COLUMN {column}")
    await connection.execute("DELETE FROM golem_schema WHERE version >= 5")
