"""Questions about commands; a start of None asks for all there ever was, whatever the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.histogram import Histogram
from plugin.history import names
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.history.questions import merged, summed
from plugin.history.rows import Row
from plugin.history.schema import COMMANDS
from plugin.history.tiers import Tier
from plugin.history.views import View, viewed
from plugin.model import CommandCourse, CommandDelta, CommandKey, CommandPoint, CommandTotals, Outcome, Scope

Order = Literal["invocations", "errors", "total", "mean"]

_COUNTS = ("ok", "denied", "error", "cancelled", "total_ns")
_ORDERS: dict[Order, Callable[[CommandTotals], float]] = {
    "invocations": lambda totals: sum(totals.outcomes),
    "errors": lambda totals: totals.outcomes[Outcome.ERROR],
    "total": lambda totals: totals.total_ns,
    "mean": lambda totals: totals.total_ns / max(1, totals.outcomes[Outcome.OK] + totals.outcomes[Outcome.ERROR]),
}


async def totals(
    database: Database, known: Names, scope: Scope, start: int | None, end: int
) -> tuple[CommandTotals, ...]:
    """Counts of every command that was invoked, in no particular order."""
    async with viewed(database, known, scope) as (connection, view):
        return tuple((await _totals(known, connection, view, start, end)).values())


async def top(
    database: Database, known: Names, scope: Scope, start: int | None, end: int, by: Order, limit: int
) -> tuple[CommandDelta, ...]:
    """The foremost commands with their histograms."""
    async with viewed(database, known, scope) as (connection, view):
        counts = await _totals(known, connection, view, start, end)
        foremost = sorted(counts, key=lambda number: _rank(counts[number], by), reverse=True)[:limit]
        rows = await merged(connection, COMMANDS, view.parts(COMMANDS, start, end), foremost, Tier.EVER)
    deltas = {row[1]: _delta(counts[row[1]].key, row) for row in rows}
    return tuple(deltas[number] for number in foremost)


async def command(
    database: Database, known: Names, scope: Scope, start: int | None, end: int, key: CommandKey
) -> CommandDelta:
    """One command; zeros where it was not invoked."""
    async with viewed(database, known, scope) as (connection, view):
        numbers = await _number(known, connection, scope, key)
        rows = await merged(connection, COMMANDS, view.parts(COMMANDS, start, end), numbers, Tier.EVER)
    return _delta(key, rows[0]) if rows else CommandDelta(key, (0, 0, 0, 0), 0, Histogram(), Histogram())


async def course(
    database: Database, known: Names, scope: Scope, start: int, end: int, key: CommandKey, step_s: int
) -> CommandCourse:
    """One command over time; the first step begins at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        numbers = await _number(known, connection, scope, key)
        step_s = view.step(start, step_s)
        parts = view.parts(COMMANDS, start - start % step_s, end, step_s)
        rows = await merged(connection, COMMANDS, parts, numbers, step_s)
    return CommandCourse(step_s, tuple(map(_point, sorted(rows))))


def _rank(of: CommandTotals, by: Order) -> tuple[float, int]:
    return _ORDERS[by](of), sum(of.outcomes)  # of those alike in the first, who is invoked more comes first


async def _totals(
    known: Names, connection: AsyncConnection, view: View, start: int | None, end: int
) -> dict[int, CommandTotals]:
    sums = await summed(connection, view.parts(COMMANDS, start, end), COMMANDS.keys[:1], _COUNTS)
    keys = await command_keys(known, connection, view.bot, (number for (number,) in sums))
    return {
        number: CommandTotals(keys[number], (ok, denied, error, cancelled), total_ns)
        for (number,), (ok, denied, error, cancelled, total_ns) in sums.items()
    }


async def command_keys(
    known: Names, connection: AsyncConnection, bot: int, numbers: Iterable[int]
) -> dict[int, CommandKey]:
    """The commands that have these numbers."""
    found = await known.names(connection, names.COMMANDS, bot, numbers)
    return {number: names.command_key(name) for number, name in found.items()}


async def _number(known: Names, connection: AsyncConnection, scope: Scope, key: CommandKey) -> list[int]:
    number = await known.number(connection, names.COMMANDS, scope.bot, names.command_name(key))
    return [] if number is None else [number]


def _delta(key: CommandKey, row: Row) -> CommandDelta:
    _, _, _, _, ok, denied, error, cancelled, total_ns, durations, first_responses = row
    outcomes = ok, denied, error, cancelled
    return CommandDelta(key, outcomes, total_ns, Histogram.unpack(durations), Histogram.unpack(first_responses))


def _point(row: Row) -> CommandPoint:
    at, _, _, _, ok, denied, error, cancelled, total_ns, durations, _ = row
    return CommandPoint(at, (ok, denied, error, cancelled), total_ns, Histogram.unpack(durations))
