"""What a look back costs, beside the same question put to one row per invocation; what a minute and a year cost."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from plugin.history.schema import COMMANDS
from plugin.history.store import Store, open_store
from plugin.history.tiers import Tier
from plugin.model import Scope
from tests.bench import moments
from tests.bench.invocations import QUANTILE, Course, InPostgreSQL, InSQLite, Span, Top
from tests.bench.measure import Spread, pair
from tests.bench.plain import PlainPostgreSQL, PlainSQLite
from tests.bench.table import Row, alone, beside, fraction, growth, milli
from tests.history.generating import WRITER, Generated
from tests.history.postgres import Postgres, database_of

END = 20_000 * Tier.DAY + 12 * Tier.HOUR + 37 * Tier.MINUTE
"""A moment within an hour and a day, so that every tier has a part in the answer."""

SCOPE = Scope(WRITER.bot)
SMALL, LARGE = 5_000_000, 50_000_000
DATABASES = ("SQLite", "PostgreSQL")
LARGEST_GROWTH = 2.5
LARGEST_YEAR_MB = 100
MINUTES = COMMANDS.tables[Tier.MINUTE].name


class Question(NamedTuple):
    """Something that is asked of history, and what it may cost as a share of what it costs without."""

    name: str
    span: Span
    small: int
    """At most one part in so many of the rival, at 5 million invocations."""
    large: int
    """The same at 50 million."""


DAY = Span(Tier.HOUR.floor(END - Tier.DAY), END)
MONTH = Span(Tier.HOUR.floor(END - 30 * Tier.DAY), END)
"""As a page asks, which begins them with an hour."""
QUESTIONS = (
    Question("top 10, 24 hours", DAY, 1, 50),
    Question("top 10, 30 days", MONTH, 20, 200),
    Question("hourly course, 30 days", MONTH, 3, 50),
)


class Size(NamedTuple):
    """How much there is, and how often it is asked."""

    invocations: int
    commands: int
    days: int
    ours: int
    rivals: int


Ask = Callable[[], Awaitable[Any]]


class Pair(NamedTuple):
    """One question and its two ways."""

    ours: Ask
    theirs: Ask


class Timed(NamedTuple):
    """What both took, in nanoseconds."""

    ours: Spread
    theirs: Spread
    covered: Spread
    """Theirs with indices that hold all that is asked for."""


def measure(quick: bool, full: bool = False) -> list[Row]:
    """Ask 5 million invocations, in full 50 million beside them; each database is a new one, and deleted at the end."""
    gc.collect()
    return [*asyncio.run(_measure(quick, full)), *_year(quick)]


async def _measure(quick: bool, full: bool) -> list[Row]:
    rows: list[Row] = []
    small = Size(10_000, 5, 1, 3, 1) if quick else Size(SMALL, 200, 30, 21, 3)
    sizes = [small, Size(LARGE, 200, 30, 21, 1)] if full else [small]
    for database in DATABASES:
        async with _folder(database) as place:
            found = [await _asked(place, size) for size in sizes]
            for number, (size, timed) in enumerate(zip(sizes, found, strict=True)):
                rows += _ratios(database, size, timed, number > 0)
            if full:
                rows += _growths(database, *found)
            rows += [await _flush(place, database, commands, 3 if quick else 60) for commands in (50, 200)]
    return rows


class Place(NamedTuple):
    """Where new databases of one kind are made."""

    folder: Path
    server: Postgres | None

    async def new(self, name: str) -> str:
        """The address of a database."""
        if self.server is None:
            (self.folder / name).mkdir()
            return str(self.folder / name / "history.db")
        connection = await asyncpg.connect(self.server.address)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        return database_of(self.server.address, name)


@asynccontextmanager
async def _folder(database: str) -> AsyncGenerator[Place]:
    with tempfile.TemporaryDirectory(prefix="golem-bench-") as folder:
        server = Postgres() if database == "PostgreSQL" else None
        try:
            yield Place(Path(folder), server)
        finally:
            if server is not None:
                server.remove()


async def _asked(place: Place, size: Size) -> list[Timed]:
    generated = Generated(size.invocations, END, size.commands, size.days)
    address = await place.new(f"of_{size.invocations}")
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await open_store(address))
        await generated.fill(store)
        rival = await InPostgreSQL.connect(address) if place.server else InSQLite(Path(address).parent)
        stack.push_async_callback(rival.close)
        await rival.fill(generated)
        pairs = [_pair(question, store, rival, generated) for question in QUESTIONS]
        plain = [await _timed(pair, size) for pair in pairs]
        await rival.cover()
        covered = [Spread.of([await _once(pair.theirs) for _ in range(size.rivals)]) for pair in pairs]
        return [Timed(*both, third) for both, third in zip(plain, covered, strict=True)]


def _pair(question: Question, store: Store, rival: InSQLite | InPostgreSQL, generated: Generated) -> Pair:
    keys = [command.key for command in generated.commands]
    numbers = {key: number for number, key in enumerate(keys)}

    async def top() -> Top:
        found = await store.reading.top(SCOPE, *question.span)
        return [(numbers[one.key], sum(one.outcomes), one.answers.times.quantile_ns(QUANTILE) or 0) for one in found]

    async def course() -> Course:
        (found,) = await store.reading.courses(SCOPE, *question.span, [keys[0]], Tier.HOUR)
        return [
            (point.at // Tier.HOUR, sum(point.outcomes), point.answers.times.quantile_ns(QUANTILE) or 0)
            for point in found.points
        ]

    if question.name.startswith("top"):
        return Pair(top, lambda: rival.top(question.span))
    return Pair(course, lambda: rival.course(0, question.span))


async def _timed(pair: Pair, size: Size) -> tuple[Spread, Spread]:
    _check(await pair.ours(), await pair.theirs())
    ours, theirs = [], []
    for _ in range(size.rivals):
        theirs.append(await _once(pair.theirs))
        ours += [await _once(pair.ours) for _ in range(size.ours // size.rivals)]
    return Spread.of(ours), Spread.of(theirs)


def _check(ours: Top | Course, theirs: Top | Course) -> None:
    """Both were asked the same: they agree but for what chance put into either."""
    mine, other = sum(row[1] for row in ours), sum(row[1] for row in theirs)
    if abs(len(ours) - len(theirs)) > 1 or not 0.5 < mine / other < 2:
        raise RuntimeError(f"history and the rows it is compared with tell two stories: {ours[:3]}, {theirs[:3]}")


async def _once(ask: Ask, clock_ns: Callable[[], int] = time.perf_counter_ns) -> float:
    began_ns = clock_ns()
    await ask()
    return clock_ns() - began_ns


def _ratios(database: str, size: Size, timed: list[Timed], large: bool) -> list[Row]:
    label = f"{size.invocations / 1e6:.2g} M, {database}"
    return [
        fraction(
            f"{question.name}, {label}",
            found.ours,
            found.theirs,
            "row by row",
            question.large if large else question.small,
            f"1/{found.covered.median / found.ours.median:.1f} of {milli(found.covered)} from rows within indices",
        )
        for question, found in zip(QUESTIONS, timed, strict=True)
    ]


def _growths(database: str, small: list[Timed], large: list[Timed]) -> list[Row]:
    return [
        growth(f"{question.name}, 50 M as to 5 M, {database}", more.ours, few.ours, LARGEST_GROWTH)
        for question, few, more in zip(QUESTIONS, small, large, strict=True)
    ]


async def _flush(place: Place, database: str, commands: int, minutes: int) -> Row:
    """Each minute has every command, and is written as one batch; by turns with the same rows by the driver alone.

    By processor time, since a disk that is busy would decide otherwise; what a server takes is not in it.
    """
    generated = Generated(20_000_000 * commands // 200, END, commands)
    source, target = await place.new(f"flush_{commands}"), await place.new(f"plain_{commands}")
    async with await open_store(target):
        pass  # only the tables
    async with await open_store(source) as store, AsyncExitStack() as stack:
        await store.fleet.register(WRITER, END)
        plain = await PlainPostgreSQL.connect(source, target) if place.server else PlainSQLite(source, target)
        stack.push_async_callback(plain.close)
        ours, theirs = [], []
        for minute in range(minutes):
            batch = generated.batch(END // Tier.MINUTE * Tier.MINUTE + minute * Tier.MINUTE, minute)
            ours.append(await _once(lambda batch=batch: store.writing.write(WRITER, batch), time.process_time_ns))
            rows = await plain.rows(MINUTES, batch.start)
            theirs.append(await _once(lambda rows=rows: plain.insert(MINUTES, rows), time.process_time_ns))
    what = f"flush of a minute, {commands} commands, {database}"
    # With the first minute the names come, too.
    return beside(what, pair(ours[1:], theirs[1:]), "its rows by the driver", None, milli)


def _year(quick: bool) -> list[Row]:
    """A file as it is after a year: what a year's rollups leave, and three hours of a monitor at work on top."""
    days, minutes = (1, 2) if quick else (365, 180)
    generated = Generated(round(SMALL * days / 30), END, 5 if quick else 200, days)
    with tempfile.TemporaryDirectory(prefix="golem-bench-") as folder:
        path = Path(folder, "history.db")
        asyncio.run(_fill(generated, path, minutes))
        megabytes = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
        told = asyncio.run(_told(generated, path, END + minutes * Tier.MINUTE, quick))
    name = f"file after a {'day' if quick else 'year'} of 5 M a month"
    return [alone(name, f"{megabytes:.1f} MB", megabytes, LARGEST_YEAR_MB, "MB"), *told]


async def _told(generated: Generated, path: Path, end: int, quick: bool) -> list[Row]:
    async with await open_store(str(path)) as store:
        return await moments.measure(store, generated, end, moments.QUICK if quick else moments.WHOLE)


async def _fill(generated: Generated, path: Path, minutes: int) -> None:
    async with await open_store(str(path)) as store:
        await generated.fill(store)
        for minute in range(minutes):
            now = END + minute * Tier.MINUTE
            await store.writing.write(WRITER, generated.batch(now, minute))
            while await store.writing.roll_up(now) or await store.writing.prune(WRITER.bot, now):
                pass
