"""Questions about commands; with a start of None they are about all time, and the end is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plugin.histogram import Histogram
from plugin.history import names
from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.questions import merged, pooled, summed
from plugin.history.ranking import Order, foremost
from plugin.history.rows import Row
from plugin.history.schema import COMMANDS
from plugin.history.tiers import Tier
from plugin.history.views import View, viewed
from plugin.model import (
    ActivityCourse,
    ActivityPoint,
    AnswerSums,
    AnswerTimes,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandKind,
    CommandPoint,
    CommandTotals,
    Scope,
)

_UNKNOWN = 0
"""Not the number of any command."""
_NEVER: Row = (0, _UNKNOWN, 0, 0, 0, 0, 0, 0, 0, b"", b"", 0, 0, b"", 0, 0, b"")

_COUNTS = ("ok", "denied", "error", "cancelled", "answered", "answers_ns", "deferred", "deferred_ns")
_ONLY_ANSWERS = ("durations", "first_responses")
"""Columns that are not read if only answers are needed."""


async def totals(
    database: Database, known: Names, scope: Scope, start: int | None, end: int
) -> tuple[CommandTotals, ...]:
    """Counts of every command that was invoked, in no particular order."""
    async with viewed(database, known, scope) as (connection, view):
        return tuple((await _totals(known, connection, view, start, end)).values())


async def top(
    database: Database, known: Names, scope: Scope, start: int | None, end: int, by: Order, limit: int
) -> tuple[CommandDelta, ...]:
    """The top commands with their answers, without distributions of durations and first responses."""
    async with viewed(database, known, scope) as (connection, view):
        numbers = await foremost(connection, view.parts(COMMANDS, start, end), by, limit)
        keys = await command_keys(known, connection, view.bot, numbers)
        rows = await merged(connection, COMMANDS, view.parts(COMMANDS, start, end), numbers, Tier.EVER, _ONLY_ANSWERS)
    by_number = {row[1]: row for row in rows}
    return tuple(_delta(keys[number], by_number[number], whole=False) for number in numbers)


async def several(
    database: Database,
    known: Names,
    scope: Scope,
    start: int | None,
    end: int,
    keys: Sequence[CommandKey],
    unread: tuple[str, ...] = _ONLY_ANSWERS,
) -> tuple[CommandDelta, ...]:
    """Commands in the given order; zeros for those that were not invoked."""
    async with viewed(database, known, scope) as (connection, view):
        numbers = await _numbers(known, connection, scope, keys)
        subjects = sorted(set(numbers.values()))
        rows = await merged(connection, COMMANDS, view.parts(COMMANDS, start, end), subjects, Tier.EVER, unread)
    by_number = {row[1]: row for row in rows}
    whole = "first_responses" not in unread
    return tuple(_delta(key, by_number.get(numbers.get(key, _UNKNOWN), _NEVER), whole) for key in keys)


async def courses(
    database: Database, known: Names, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
) -> tuple[CommandCourse, ...]:
    """Several commands over time, in the given order."""
    async with viewed(database, known, scope) as (connection, view):
        numbers = await _numbers(known, connection, scope, keys)
        step_s = view.step(start, step_s)
        parts = view.parts(COMMANDS, start - start % step_s, end, step_s)
        rows = await merged(connection, COMMANDS, parts, sorted(set(numbers.values())), step_s, _ONLY_ANSWERS)
    by_number: dict[int, list[CommandPoint]] = {}
    for row in sorted(rows):
        by_number.setdefault(row[1], []).append(_point(row))
    return tuple(CommandCourse(step_s, tuple(by_number.get(numbers.get(key, _UNKNOWN), ()))) for key in keys)


async def activities(
    database: Database, known: Names, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
) -> dict[CommandKey, ActivityCourse]:
    """Counts of several commands over time; the first step starts at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(COMMANDS, start - start % step_s, end, step_s)
        numbers = await _numbers(known, connection, scope, keys)
        by_number = {number: key for key, number in numbers.items()}
        sums = await summed(connection, parts, ("command", "at"), _COUNTS, subjects=sorted(by_number))
    by_command: dict[int, dict[int, list[list[int]]]] = {}
    for (number, at), counts in sums.items():
        by_command.setdefault(number, {}).setdefault(at - at % step_s, []).append(counts)
    return {
        by_number[number]: ActivityCourse(step_s, tuple(_activity(at, steps[at]) for at in sorted(steps)))
        for number, steps in by_command.items()
    }


