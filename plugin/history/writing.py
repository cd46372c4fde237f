"""Write a batch exactly once, and into every tier that was already rolled up past it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from plugin.history import findings, members, names, schema
from plugin.history.engine import Connection, Database
from plugin.history.fleet import numbered, register
from plugin.history.names import Name, Names
from plugin.history.rows import Row, add, combine, put
from plugin.history.schema import TableKind
from plugin.history.tiers import Marks, Tier
from plugin.measures import measure_of
from plugin.model import AnswerTimes, Batch, ErrorDelta, SeriesKind, Writer


class _Numbers(NamedTuple):
    learnt_over: int
    """Number of connections made before these were read."""
    instance: int
    release: int
    commands: Mapping[Name, int]
    groups: Mapping[Name, int]


async def write(database: Database, known: Names, writer: Writer, batch: Batch) -> bool:
    """Store a batch; False, with nothing stored, if it or a later one of the same boot is stored already.

    Raises ValueError if the batch does not start at a full minute.
    """
    if batch.start % Tier.MINUTE or batch.start < 0:
        raise ValueError(f"a batch must start at a full minute, not at {batch.start}")
    while True:
        numbers = await _numbers(known, writer, batch)
        async with database.writing() as connection:
            if known.refresh() != numbers.learnt_over:
                continue  # a new connection may lead to a restored database, in which numbers have other meanings
            written = await _write(connection, writer, batch, numbers)
        if written is not None:
            return written
        # Not registered yet, or the database has been replaced by another.
        known.forget()
        await register(database, known, writer, batch.start)


async def _numbers(known: Names, writer: Writer, batch: Batch) -> _Numbers:
    learnt_over = known.refresh()
    keys = [command.key for command in batch.commands] + [error.command for error in batch.errors]
    commands = await known.numbers(names.COMMANDS, writer.bot, map(names.command_name, keys))
    groups = await known.numbers(names.ERROR_GROUPS, writer.bot, map(_group_name, batch.errors))
    await known.numbers(names.SERIES, writer.bot, (_series_name(name, batch.kinds) for name in batch.series))
    return _Numbers(learnt_over, *await numbered(known, writer, batch.start), commands, groups)


async def _write(connection: Connection, writer: Writer, batch: Batch, numbers: _Numbers) -> bool | None:
    mine = {"bot": writer.bot, "instance": numbers.instance}
    # The instance's row locks all its rows, in every tier.
    marks = await connection.rows(
        "SELECT written_until, hours_until, days_until FROM golem_instances "
        f"WHERE bot = :bot AND instance = :instance{connection.locking}",
        mine,
    )
    if not marks:
        return None
    claimed = await _claim(connection, {**mine, "boot": writer.boot, "sequence": batch.sequence})
    if claimed:
        ((written_until, *until),) = marks
        await _store(connection, writer.bot, batch, numbers, Marks(*until), batch.start >= written_until)
        if batch.start + Tier.MINUTE > written_until:
            await connection.execute(
                "UPDATE golem_instances SET written_until = :until WHERE bot = :bot AND instance = :instance",
                {**mine, "until": batch.start + Tier.MINUTE},
            )
    return claimed


async def _claim(connection: Connection, claim: Mapping[str, Any]) -> bool | None:
    mine = "bot = :bot AND instance = :instance AND boot = :boot"
    if await connection.execute(
        f"UPDATE golem_boots SET sequence = :sequence WHERE {mine} AND sequence < :sequence", claim
    ):
        return True
    registered = await connection.rows(f"SELECT 1 FROM golem_boots WHERE {mine}", claim)
    return False if registered else None


async def _store(connection: Connection, bot: int, batch: Batch, numbers: _Numbers, marks: Marks, fresh: bool) -> None:
    for kind, rows in _rows(batch, numbers):
        if fresh:
            await put(connection, bot, kind, Tier.MINUTE, combine(kind, rows, Tier.MINUTE))
        else:
            await add(connection, bot, kind, Tier.MINUTE, rows)
        # Tiers rolled up past this minute will not read it again.
        for tier in _passed(batch.start, marks):
            if tier in kind.tables:
                await add(connection, bot, kind, tier, rows)
    if batch.errors:
        await _see(connection, bot, batch.errors, numbers)
    if batch.findings:
        await findings.put(connection, bot, numbers.instance, batch.findings)
    if batch.members:
        await members.put(connection, bot, batch.members)


def _passed(start: int, marks: Marks) -> list[Tier]:
    hours = [Tier.HOUR] if start < marks.hours_until else []
    return hours + ([Tier.DAY, Tier.EVER] if start < marks.days_until else [])


def _rows(batch: Batch, numbers: _Numbers) -> list[tuple[TableKind, list[Row]]]:
    at, who = batch.start, (numbers.instance, numbers.release)
    commands: list[Row] = [
        (
            at,
            numbers.commands[names.command_name(delta.key)],
            *who,
            *delta.outcomes,
            delta.total_ns,
            delta.durations.pack(),
            delta.first_responses.since(delta.answers.times).pack(),
            *_packed(delta.answers),
            *_packed(delta.deferred),
        )
        for delta in batch.commands
    ]
    # Skip values that are not finite, since sums with them would not be either.
    series: list[Row] = [
        (at, names.clean(name), *who, *delta[:4], delta.distribution and delta.distribution.pack(), delta.last)
        for name, delta in batch.series.items()
        if all(map(math.isfinite, delta[:4]))
    ]
    errors: list[Row] = [
        (at, numbers.groups[_group_name(delta)], numbers.commands[names.command_name(delta.command)], *who, count)
        for delta in batch.errors
        if (count := delta.group.count)
    ]
    return [(schema.COMMANDS, commands), (schema.SERIES, series), (schema.ERRORS, errors)]


def _packed(answers: AnswerTimes) -> tuple[int, int, bytes]:
    return answers.number, answers.total_ns, answers.times.pack()


def _series_name(name: str, kinds: Mapping[str, SeriesKind]) -> Name:
    """A series' name with its unit, kind and attribute, which are empty if no measure is declared for it."""
    measure = measure_of(name)
    if measure is None:
        return names.clean(name), *kinds.get(name.partition("{")[0], _UNDECLARED)
    return names.clean(name), measure.unit, measure.kind.value, measure.attribute


