"""What can befall a server: it is away, it comes back, it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from plugin.history import SchemaTooNew, StoreAddressError, StoreError, StoreRefused, StoreUnavailable
from plugin.history.address import parse
from plugin.history.postgres import InServer
from plugin.history.store import Store, open_store
from tests.history.builders import BUY, NOON, PING, SCOPE, SELL, WRITER, batch, count, delta, roll_up_all
from tests.history.postgres import Postgres, database_of


@contextmanager
def stopped(server: Postgres) -> Generator[None]:
    """The server is down while the block runs."""
    server.stop()
    try:
        yield
    finally:
        server.start()


async def cut_others(connection: Any) -> None:
    """End every other session of the database, as a restart of the server does."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid != "
    await connection.execute(others + "pg_backend_pid()")


async def test_a_server_that_was_away_is_caught_up_with(own_postgres: Postgres) -> None:
    """While it is stopped every call says so; once it runs again, the same store takes the same batches, once."""
    writer = WRITER._replace(bot=77)
    scope = SCOPE._replace(bot=77)
    batches = [batch(NOON + 60 * number, delta()) for number in range(5)]
    async with await open_store(own_postgres.address) as store:
        await store.writing.write(writer, batches[0])
        with stopped(own_postgres):
            for one in batches:
                with pytest.raises(StoreUnavailable, match="postgresql://") as caught:
                    await store.writing.write(writer, one)
                assert caught.value.temporary
            with pytest.raises(StoreUnavailable):
                await store.reading.totals(scope, NOON, NOON + 3600)
            with pytest.raises(StoreUnavailable):
                await store.writing.roll_up(NOON)
            with pytest.raises(StoreUnavailable):
                await open_store(own_postgres.address)
        assert [await store.writing.write(writer, one) for one in batches] == [False, True, True, True, True]
        await roll_up_all(store, NOON + 7200)
        assert await count(store, NOON, NOON + 3600, scope) == 5


async def test_a_server_that_is_nowhere_is_named(tmp_path: Path) -> None:
    """A server that cannot be reached is named without its password, with what to look at."""
    with pytest.raises(StoreUnavailable, match="cannot be reached: check that it is running") as caught:
        await open_store(f"postgresql://someone:secret@/bots?host={tmp_path}")
    assert "secret" not in str(caught.value)
    assert "someone" in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_database_that_does_not_exist_is_named(postgres_address: str) -> None:
    """A server without the database refuses, and the message says to create it."""
    address = database_of(postgres_address, "golem_nowhere")
    with pytest.raises(StoreRefused, match="does not exist: create it") as caught:
        await open_store(address)
    assert not caught.value.temporary


async def test_a_schema_from_the_future_is_left_alone(postgres_database: str) -> None:
    """A database that a later version wrote is not touched."""
    await (await open_store(postgres_database)).close()
    connection = await asyncpg.connect(postgres_database)
    await connection.execute("INSERT INTO golem_schema VALUES (99); DROP TABLE golem_bots")
    with pytest.raises(SchemaTooNew, match=r"schema 99, this one knows \d+"):
        await open_store(postgres_database)
    assert await connection.fetchval("SELECT to_regclass('golem_bots')") is None
    await connection.close()


async def test_a_cut_connection_is_replaced(postgres_database: str) -> None:
    """A session that the server ended, as at its restart, fails nothing that comes afterwards."""
    async with await open_store(postgres_database) as store:
        await store.writing.write(WRITER, batch(NOON, delta()))
        connection = await asyncpg.connect(postgres_database)
        await cut_others(connection)
        await connection.close()
        assert await store.writing.write(WRITER, batch(NOON + 60, delta()))
        assert await count(store, NOON, NOON + 120) == 2


def test_a_missing_driver_names_its_cure() -> None:
    """Without asyncpg the error says what to install; SQLite goes on working without it."""
    program = (
        "import sys; sys.modules['asyncpg'] = None\n"
        "from plugin.history import MissingDriver\n"
        "from plugin.history.address import parse\n"
        "parse('history.db')\n"
        "try: parse('postgresql://host/db')\n"
        "except MissingDriver as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    assert "pip install asyncpg" in run.stdout


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_addresses_of_hosted_databases_are_understood(scheme: str) -> None:
    """What is copied from a provider works: its scheme, sslmode and channel_binding; what is logged hides the rest."""
    address = parse(f"{scheme}://u:s%40cret@db.example:5433/bots?sslmode=require&channel_binding=require")
    assert address.shown == "postgresql://u:***@db.example:5433/bots"
    assert address.server == {
        "user": "u",
        "password": "s@cret",
        "host": "db.example",
        "port": 5433,
        "database": "bots",
        "ssl": "require",
    }


def test_an_option_that_is_not_understood_is_named() -> None:
    """Another option is refused by name, since the driver would not know it."""
    named = "postgresql://host/db: remove options, target_session_attrs from the query"
    with pytest.raises(StoreAddressError, match=named):
        parse("postgresql://host/db?target_session_attrs=1&options=2")


async def test_a_server_set_back_mixes_no_names(postgres_database: str) -> None:
    """After a failover that lost the last minutes, numbers given out anew are not taken for the commands of before."""
    async with await open_store(postgres_database) as store, await open_store(postgres_database) as other:
        await store.writing.write(WRITER, batch(NOON, delta(BUY)))
        await store.writing.write(WRITER, batch(NOON + 60, delta(SELL)))
        connection = await asyncpg.connect(postgres_database)
        await connection.execute("DELETE FROM golem_commands WHERE command = 2; DELETE FROM golem_commands_minute")
        await cut_others(connection)
        await other.writing.write(WRITER._replace(instance="other"), batch(NOON, delta(PING)))
        await store.writing.write(WRITER, batch(NOON + 120, delta(SELL)))
        await connection.close()
        found = {total.key: total.outcomes[0] for total in await store.reading.totals(SCOPE, NOON, NOON + 3600)}
        assert found == {PING: 1, SELL: 1}


async def test_a_pooler_between_is_named(postgres_database: str) -> None:
    """Where a statement is gone since a pooler changed the session below, the message names the option for it."""
    async with await open_store(postgres_database) as store:
        with pytest.raises(StoreUnavailable, match=r"add \?prepared_statement_cache_size=0 to GOLEM_DATABASE"):
            await ask_while_sessions_change(store)


async def test_sessions_may_change_below_where_that_is_said(postgres_database: str) -> None:
    """With the option no statement is kept for later, so that a pooler may give each transaction another session."""
    async with await open_store(f"{postgres_database}&prepared_statement_cache_size=0") as store:
        await ask_while_sessions_change(store)
        assert await store.writing.write(WRITER, batch(NOON, delta()))


async def ask_while_sessions_change(store: Store) -> None:
    """Ask again and again in sessions that each time have forgotten their statements."""
    for _ in range(4):
        await store.reading.totals(SCOPE, NOON, NOON + 3600)
        async with store._database.reading() as connection:
            assert isinstance(connection, InServer)
            await connection.driver.execute("DEALLOCATE ALL")


@pytest.mark.parametrize("option", ["sslmode=nonsense", "port=none", "prepared_statement_cache_size=no"])
async def test_an_option_with_another_value_is_refused(option: str) -> None:
    """What the driver cannot make sense of is told in the store's own words, with the option and without password."""
    with pytest.raises(StoreError, match=option.partition("=")[0]) as caught:
        await open_store(f"postgresql://u:secret@localhost/db?{option}")
    assert "secret" not in str(caught.value)
