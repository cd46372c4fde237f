"""Questions about errors, which are grouped by type and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from plugin.history.commands import command_keys
from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.questions import summed
from plugin.history.schema import ERRORS
from plugin.history.views import viewed
from plugin.model import CommandKey, ErrorCourse, ErrorHistory, ErrorPoint, Place, Scope


async def courses(
    database: Database, known: Names, scope: Scope, start: int, end: int, step_s: int
) -> tuple[ErrorCourse, ...]:
    """Error groups that occurred in the span, each over time, the latest first."""
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
    """Error groups that occurred in the span, the latest first."""
    async with viewed(database, known, scope) as (connection, view):
        sums = await summed(connection, view.parts(ERRORS, start, end), ("error_group", "command"), ("count",))
        keys = await command_keys(known, connection, view.bot, {number for _, number in sums})
        groups = await _groups(connection, view.bot) if sums else ()
    by_group: dict[int, dict[CommandKey, int]] = {}
    for (group, number), (count,) in sums.items():
        by_group.setdefault(group, {})[keys[number]] = count
    return tuple(_history(group, by_group[group.error_group]) for group in groups if group.error_group in by_group)


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
