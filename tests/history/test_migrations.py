"""From an empty database to the schema that queries expect."""

from __future__ import annotations

from itertools import pairwise

from plugin.history import schema
from plugin.history.engine import Connection
from plugin.history.migrations import MIGRATIONS, NEWEST
from plugin.history.sqlite import InFile
from plugin.history.store import Store


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
