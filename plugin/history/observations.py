"""Questions about series, about errors, and since when there are any rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from plugin.histogram import Histogram
from plugin.history import names
from plugin.history.commands import command_keys
from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.questions import merged, oldest, summed
from plugin.history.schema import ERRORS, KINDS, SERIES, TIERS
from plugin.history.tiers import Segment, Tier
from plugin.history.views import RowRange, View, viewed
from plugin.model import (
    CommandKey,
    ErrorCourse,
    ErrorHistory,
    ErrorPoint,
    Place,
    Scope,
    SeriesCourse,
    SeriesDelta,
    SeriesKept,
    SeriesPoint,
)


async def series(
    database: Database, known: Names, scope: Scope, start: int, end: int, wanted: Sequence[str], step_s: int
) -> tuple[SeriesCourse, ...]:
    """Each series over time, with the values of all instances; the first step begins at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(SERIES, start - start % step_s, end, step_s)
        rows = await merged(connection, SERIES, parts, [*map(names.clean, wanted)], step_s)
    points: dict[str, list[SeriesPoint]] = {}
    for at, name, _, _, *values in sorted(rows, key=itemgetter(0)):
        points.setdefault(name, []).append(SeriesPoint(at, _delta(values)))
    return tuple(SeriesCourse(step_s, tuple(points.get(names.clean(name), ()))) for name in wanted)


