"""What a scope means in rows: which instances, and from which tier each part of a span is read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from plugin.history import names
from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.schema import TIERS, Table, TableKind
from plugin.history.tiers import KeptFrom, Marks, Segment, Tier, cover
from plugin.model import Scope

_LONGEST_SOUGHT = 50_000
"""So many minutes are kept in a month."""


class _RollupGroup(NamedTuple):
    """Instances that are rolled up equally far."""

    marks: Marks
    instances: tuple[int, ...] | None
    """None is all of the bot."""


class View(NamedTuple):
    """A scope, resolved in the transaction that reads."""

    bot: int
    release: int | None
    groups: tuple[_RollupGroup, ...]
    kept: KeptFrom
    last_day: int
    """The end of the last day that was written to."""

    def parts(self, kind: TableKind, start: int | None, end: int, step_s: int = Tier.DAY) -> Iterator[RowRange]:
        """Each part of a span once, in rows that fit into steps; a start of None is all there is, whatever the end."""
        coarsest = max(tier for tier in TIERS if step_s % tier == 0)
        for group in self.groups:
            if start is None:
                # Up to the end of a day, so that no edge asks for minutes where hours are all that is left.
                segments = [Segment(Tier.EVER, 0, 1), *cover(group.marks.days_until, self.last_day, group.marks)]
            else:
                segments = cover(self.kept.aligned(start), self.kept.aligned(end), group.marks, coarsest)
            for segment in segments:
                yield RowRange(self, kind, group.instances, segment)

    def step(self, start: int, step_s: int) -> int:
        """The seconds from one point to the next: those asked for, as far as the rows kept from `start` on allow."""
        step_s = max(Tier.MINUTE, Tier.MINUTE.floor(step_s))
        tier = self.kept.tier(start - start % step_s)
        return max(tier, tier.floor(step_s))


class Shape(NamedTuple):
    """What a piece looks like in a statement, whatever its values are."""

    table: Table
    instances: bool
    release: bool
    times: bool

    def where(self, connection: Connection, place: int) -> str:
        """A condition whose values are those that a piece gives at the same place."""
        conditions = ["bot = :bot"]
        if self.instances:
            conditions.append(connection.one_of("instance", f"instances_{place}"))
        if self.release:
            conditions.append("release = :release")
        if self.times:
            conditions.append(connection.one_of("at", f"times_{place}"))
        else:
            conditions.append(f"at >= :start_{place} AND at < :end_{place}")
        return " AND ".join(conditions)


class Piece(NamedTuple):
    """Some of the rows of a part, or all of them, read by one select of a statement."""

    part: RowRange
    times: range | None
    """None is all, in one scan."""

    @property
    def shape(self) -> Shape:
        """What it has in common with pieces that the same select reads."""
        part, view = self.part, self.part.view
        table = part.kind.tables[part.segment.tier]
        return Shape(table, part.instances is not None, view.release is not None, self.times is not None)

    def given(self, connection: Connection, place: int) -> Iterator[tuple[str, Any]]:
        """The values of the conditions of its shape."""
        part, view = self.part, self.part.view
        yield "bot", view.bot
        if part.instances is not None:
            yield f"instances_{place}", connection.listed(part.instances)
        if view.release is not None:
            yield "release", view.release
        if self.times is not None:
            yield f"times_{place}", connection.listed(self.times)
        else:
            yield f"start_{place}", part.segment.start
            yield f"end_{place}", part.segment.end


class RowRange(NamedTuple):
    """Rows of one kind from one tier."""

    view: View
    kind: TableKind
    instances: tuple[int, ...] | None
    segment: Segment

    def ranged(self) -> Piece:
        """The whole part in one scan: for most of the rows in it."""
        return Piece(self, None)

    def sought(self, length: int) -> Iterator[Piece]:
        """So many of the part's times at once, each sought in the index: for few rows of each."""
        if self.segment.end - self.segment.start > _LONGEST_SOUGHT * self.segment.tier:
            yield self.ranged()  # mostly empty, such as what a clock leaves that once was years ahead
            return
        for times in self.segment.slices(length):
            yield Piece(self, times)

    def scanned(self, length: int) -> Iterator[Piece]:
        """So many of the part's times at once, each of these in one scan: for most of the rows in it."""
        if self.segment.end - self.segment.start > _LONGEST_SOUGHT * self.segment.tier:
            yield self.ranged()
            return
        for times in self.segment.slices(length):
            segment = Segment(self.segment.tier, times.start, times.stop)
            yield self._replace(segment=segment).ranged()


@asynccontextmanager
async def viewed(database: Database, known: Names, scope: Scope) -> AsyncGenerator[tuple[Connection, View]]:
    """A transaction that sees the database as of one moment, and what a scope means in it."""
    async with database.reading() as connection:
        yield connection, await _view(known, connection, scope)


async def _view(known: Names, connection: Connection, scope: Scope) -> View:
    nobody = View(scope.bot, None, (), KeptFrom(), 0)
    release = None
    if scope.release is not None:
        name = (names.clean(scope.release),)
        release = (await known.known(connection, names.RELEASES, scope.bot, [name])).get(name)
        if release is None:
            return nobody
    sql, values = _KNOWN, {"bot": scope.bot}
    if scope.instance is not None:
        sql, values = f"{_KNOWN} AND name = :name", {"bot": scope.bot, "name": names.clean(scope.instance)}
    rows = [*map(_Known._make, await connection.rows(sql, values))]
    if not rows:
        return nobody
    # A bot of which nothing was deleted yet has no row of its own.
    kept = KeptFrom(rows[0].minutes_from or 0, rows[0].hours_from or 0)
    groups = _groups(rows, scope.instance is None)
    return View(scope.bot, release, groups, kept, Tier.DAY.ceil(max(row.written_until for row in rows)))


class _Known(NamedTuple):
    """What is known of an instance, and of its bot."""

    instance: int
    written_until: int
    hours_until: int
    days_until: int
    minutes_from: int | None
    hours_from: int | None


_KNOWN = """SELECT who.instance, who.written_until, who.hours_until, who.days_until, bots.minutes_from, bots.hours_from
    FROM golem_instances AS who LEFT JOIN golem_bots AS bots ON bots.bot = who.bot WHERE who.bot = :bot"""


def _groups(rows: Sequence[_Known], whole: bool) -> tuple[_RollupGroup, ...]:
    furthest = Marks(max(row.hours_until for row in rows), max(row.days_until for row in rows))
    by_marks: dict[Marks, list[int]] = {}
    for row in rows:
        # Beyond its last row an instance may count as rolled up as far as any: so the dead ones need no group each.
        hours = furthest.hours_until if row.written_until <= row.hours_until else row.hours_until
        days = furthest.days_until if row.written_until <= row.days_until else row.days_until
        by_marks.setdefault(Marks(hours, days), []).append(row.instance)
    everyone = whole and len(by_marks) == 1
    return tuple(_RollupGroup(marks, None if everyone else tuple(members)) for marks, members in by_marks.items())
