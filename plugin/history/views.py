"""What a scope means in rows: which instances, and from which tier each part of a span is read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import names, schema
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.history.schema import Kind
from plugin.history.tiers import Kept, Marks, Segment, Tier, cover
from plugin.model import Scope

_LONGEST_SOUGHT = 50_000
"""So many minutes are kept in a month."""


class _Group(NamedTuple):
    """Instances that are rolled up equally far."""

    marks: Marks
    instances: tuple[int, ...] | None
    """None is all of the bot."""


class View(NamedTuple):
    """A scope, resolved in the transaction that reads."""

    database: Database
    bot: int
    release: int | None
    groups: tuple[_Group, ...]
    kept: Kept
    last_day: int
    """The end of the last day that was written to."""

    def parts(self, kind: Kind, start: int | None, end: int, step_s: int = Tier.DAY) -> Iterator[Part]:
        """Each part of a span once, in rows that fit into steps; a start of None is all there is, whatever the end."""
        coarsest = max(tier for tier in schema.TIERS if step_s % tier == 0)
        for group in self.groups:
            if start is None:
                # Up to the end of a day, so that no edge asks for minutes where hours are all that is left.
                segments = [Segment(Tier.EVER, 0, 1), *cover(group.marks.days_until, self.last_day, group.marks)]
            else:
                segments = cover(self.kept.aligned(start), self.kept.aligned(end), group.marks, coarsest)
            for segment in segments:
                yield Part(self, kind, group.instances, segment)

    def step(self, start: int, step_s: int) -> int:
        """The seconds from one point to the next: those asked for, as far as the rows kept from `start` on allow."""
        step_s = max(Tier.MINUTE, Tier.MINUTE.floor(step_s))
        tier = self.kept.tier(start - start % step_s)
        return max(tier, tier.floor(step_s))


class Part(NamedTuple):
    """Rows of one kind from one tier."""

    view: View
    kind: Kind
    instances: tuple[int, ...] | None
    segment: Segment

    @property
    def columns(self) -> Any:
        """The columns of the table to read."""
        return self.kind.tables[self.segment.tier].c

    def ranged(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The statement over the whole part in one scan: for most of the rows in it."""
        at = self.columns.at
        return statement.where(*self._who(), at >= self.segment.start, at < self.segment.end)

    def sought(self, statement: Select[*tuple[Any, ...]], length: int) -> Iterator[Select[*tuple[Any, ...]]]:
        """The statement over so many of the part's times at once, each sought in the index: for few rows of each."""
        if self.segment.end - self.segment.start > _LONGEST_SOUGHT * self.segment.tier:
            yield self.ranged(statement)  # mostly empty, such as what a clock leaves that once was years ahead
            return
        for times in self.segment.slices(length):
            yield statement.where(*self._who(), self.view.database.one_of(self.columns.at, times))

    def _who(self) -> Iterator[ColumnElement[bool]]:
        yield self.columns.bot == self.view.bot
        if self.instances is not None:
            yield self.view.database.one_of(self.columns.instance, self.instances)
        if self.view.release is not None:
            yield self.columns.release == self.view.release


@asynccontextmanager
async def viewed(database: Database, known: Names, scope: Scope) -> AsyncGenerator[tuple[AsyncConnection, View]]:
    """A transaction that sees the database as of one moment, and what a scope means in it."""
    async with database.reading() as connection:
        yield connection, await _view(database, known, connection, scope)


async def _view(database: Database, known: Names, connection: AsyncConnection, scope: Scope) -> View:
    nobody = View(database, scope.bot, None, (), Kept(), 0)
    release = None
    if scope.release is not None:
        name = (names.clean(scope.release),)
        release = (await known.known(connection, names.RELEASES, scope.bot, [name])).get(name)
        if release is None:
            return nobody
    instances, bots = schema.instances.c, schema.bots.c
    statement = (
        select(
            instances.instance,
            instances.written_until,
            instances.hours_until,
            instances.days_until,
            bots.minutes_from,
            bots.hours_from,
        )
        .join(schema.bots, bots.bot == instances.bot, isouter=True)
        .where(instances.bot == scope.bot)
    )
    if scope.instance is not None:
        statement = statement.where(instances.name == names.clean(scope.instance))
    rows = (await connection.execute(statement)).all()
    if not rows:
        return nobody
    # A bot of which nothing was deleted yet has no row of its own.
    kept = Kept(rows[0].minutes_from or 0, rows[0].hours_from or 0)
    groups = _groups(rows, scope.instance is None)
    return View(database, scope.bot, release, groups, kept, Tier.DAY.ceil(max(row.written_until for row in rows)))


def _groups(rows: Any, whole: bool) -> tuple[_Group, ...]:
    furthest = Marks(max(row.hours_until for row in rows), max(row.days_until for row in rows))
    by_marks: dict[Marks, list[int]] = {}
    for row in rows:
        # Beyond its last row an instance may count as rolled up as far as any: so the dead ones need no group each.
        hours = furthest.hours_until if row.written_until <= row.hours_until else row.hours_until
        days = furthest.days_until if row.written_until <= row.days_until else row.days_until
        by_marks.setdefault(Marks(hours, days), []).append(row.instance)
    everyone = whole and len(by_marks) == 1
    return tuple(_Group(marks, None if everyone else tuple(members)) for marks, members in by_marks.items())
