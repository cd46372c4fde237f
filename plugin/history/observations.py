"""Questions about series, about errors, and since when there are any rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from plugin.history.views import Part, View, viewed
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
    database: Database, known: Names, scope: Scope, start: int, end: int, name: str, step_s: int, each_s: int
) -> SeriesCourse:
    """One series over time, the values of all instances added up: that of the fleet as a whole.

    Added are the means of `each_s` seconds, in which every instance that ran has a value, or of an hour or a day where
    no finer rows are kept. A step has the mean of these, since instances may have come one after the other in it.
    """
    async with viewed(database, known, scope) as (connection, view):
        each_s = view.step(start, each_s)
        step_s = view.step(start, -(-step_s // each_s) * each_s)  # or a whole could lie in two steps
        parts = view.parts(SERIES, start - start % step_s, end, each_s)
        rows = await merged(connection, SERIES, parts, [names.clean(name)], each_s, apart=True)
    wholes: dict[int, float] = {}
    for at, _, _, _, count, sum_, *_ in sorted(rows):
        wholes[at] = wholes.get(at, 0.0) + sum_ / count
    steps: dict[int, list[float]] = {}
    for at, whole in wholes.items():
        steps.setdefault(at - at % step_s, []).append(whole)
    points = [SeriesPoint(at, SeriesDelta(len(of), sum(of), min(of), max(of))) for at, of in steps.items()]
    return SeriesCourse(step_s, tuple(points))


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
        return await _first_of(connection, view, scope, TIERS)


async def whole_from(database: Database, known: Names, scope: Scope) -> int | None:
    """From when on every moment was seen: an hour or a day may have begun before its first row did; None as above."""
    async with viewed(database, known, scope) as (connection, view):
        begin = await _first_of(connection, view, scope, TIERS)
        tier = view.kept.tier(begin or 0)  # the finest of which nothing was deleted since
        found = await _first_of(connection, view, scope, [tier])
    return found if found is None or tier is Tier.MINUTE else found + tier


async def _first_of(connection: AsyncConnection, view: View, scope: Scope, tiers: Sequence[Tier]) -> int | None:
    if not view.groups:
        return None
    instances = view.groups[0].instances if scope.instance is not None else None
    return await oldest(
        connection, [Part(view, kind, instances, Segment(tier, 0, Tier.EVER)) for tier in tiers for kind in KINDS]
    )


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
