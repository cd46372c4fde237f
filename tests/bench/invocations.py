"""What history is compared with: one row per invocation, with an index by time and one by command, and exact quantiles.

Those are the indices that anyone would make. `cover` exchanges them for such as hold all that the questions want to
know: the best that can be had of such a table, for twice its room. Both databases take the faster of the ways that were
tried. In SQLite the value at a rank from above keeps 5 % of the rows in order instead of all (a quarter of the time of
`percent_rank`, or of sorting in Python); per hour Python sorts faster.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from plugin.histogram import bucket_value_ns, nearest_rank
from plugin.history.tiers import Tier
from plugin.model import Outcome
from tests.history.generating import Generated

QUANTILE = 0.95
Top = list[tuple[int, int, int]]
"""Command, invocations, 95th percentile of the durations in nanoseconds; most invocations first."""

Course = list[tuple[int, int, int]]
"""Hour, invocations, 95th percentile of the durations in nanoseconds."""


class Span(NamedTuple):
    """From `start` up to, not including, `end`, in Unix seconds."""

    start: int
    end: int


def hour_of(generated: Generated, seed: int = 2) -> list[tuple[int, int, int, int]]:
    """Rows of one hour in the order of time: second, command, outcome, duration in nanoseconds."""
    choose = random.Random(seed)
    numbers = range(len(generated.commands))
    shares = [command.share for command in generated.commands]
    count = round(generated.invocations * Tier.HOUR / (generated.end - generated.start))
    seconds = sorted(choose.choices(range(Tier.HOUR), k=count))
    rows: list[tuple[int, int, int, int]] = []
    for second, number in zip(seconds, choose.choices(numbers, shares, k=count), strict=True):
        buckets, weights = zip(*generated.commands[number].buckets, strict=True)
        (bucket,) = choose.choices(buckets, weights)
        outcome = Outcome.ERROR if choose.random() < 0.01 else Outcome.OK
        rows.append((second, number, outcome.value, bucket_value_ns(bucket)))
    return rows


class InSQLite:
    """One row per invocation in a file."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "invocations.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA cache_size=-262144")

    async def fill(self, generated: Generated) -> None:
        """Every hour has the same rows, each a little later and slower than in the hour before."""
        execute = self._connection.execute
        execute("CREATE TABLE hour (second INTEGER, command INTEGER, outcome INTEGER, duration_ns INTEGER)")
        execute("CREATE TABLE invocations (at INTEGER, command INTEGER, outcome INTEGER, duration_ns INTEGER)")
        self._connection.executemany("INSERT INTO hour VALUES (?, ?, ?, ?)", hour_of(generated))
        for number, at in enumerate(range(generated.start, generated.end, Tier.HOUR)):
            one = "INSERT INTO invocations SELECT second + ?, command, outcome, duration_ns + ? FROM hour"
            execute(one, (at, number * 7919 % 100_003))
        execute("CREATE INDEX by_time ON invocations (at)")
        execute("CREATE INDEX by_command ON invocations (command, at)")
        execute("ANALYZE")

    async def cover(self) -> None:
        """Let the indices hold all that is asked for."""
        execute = self._connection.execute
        execute("DROP INDEX by_time")
        execute("DROP INDEX by_command")
        execute("CREATE INDEX by_time ON invocations (at, command, outcome, duration_ns)")
        execute("CREATE INDEX by_command ON invocations (command, at, outcome, duration_ns)")
        execute("ANALYZE")

    async def top(self, span: Span) -> Top:
        """The 10 commands with the most invocations."""
        counts = self._connection.execute(
            "SELECT command, count(*) AS invocations FROM invocations WHERE at >= ? AND at < ? "
            "GROUP BY command ORDER BY invocations DESC LIMIT 10",
            span,
        ).fetchall()
        return [(command, count, self._quantile_ns(command, count, span)) for command, count in counts]

    def _quantile_ns(self, command: int, count: int, span: Span) -> int:
        return self._connection.execute(
            "SELECT duration_ns FROM invocations WHERE command = ? AND at >= ? AND at < ? "
            "ORDER BY duration_ns DESC LIMIT 1 OFFSET ?",
            (command, *span, count - nearest_rank(QUANTILE, count)),
        ).fetchone()[0]

    async def course(self, command: int, span: Span) -> Course:
        """One command by the hour."""
        rows = self._connection.execute(
            "SELECT at / 3600, duration_ns FROM invocations WHERE command = ? AND at >= ? AND at < ?", (command, *span)
        )
        hours = [
            (hour, sorted([duration_ns for _, duration_ns in of]))
            for hour, of in itertools.groupby(rows, lambda row: row[0])
        ]
        return [(hour, len(of), of[nearest_rank(QUANTILE, len(of)) - 1]) for hour, of in hours]

    async def close(self) -> None:
        """Close the file."""
        with closing(self._connection):
            pass


class InPostgreSQL:
    """One row per invocation in a server."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def connect(cls, address: str) -> InPostgreSQL:
        """In the database of that address, with room to sort in memory."""
        connection = await asyncpg.connect(address)
        await connection.execute("SET work_mem = '128MB'; SET maintenance_work_mem = '512MB'")
        return cls(connection)

    async def fill(self, generated: Generated) -> None:
        """Every hour has the same rows, each a little later and slower than in the hour before."""
        execute = self._connection.execute
        columns = "command INTEGER, outcome SMALLINT, duration_ns BIGINT"
        await execute(f"CREATE UNLOGGED TABLE hour (second INTEGER, {columns})")
        await execute(f"CREATE UNLOGGED TABLE invocations (at BIGINT, {columns})")
        await self._connection.copy_records_to_table("hour", records=hour_of(generated))
        for number, at in enumerate(range(generated.start, generated.end, Tier.HOUR)):
            one = "INSERT INTO invocations SELECT second + $1::bigint, command, outcome, duration_ns + $2 FROM hour"
            await execute(one, at, number * 7919 % 100_003)
        await execute("CREATE INDEX by_time ON invocations (at)", timeout=900)
        await execute("CREATE INDEX by_command ON invocations (command, at)", timeout=900)
        await execute("VACUUM ANALYZE", timeout=900)  # all tables: what the server does by itself in time

    async def cover(self) -> None:
        """Let the indices hold all that is asked for."""
        execute = self._connection.execute
        await execute("DROP INDEX by_time, by_command")
        await execute("CREATE INDEX ON invocations (at) INCLUDE (command, outcome, duration_ns)", timeout=900)
        await execute("CREATE INDEX ON invocations (command, at) INCLUDE (outcome, duration_ns)", timeout=900)
        await execute("VACUUM ANALYZE invocations", timeout=900)

    async def top(self, span: Span) -> Top:
        """The 10 commands with the most invocations."""
        return await self._connection.fetch(
            "WITH foremost AS (SELECT command, count(*) AS invocations FROM invocations WHERE at >= $1 AND at < $2 "
            "GROUP BY command ORDER BY invocations DESC LIMIT 10) "
            "SELECT command, invocations, (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ns) "
            "FROM invocations WHERE command = foremost.command AND at >= $1 AND at < $2) "
            "FROM foremost ORDER BY invocations DESC",
            *span,
        )

    async def course(self, command: int, span: Span) -> Course:
        """One command by the hour."""
        return await self._connection.fetch(
            "SELECT at / 3600, count(*), percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ns) FROM invocations "
            "WHERE command = $1 AND at >= $2 AND at < $3 GROUP BY at / 3600 ORDER BY 1",
            command,
            *span,
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()