async def added(
    database: Database,
    known: Names,
    scope: Scope,
    start: int,
    end: int,
    wanted: Sequence[str],
    step_s: int,
    each_s: int,
) -> tuple[SeriesCourse, ...]:
    """Each series over time, the values of all instances added up: those of the fleet as a whole.

    Added are the means of `each_s` seconds, in which every instance that ran has a value, or of an hour or a day where
    no finer rows are kept. A step has the mean of these, since instances may have come one after the other in it.
    """
    async with viewed(database, known, scope) as (connection, view):
        each_s = view.step(start, each_s)
        step_s = view.step(start, -(-step_s // each_s) * each_s)  # or a whole could lie in two steps
        parts = view.parts(SERIES, start - start % step_s, end, each_s)
        rows = await merged(connection, SERIES, parts, [*map(names.clean, wanted)], each_s, apart=True)
    wholes: dict[str, dict[int, list[_Part]]] = {}
    for at, name, _, _, count, sum_, *_, last in sorted(rows, key=itemgetter(0)):
        wholes.setdefault(name, {}).setdefault(at, []).append(_Part(sum_ / count, last))
    return tuple(SeriesCourse(step_s, _steps(wholes.get(names.clean(name), {}), step_s)) for name in wanted)


class _Part(NamedTuple):
    """What one instance adds to the whole."""

    mean: float
    last: float | None


def _steps(wholes: Mapping[int, Sequence[_Part]], step_s: int) -> tuple[SeriesPoint, ...]:
    steps: dict[int, list[Sequence[_Part]]] = {}
    for at, parts in wholes.items():
        steps.setdefault(at - at % step_s, []).append(parts)
    return tuple(SeriesPoint(at, _whole(of)) for at, of in steps.items())


def _whole(times: Sequence[Sequence[_Part]]) -> SeriesDelta:
    sums = [sum(part.mean for part in parts) for parts in times]
    lasts = [part.last for part in times[-1] if part.last is not None]
    return SeriesDelta(len(sums), sum(sums), min(sums), max(sums), last=sum(lasts) if lasts else None)


async def values(database: Database, known: Names, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
    """All values of a series in one; None where there is none."""
    async with viewed(database, known, scope) as (connection, view):
        rows = await merged(connection, SERIES, view.parts(SERIES, start, end), [names.clean(name)], Tier.EVER)
    return next((_delta(found) for _, _, _, _, *found in rows), None)


def _delta(values: Sequence[Any]) -> SeriesDelta:
    count, sum_, minimum, maximum, packed, last = values
    return SeriesDelta(count, sum_, minimum, maximum, None if packed is None else Histogram.unpack(packed), last)


async def described(database: Database, known: Names, bot: int, prefix: str) -> tuple[SeriesKept, ...]:
    """Every series that was ever written, by name, with what its values are; of one that changed, the last one last."""
    async with database.reading() as connection:
        found = await known.all(connection, names.SERIES, bot)
    return tuple(sorted((SeriesKept(*name) for name in found if name[0].startswith(prefix)), key=itemgetter(0)))


async def error_courses(
    database: Database, known: Names, scope: Scope, start: int, end: int, step_s: int
) -> tuple[ErrorCourse, ...]:
    """Error groups that were met in the span, each over time, the one seen last first."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(ERRORS, start - start % step_s, end, step_s)
        sums = await summed(connection, parts, ("error_group", "command", "at"), ("count",))
        keys = await command_keys(known, connection, view.bot, {number for _, number, _ in sums})
        groups = await _groups(connection, view.bot) if sums else ()
    by_group: dict[int, Counter[tuple[int, CommandKey]]] = {}
    for (group, number, at), (count,) in sums.items():
        by_group.setdefault(group, Counter())[at - at % step_s, keys[number]] += count
    return tuple(_course(group, by_group[group.error_group]) for group in groups if group.error_group in by_group)


def _course(group: _ErrorRow, counts: Mapping[tuple[int, CommandKey], int]) -> ErrorCourse:
    by_command: Counter[CommandKey] = Counter()
    for (_, key), count in counts.items():
        by_command[key] += count
    points = (ErrorPoint(at, key, count) for (at, key), count in counts.items())
    return ErrorCourse(_history(group, by_command), tuple(sorted(points, key=lambda point: point.at)))


async def errors(database: Database, known: Names, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
    """Error groups that were met in the span, the one seen last first."""
    async with viewed(database, known, scope) as (connection, view):
        sums = await summed(connection, view.parts(ERRORS, start, end), ("error_group", "command"), ("count",))
        keys = await command_keys(known, connection, view.bot, {number for _, number in sums})
        groups = await _groups(connection, view.bot) if sums else ()
    by_group: dict[int, dict[CommandKey, int]] = {}
    for (group, number), (count,) in sums.items():
        by_group.setdefault(group, {})[keys[number]] = count
    return tuple(_history(group, by_group[group.error_group]) for group in groups if group.error_group in by_group)


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


async def _first_of(connection: Connection, view: View, scope: Scope, tiers: Sequence[Tier]) -> int | None:
    if not view.groups:
        return None
    instances = view.groups[0].instances if scope.instance is not None else None
    return await oldest(
        connection, [RowRange(view, kind, instances, Segment(tier, 0, Tier.EVER)) for tier in tiers for kind in KINDS]
    )


async def _groups(connection: Connection, bot: int) -> list[_ErrorRow]:
    rows = await connection.rows(
        """SELECT met.error_group, met.type, met.file, met.function, met.line, met.first_seen, met.last_seen,
            first.name, last.name
        FROM golem_error_groups AS met
        JOIN golem_releases AS first ON first.bot = met.bot AND first.release = met.first_release
        JOIN golem_releases AS last ON last.bot = met.bot AND last.release = met.last_release
        WHERE met.bot = :bot ORDER BY met.last_seen DESC, met.error_group""",
        {"bot": bot},
    )
    return [*map(_ErrorRow._make, rows)]


class _ErrorRow(NamedTuple):
    error_group: int
    type: str
    file: str
    function: str
    line: int | None
    first_seen: float
    last_seen: float
    first_release: str
    last_release: str


def _history(group: _ErrorRow, counts: Mapping[CommandKey, int]) -> ErrorHistory:
    return ErrorHistory(
        group.type,
        Place(group.file, group.function, group.line or 0) if group.file or group.function else None,
        sum(counts.values()),
        group.first_seen,
        group.last_seen,
        group.first_release,
        group.last_release,
        tuple(sorted(counts, key=lambda key: counts[key], reverse=True)),
    )