_UNDECLARED = SeriesKind()


def _group_name(error: ErrorDelta) -> Name:
    place = error.group.place
    return (
        names.clean(error.group.type),
        names.clean(place.file if place else ""),
        names.clean(place.function if place else ""),
    )


async def _see(connection: Connection, bot: int, errors: Sequence[ErrorDelta], numbers: _Numbers) -> None:
    # In the order of numbers, so that two instances never deadlock.
    seen = sorted(
        (numbers.groups[_group_name(error)], error.group.first_seen, error.group.last_seen, error.group.place)
        for error in errors
    )
    await connection.many(
        _SEEN,
        [
            {
                "bot": bot,
                "group": group,
                "first": first,
                "last": last,
                "line": place.line if place else None,
                "release": numbers.release,
            }
            for group, first, last, place in seen
        ],
    )


_EARLIER = "first_seen IS NULL OR first_seen > :first"
_LATER = "last_seen IS NULL OR last_seen <= :last"
_SEEN = f"""UPDATE golem_error_groups SET
    first_seen = CASE WHEN {_EARLIER} THEN :first ELSE first_seen END,
    first_release = CASE WHEN {_EARLIER} THEN :release ELSE first_release END,
    last_seen = CASE WHEN {_LATER} THEN :last ELSE last_seen END,
    last_release = CASE WHEN {_LATER} THEN :release ELSE last_release END,
    line = CASE WHEN {_LATER} THEN :line ELSE line END
    WHERE bot = :bot AND error_group = :group"""
