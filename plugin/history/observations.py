"""Questions about series, about errors, and since when there are any rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import names, schema
from plugin.history.commands import command_keys
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.history.questions import merged, oldest, summed
from plugin.history.schema import ERRORS, KINDS, SERIES, TIERS
from plugin.history.tiers import Segment, Tier
from plugin.history.views import Part, viewed
from plugin.model import CommandKey, ErrorHistory, Place, Scope, SeriesCourse, SeriesDelta, SeriesPoint


async def series(
    database: Database, known: Names, scope: Scope, start: int, end: int, name: str, step_s: int
) -> SeriesCourse:
    """One series over time, with the values of all instances; the first step begins at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(SERIES, start - start % step_s, end, step_s)
        rows = await merged(connection, SERIES, parts, [names.clean(name)], step_s)
    return SeriesCourse(step_s, tuple(SeriesPoint(at, SeriesDelta(*values)) for at, _, _, _, *values in sorted(rows)))


async def added(
    database: Database, known: Names, scope: Scope, start: int, end: int, name: str, step_s: int
) -> SeriesCourse:
    """One series over time, in each step the mean of every instance added up: that of the fleet as a whole."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(SERIES, start - start % step_s, end, step_s)
        rows = await merged(connection, SERIES, parts, [names.clean(name)], step_s, apart=True)
    sums: dict[int, float] = {}
    for at, _, _, _, count, sum_, *_ in sorted(rows):
        sums[at] = sums.get(at, 0.0) + sum_ / count
    return SeriesCourse(step_s, tuple(SeriesPoint(at, SeriesDelta(1, each, each, each)) for at, each in sums.items()))


async def values(database: Database, known: Names, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
    """All values of a series in one; None where there is none."""
    async with viewed(database, known, scope) as (connection, view):
        rows = await merged(connection, SERIES, view.parts(SERIES, start, end), [names.clean(name)], Tier.EVER)
    return next((SeriesDelta(*found) for _, _, _, _, *found in rows), None)


async def errors(database: Database, known: Names, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
    """Error groups that were met in the span, the one seen last first."""
    async with viewed(database, known, scope) as (connection, view):
        sums = await summed(connection, view.parts(ERRORS, start, end), ("error_group", "command"), _counts)
        keys = await command_keys(known, connection, view.bot, {number for _, number in sums})
        groups = await _groups(connection, view.bot) if sums else ()
    by_group: dict[int, dict[CommandKey, int]] = {}
    for (group, number), (count,) in sums.items():
        by_group.setdefault(group, {})[keys[number]] = count
    return tuple(_history(row, by_group[row.error_group]) for row in groups if row.error_group in by_group)


async def first(database: Database, known: Names, scope: Scope) -> int | None:
    """The time of the first row of any kind and tier; None where there is none."""
    async with viewed(database, known, scope) as (connection, view):
        if not view.groups:
            return None
        instances = view.groups[0].instances if scope.instance is not None else None
        everything = [Part(view, kind, instances, Segment(tier, 0, Tier.EVER)) for tier in TIERS for kind in KINDS]
        return await oldest(connection, everything)


async def whole_from(database: Database, known: Names, scope: Scope) -> int | None:
    """From when on every moment was seen: an hour or a day may have begun before its first row did; None as above."""
    async with viewed(database, known, scope) as (connection, view):
        if not view.groups:
            return None
        tier = view.kept.tier(0)  # the finest of which nothing was deleted
        instances = view.groups[0].instances if scope.instance is not None else None
        first = await oldest(connection, [Part(view, kind, instances, Segment(tier, 0, Tier.EVER)) for kind in KINDS])
    return first if first is None or tier is Tier.MINUTE else first + tier


def _counts(columns: Any) -> list[ColumnElement[int]]:
    return [columns["count"]]


async def _groups(connection: AsyncConnection, bot: int) -> Any:
    group, first, last = schema.error_groups.c, schema.releases.alias(), schema.releases.alias()
    return await connection.execute(
        select(*group, first.c.name.label("first_name"), last.c.name.label("last_name"))
        .join(first, (first.c.bot == group.bot) & (first.c.release == group.first_release))
        .join(last, (last.c.bot == group.bot) & (last.c.release == group.last_release))
        .where(group.bot == bot)
        .order_by(group.last_seen.desc(), group.error_group)
    )


def _history(row: Any, counts: Mapping[CommandKey, int]) -> ErrorHistory:
    return ErrorHistory(
        row.type,
        Place(row.file, row.function, row.line or 0) if row.file or row.function else None,
        sum(counts.values()),
        row.first_seen,
        row.last_seen,
        row.first_name,
        row.last_name,
        tuple(sorted(counts, key=lambda key: counts[key], reverse=True)),
    )