async def activity(database: Database, known: Names, scope: Scope, start: int, end: int, step_s: int) -> ActivityCourse:
    """Counts of all commands together over time; the first step starts at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(COMMANDS, start - start % step_s, end, step_s)
        sums = await summed(connection, parts, ("at",), _COUNTS)
    by_step: dict[int, list[list[int]]] = {}
    for (at,), counts in sums.items():
        by_step.setdefault(at - at % step_s, []).append(counts)
    return ActivityCourse(step_s, tuple(_activity(at, by_step[at]) for at in sorted(by_step)))


async def answers(database: Database, known: Names, scope: Scope, start: int | None, end: int) -> Histogram:
    """Answer times of all commands together, except after a defer."""
    whole = Histogram()
    async with viewed(database, known, scope) as (connection, view):
        async for packed in pooled(connection, view.parts(COMMANDS, start, end), "answers"):
            whole.merge(Histogram.unpack(*packed))
    return whole


async def _totals(
    known: Names, connection: Connection, view: View, start: int | None, end: int
) -> dict[int, CommandTotals]:
    sums = await summed(connection, view.parts(COMMANDS, start, end), COMMANDS.keys[:1], ("total_ns", *_COUNTS))
    keys = await command_keys(known, connection, view.bot, (number for (number,) in sums))
    return {number: _total(keys[number], *found) for (number,), found in sums.items()}


def _total(key: CommandKey, total_ns: int, *counts: int) -> CommandTotals:
    outcomes, answers, deferred = _counts(counts)
    return CommandTotals(key, outcomes, total_ns, answers, deferred)


async def command_keys(known: Names, connection: Connection, bot: int, numbers: Iterable[int]) -> dict[int, CommandKey]:
    """Commands by their numbers."""
    found = await known.names(connection, names.COMMANDS, bot, numbers)
    return {number: names.command_key(name) for number, name in found.items()}


async def _numbers(
    known: Names, connection: Connection, scope: Scope, keys: Iterable[CommandKey]
) -> dict[CommandKey, int]:
    by_name = {key: names.command_name(key) for key in keys}
    found = await known.existing(connection, names.COMMANDS, scope.bot, by_name.values())
    return {key: found[name] for key, name in by_name.items() if name in found}


def _delta(key: CommandKey, row: Row, whole: bool) -> CommandDelta:
    _, _, _, _, ok, denied, error, cancelled, total_ns, durations, others, *answers = row
    responses = (others, answers[2]) if whole and key.kind is not CommandKind.PREFIX else ()
    return CommandDelta(
        key,
        (ok, denied, error, cancelled),
        total_ns,
        Histogram.unpack(durations),
        Histogram.unpack(*responses),
        *_answers(answers),
    )


def _answers(columns: Sequence[Any]) -> tuple[AnswerTimes, AnswerTimes]:
    number, total_ns, times, deferred, deferred_ns, deferred_times = columns
    return (
        AnswerTimes(number, total_ns, Histogram.unpack(times)),
        AnswerTimes(deferred, deferred_ns, Histogram.unpack(deferred_times)),
    )


def _activity(at: int, counts: Iterable[Sequence[int]]) -> ActivityPoint:
    return ActivityPoint(at, *_counts(map(sum, zip(*counts, strict=True))))


def _counts(columns: Iterable[int]) -> tuple[tuple[int, int, int, int], AnswerSums, AnswerSums]:
    ok, denied, error, cancelled, answered, answers_ns, deferred, deferred_ns = columns
    return (ok, denied, error, cancelled), AnswerSums(answered, answers_ns), AnswerSums(deferred, deferred_ns)


def _point(row: Row) -> CommandPoint:
    at, _, _, _, ok, denied, error, cancelled, _, _, _, *columns = row
    return CommandPoint(at, (ok, denied, error, cancelled), *_answers(columns))
