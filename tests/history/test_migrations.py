"""From an empty database to the schema that queries expect."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import Connection, inspect

from plugin.history import Store, schema
from plugin.history.migrations import MIGRATIONS, NEWEST


def test_numbers_increase_by_one() -> None:
    """Migrations are numbered from 1, without gaps, in the order in which they are applied."""
    assert next(iter(MIGRATIONS)) == 1
    assert all(after == before + 1 for before, after in pairwise(MIGRATIONS))
    assert list(MIGRATIONS)[-1] == NEWEST


async def test_the_tables_are_those_that_queries_name(store: Store) -> None:
    """Every table has the columns and the primary key that queries use, and there is none besides."""

    def found(connection: Connection) -> dict[str, tuple[list[str], list[str]]]:
        look = inspect(connection)
        return {
            name: (
                [column["name"] for column in look.get_columns(name)],
                look.get_pk_constraint(name)["constrained_columns"],
            )
            for name in look.get_table_names()
        }

    async with store._database.reading() as connection:
        tables = await connection.run_sync(found)
    expected = schema.metadata.tables
    assert {name: (sorted(columns), key) for name, (columns, key) in tables.items()} == {
        name: (sorted(table.c.keys()), [column.name for column in table.primary_key])
        for name, table in expected.items()
    }


def test_every_unique_key_can_be_distributed() -> None:
    """Every key begins with the bot, so that a cluster can spread bots; the keys of tiers have the time second."""
    for table in schema.metadata.tables.values():
        if table is schema.migrations:
            continue
        names = [column.name for column in table.primary_key]
        assert names[0] == "bot"
        if "at" in table.c:
            assert names[1] == "at"
