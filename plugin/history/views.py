"""Resolve a scope and a span to rows: which instances, and which tier for each part of the span."""

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
"""Rows of one part that are looked up by time, about a month of minutes; longer parts are scanned."""


class _RollupGroup(NamedTuple):
    """Instances that are rolled up equally far."""

    marks: Marks
    instances: tuple[int, ...] | None
    """None means all of the bot."""


class View(NamedTuple):
    """A scope, resolved in the transaction that reads."""

    bot: int
    release: int | None
    groups: tuple[_RollupGroup, ...]
    kept: KeptFrom
    last_day: int
    """The end of the last day with rows."""

    def parts(self, kind: TableKind, start: int | None, end: int, step_s: int = Tier.DAY) -> Iterator[RowRange]:
        """Ranges of rows that cover a span exactly once and fit into steps; of all time if `start` is None."""
        coarsest = max(tier for tier in TIERS if step_s % tier == 0)
        for group in self.groups:
            if start is None:
                # Up to the end of a day, so that no edge needs minutes where only hours are left.
                segments = [Segment(Tier.EVER, 0, 1), *cover(group.marks.days_until, self.last_day, group.marks)]
            else:
                segments = cover(self.kept.aligned(start), self.kept.aligned(end), group.marks, coarsest)
            for segment in segments:
                yield RowRange(self, kind, group.instances, segment)

    def step(self, start: int, step_s: int) -> int:
        """The step to use: the requested one, or coarser if the rows kept from `start` on require it."""
        step_s = max(Tier.MINUTE, Tier.MINUTE.floor(step_s))
        tier = self.kept.tier(start - start % step_s)
        return max(tier, tier.floor(step_s))


class Shape(NamedTuple):
    """The statement shape shared by pieces that one SELECT can read."""

    table: Table
    instances: bool
    release: bool
    times: bool

    def where(self, connection: Connection, place: int) -> str:
        """The condition; a piece gives its values for the same place."""
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
    """Some or all rows of a range, read by one SELECT of a statement."""

    part: RowRange
    times: range | None
    """None: scan the whole range."""

    @property
    def shape(self) -> Shape:
        """The shape of its SELECT."""
        part, view = self.part, self.part.view
        table = part.kind.tables[part.segment.tier]
        return Shape(table, part.instances is not None, view.release is not None, self.times is not None)

    def given(self, connection: Connection, place: int) -> Iterator[tuple[str, Any]]:
        """The values for the condition of its shape."""
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
    """Rows of one kind from one tier, of some instances."""

    view: View
    kind: TableKind
    instances: tuple[int, ...] | None
    segment: Segment

    def scan(self) -> Piece:
        """The whole range in one scan, for reading most of its rows."""
        return Piece(self, None)

    def lookups(self, length: int) -> Iterator[Piece]:
        """Pieces of at most `length` times, each looked up in the index, for reading a few rows of each."""
        if self.segment.end - self.segment.start > _LONGEST_SOUGHT * self.segment.tier:
            yield self.scan()  # mostly empty, for example after a clock was years ahead
            return
        for times in self.segment.slices(length):
            yield Piece(self, times)

    def scans(self, length: int) -> Iterator[Piece]:
        """Pieces of at most `length` times, each in one scan, for reading most of the rows."""
        if self.segment.end - self.segment.start > _LONGEST_SOUGHT * self.segment.tier:
            yield self.scan()
            return
        for times in self.segment.slices(length):
            segment = Segment(self.segment.tier, times.start, times.stop)
            yield self._replace(segment=segment).scan()


@asynccontextmanager
async def viewed(database: Database, known: Names, scope: Scope) -> AsyncGenerator[tuple[Connection, View]]:
    """A reading transaction, and the scope resolved in it."""
    async with database.reading() as connection:
        yield connection, await _view(known, connection, scope)


async def _view(known: Names, connection: Connection, scope: Scope) -> View:
    nobody = View(scope.bot, None, (), KeptFrom(), 0)
    release = None
    if scope.release is not None:
        name = (names.clean(scope.release),)
        release = (await known.existing(connection, names.RELEASES, scope.bot, [name])).get(name)
        if release is None:
            return nobody
    sql, values = _INSTANCES, {"bot": scope.bot}
    if scope.instance is not None:
        sql, values = f"{_INSTANCES} AND name = :name", {"bot": scope.bot, "name": names.clean(scope.instance)}
    rows = [*map(_InstanceRow._make, await connection.rows(sql, values))]
    if not rows:
        return nobody
    # A bot without deleted rows has no row of its own in golem_bots.
    kept = KeptFrom(rows[0].minutes_from or 0, rows[0].hours_from or 0)
    groups = _groups(rows, scope.instance is None)
    return View(scope.bot, release, groups, kept, Tier.DAY.ceil(max(row.written_until for row in rows)))


class _InstanceRow(NamedTuple):
    """How far an instance is written and rolled up, and what is kept of its bot."""

    instance: int
    written_until: int
    hours_until: int
    days_until: int
    minutes_from: int | None
    hours_from: int | None


_INSTANCES = """SELECT who.instance, who.written_until, who.hours_until, who.days_until,
        bots.minutes_from, bots.hours_from
    FROM golem_instances AS who LEFT JOIN golem_bots AS bots ON bots.bot = who.bot WHERE who.bot = :bot"""


def _groups(rows: Sequence[_InstanceRow], whole: bool) -> tuple[_RollupGroup, ...]:
    furthest = Marks(max(row.hours_until for row in rows), max(row.days_until for row in rows))
    by_marks: dict[Marks, list[int]] = {}
    for row in rows:
        # An instance with no rows past its mark counts as fully rolled up, so dead instances share one group.
        hours = furthest.hours_until if row.written_until <= row.hours_until else row.hours_until
        days = furthest.days_until if row.written_until <= row.days_until else row.days_until
        by_marks.setdefault(Marks(hours, days), []).append(row.instance)
    everyone = whole and len(by_marks) == 1
    return tuple(_RollupGroup(marks, None if everyone else tuple(members)) for marks, members in by_marks.items())
