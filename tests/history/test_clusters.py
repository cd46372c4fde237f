"""What TimescaleDB and Citus ask of a schema and of its statements, for those who outgrow one PostgreSQL.

TimescaleDB: a hypertable's unique keys contain its time column; conflicts are found by columns, not by constraint name.
Citus: unique keys contain the distribution column and no row ever changes it; foreign keys do not cross shards; a
conflict target contains it; FOR UPDATE only where one shard, or a reference table, is locked.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import asyncpg
import pytest

from plugin.history import postgres
from plugin.history.migrations import MIGRATIONS
from plugin.history.schema import KINDS
from plugin.history.store import open_store
from plugin.model import Retention
from tests.history.builders import BOT, BUY, DAY, NOON, SCOPE, WRITER, batch, delta, failure, finding

TIERS = sorted(table.name for kind in KINDS for table in kind.tables.values())
STATEMENTS = [statement for statements in MIGRATIONS.values() for statement in statements]
TIER = re.compile(rf"\b({'|'.join(TIERS)})\b")


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.split()[2])
def test_every_unique_key_has_the_columns_to_split_by(statement: str) -> None:
    """Each key of each migration begins with the bot, and in a tier goes on with the time."""
    keys = [key.split(", ") for key in re.findall(r"(?:PRIMARY KEY|UNIQUE) \((.+?)\)", statement)]
    keys += [[column] for column in re.findall(r"(\w+) \w+(?: NOT NULL)? (?:PRIMARY KEY|UNIQUE)(?! \()", statement)]
    assert keys or statement.startswith("ALTER TABLE")
    assert all(key[0] == "bot" for key in keys)
    if TIER.search(statement) and not statement.startswith("ALTER TABLE"):
        assert [key[1] for key in keys] == ["at"]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.split()[2])
def test_nothing_is_made_that_does_not_spread(statement: str) -> None:
    """No foreign keys, sequences, triggers, exclusions or inheritance."""
    assert not re.search(
        r"REFERENCES|FOREIGN|SERIAL|IDENTITY|TRIGGER|EXCLUDE|INHERITS|CREATE SEQUENCE", statement.upper()
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a store sends from now on."""
    sent: list[str] = []
    connect = postgres._connect

    class Listened(asyncpg.Connection):
        async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
            sent.append(" ".join(query.split()))
            return await super().fetch(query, *args, **options)

        async def execute(self, query: str, *args: Any, **options: Any) -> Any:
            sent.append(" ".join(query.split()))
            return await super().execute(query, *args, **options)

        async def executemany(self, command: str, args: Any, **options: Any) -> Any:
            sent.append(" ".join(command.split()))
            return await super().executemany(command, args, **options)

    monkeypatch.setattr(postgres, "_connect", functools.partial(connect, connection_class=Listened))
    return sent


async def test_every_statement_stays_with_one_bot(postgres_database: str, statements: list[str]) -> None:
    """Whatever touches a tier names one bot; conflicts are found by the bot and the time; no key is ever changed."""
    async with await open_store(postgres_database) as store:
        statements.clear()
        for day in range(4):
            await store.writing.write(
                WRITER, batch(NOON + day * DAY, delta(), memory=1, errors=(failure(),), findings=(finding(),))
            )
        now = NOON + 4 * DAY
        while await store.writing.roll_up(now) or await store.writing.prune(BOT, now, Retention(3600, DAY, 2 * DAY)):
            pass
        await store.writing.write(WRITER, batch(NOON, delta(), memory=1))
        await store.reading.top(SCOPE, NOON, now)
        await store.reading.several(SCOPE, None, now, [BUY])
        await store.reading.courses(SCOPE, NOON, now, [BUY], 3600)
        await store.reading.series(SCOPE, NOON, now, ["memory"], 3600)
        await store.reading.errors(SCOPE, NOON, now)
        await store.reading.span(SCOPE)
        await store.reading.whole_from(SCOPE)
        await store.reading.added(SCOPE, NOON, now, ["memory"], 3600, 120)
    on_tiers = [statement for statement in statements if TIER.search(statement)]
    assert {kind for statement in on_tiers for kind in [statement.split()[0]]} == {"INSERT", "SELECT", "DELETE"}
    for statement in on_tiers:
        if statement.startswith("INSERT"):
            target, changed = re.findall(r"ON CONFLICT \((.+?)\) DO UPDATE SET (.+)", statement)[0]
            assert target.startswith("bot, at, ")
            assert not set(re.findall(r"(\w+) = ", changed)) & set(target.split(", "))
        else:
            for scan in filter(TIER.search, re.split(r" UNION ALL |\(SELECT ", statement)):
                assert re.search(r"\bbot = \$1", scan), statement
        assert "FOR UPDATE" not in statement
    locked = {re.findall(r"FROM (\w+)", statement)[0] for statement in statements if "FOR UPDATE" in statement}
    assert locked == {"golem_instances"}
