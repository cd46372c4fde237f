"""Writing one batch: once, whole, and into every tier that was rolled up past it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Double, Integer, bindparam, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import names, schema
from plugin.history.engine import Database
from plugin.history.fleet import numbered, register
from plugin.history.names import Name, Names
from plugin.history.rows import Row, add, combine, put
from plugin.history.schema import Kind
from plugin.history.tiers import Marks, Tier
from plugin.model import Batch, ErrorDelta, Writer


class _Numbers(NamedTuple):
    learnt_over: int
    """How many connections there were before these were asked for."""
    instance: int
    release: int
    commands: Mapping[Name, int]
    groups: Mapping[Name, int]


async def write(database: Database, known: Names, writer: Writer, batch: Batch) -> bool:
    """Store a batch; False, and nothing stored, where it or a later one of the same boot is stored already.

    ValueError for a start that is not the begin of a minute.
    """
    if batch.start % Tier.MINUTE or batch.start < 0:
        raise ValueError(f"a batch begins with a minute, not at {batch.start}")
    while True:
        numbers = await _numbers(known, writer, batch)
        async with database.writing() as connection:
            if known.refresh() != numbers.learnt_over:
                continue  # a new connection may lead to a server that was set back, where numbers mean something else
            written = await _write(database, connection, writer, batch, numbers)
        if written is not None:
            return written
        # Not registered yet, or the database was replaced by another since.
        known.forget()
        await register(database, known, writer, batch.start)


async def _numbers(known: Names, writer: Writer, batch: Batch) -> _Numbers:
    learnt_over = known.refresh()
    keys = [command.key for command in batch.commands] + [error.command for error in batch.errors]
    commands = await known.numbers(names.COMMANDS, writer.bot, map(names.command_name, keys))
    groups = await known.numbers(names.ERROR_GROUPS, writer.bot, map(_group_name, batch.errors))
    return _Numbers(learnt_over, *await numbered(known, writer, batch.start), commands, groups)


async def _write(
    database: Database, connection: AsyncConnection, writer: Writer, batch: Batch, numbers: _Numbers
) -> bool | None:
    bot, instances = writer.bot, schema.instances.c
    mine = (instances.bot == bot) & (instances.instance == numbers.instance)
    marks = select(instances.written_until, instances.hours_until, instances.days_until).where(mine).with_for_update()
    # The instance's row is the lock of all its rows, in every tier.
    row = (await connection.execute(marks)).one_or_none()
    if row is None:
        return None
    claimed = await _claim(connection, writer, numbers.instance, batch.sequence)
    if claimed:
        written_until, *until = row
        await _store(database, connection, bot, batch, numbers, Marks(*until), batch.start >= written_until)
        if batch.start + Tier.MINUTE > written_until:
            later = update(schema.instances).where(mine).values(written_until=batch.start + Tier.MINUTE)
            await connection.execute(later)
    return claimed


async def _claim(connection: AsyncConnection, writer: Writer, instance: int, sequence: int) -> bool | None:
    boots = schema.boots.c
    mine = (boots.bot == writer.bot) & (boots.instance == instance) & (boots.boot == writer.boot)
    claim = update(schema.boots).where(mine, boots.sequence < sequence).values(sequence=sequence)
    if (await connection.execute(claim)).rowcount:
        return True
    registered = (await connection.execute(select(exists().where(mine)))).scalar()
    return False if registered else None


async def _store(
    database: Database,
    connection: AsyncConnection,
    bot: int,
    batch: Batch,
    numbers: _Numbers,
    marks: Marks,
    fresh: bool,
) -> None:
    for kind, rows in _rows(batch, numbers):
        if fresh:
            await put(database, connection, bot, kind, Tier.MINUTE, combine(kind, rows, Tier.MINUTE))
        else:
            await add(database, connection, bot, kind, Tier.MINUTE, rows)
        # A tier that was rolled up past this minute will not look at it again.
        for tier in _passed(batch.start, marks):
            if tier in kind.tables:
                await add(database, connection, bot, kind, tier, rows)
    if batch.errors:
        await _see(connection, bot, batch.errors, numbers)


def _passed(start: int, marks: Marks) -> list[Tier]:
    hours = [Tier.HOUR] if start < marks.hours_until else []
    return hours + ([Tier.DAY, Tier.EVER] if start < marks.days_until else [])


def _rows(batch: Batch, numbers: _Numbers) -> list[tuple[Kind, list[Row]]]:
    at, who = batch.start, (numbers.instance, numbers.release)
    commands: list[Row] = [
        (
            at,
            numbers.commands[names.command_name(delta.key)],
            *who,
            *delta.outcomes,
            delta.total_ns,
            delta.durations.pack(),
            delta.first_responses.pack(),
        )
        for delta in batch.commands
    ]
    # A value that is not finite is unknown, and cannot be added to others.
    series: list[Row] = [
        (at, names.clean(name), *who, *delta) for name, delta in batch.series.items() if all(map(math.isfinite, delta))
    ]
    errors: list[Row] = [
        (at, numbers.groups[_group_name(delta)], numbers.commands[names.command_name(delta.command)], *who, count)
        for delta in batch.errors
        if (count := delta.group.count)
    ]
    return [(schema.COMMANDS, commands), (schema.SERIES, series), (schema.ERRORS, errors)]


def _group_name(error: ErrorDelta) -> Name:
    place = error.group.place
    return (
        names.clean(error.group.type),
        names.clean(place.file if place else ""),
        names.clean(place.function if place else ""),
    )


async def _see(connection: AsyncConnection, bot: int, errors: Sequence[ErrorDelta], numbers: _Numbers) -> None:
    # In the order of their numbers, so that two instances that wait for each other's rows cannot both wait.
    seen = sorted(
        (numbers.groups[_group_name(error)], error.group.first_seen, error.group.last_seen, error.group.place)
        for error in errors
    )
    values = [
        {"b_group": group, "b_first": first, "b_last": last, "b_line": place.line if place else None}
        for group, first, last, place in seen
    ]
    group = schema.error_groups.c
    first, last = bindparam("b_first", type_=Double), bindparam("b_last", type_=Double)
    release = bindparam("b_release", numbers.release, type_=Integer)
    line = bindparam("b_line", type_=Integer)
    earlier = or_(group.first_seen.is_(None), group.first_seen > first)
    later = or_(group.last_seen.is_(None), group.last_seen <= last)
    statement = (
        update(schema.error_groups)
        .where(group.bot == bot, group.error_group == bindparam("b_group", type_=Integer))
        .values(
            first_seen=case((earlier, first), else_=group.first_seen),
            first_release=case((earlier, release), else_=group.first_release),
            last_seen=case((later, last), else_=group.last_seen),
            last_release=case((later, release), else_=group.last_release),
            line=case((later, line), else_=group.line),
        )
    )
    await connection.execute(statement, values)
