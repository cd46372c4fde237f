"""Rolling up: hours from closed minutes, closed days from hours, each in a transaction with its mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import schema
from plugin.history.engine import Database, Lock
from plugin.history.rows import Row, add, combine, put
from plugin.history.schema import COMMANDS, KINDS, Kind
from plugin.history.tiers import Segment, Tier

GRACE_S = 300
"""Minutes are rolled up so long after their end, so that they are usually there; later ones count, too."""

AT_ONCE_S = 600
"""So many seconds of minutes are rolled up together, so that few of them are left for a question to read."""

_TIMES_AT_ONCE = 30
_ROWS_AT_ONCE = 5000


class _Step(NamedTuple):
    bot: int
    instance: int
    source: Tier
    target: Tier
    mark: str
    """The column that says how far the target tier goes."""
    start: int
    end: int
    """The source tier is complete and closed up to here."""


async def roll_up(database: Database, now: int) -> bool:
    """Roll up one hour, what is over of it, or one day of one instance; whether there may be more to do.

    False at once where another process is at it.
    """
    closed = (now - GRACE_S) // AT_ONCE_S * AT_ONCE_S
    async with database.writing() as connection:
        if not await database.try_lock(connection, Lock.ROLL_UP):
            return False
        step = await _next(connection, closed)
        if step is None:
            return False
        at = await _oldest(connection, step)
        until = step.end if at is None else min(at + step.target, step.end)
        if at is not None:
            await _roll(database, connection, step, Segment(step.source, max(at, step.start), until))
        mine = (schema.instances.c.bot == step.bot) & (schema.instances.c.instance == step.instance)
        await connection.execute(update(schema.instances).where(mine).values({step.mark: until}))
        return True


async def _next(connection: AsyncConnection, closed: int) -> _Step | None:
    instances = schema.instances.c
    columns = (instances.bot, instances.instance, instances.hours_until, instances.days_until)
    # Who has written nothing since the last day that was rolled up, such as one long dead, costs nothing.
    unsettled = select(*columns).where(instances.written_until > instances.days_until)
    oldest_first = unsettled.order_by(instances.hours_until).limit(1).with_for_update()
    hour = (await connection.execute(oldest_first.where(instances.hours_until < closed))).one_or_none()
    if hour is not None:
        return _Step(hour.bot, hour.instance, Tier.MINUTE, Tier.HOUR, "hours_until", hour.hours_until, closed)
    whole_day = instances.days_until + Tier.DAY.value <= instances.hours_until
    day = (await connection.execute(oldest_first.where(whole_day))).one_or_none()
    if day is None:
        return None
    end = Tier.DAY.floor(day.hours_until)
    return _Step(day.bot, day.instance, Tier.HOUR, Tier.DAY, "days_until", day.days_until, end)


async def _oldest(connection: AsyncConnection, step: _Step) -> int | None:
    def oldest(kind: Kind) -> ScalarSelect[int]:
        table = kind.tables[step.source].c
        mine = (table.bot == step.bot) & (table.instance == step.instance)
        within = select(table.at).where(mine, table.at >= step.start, table.at < step.end)
        return within.order_by(table.at).limit(1).scalar_subquery()

    times = (await connection.execute(select(*map(oldest, KINDS)))).one()
    return min((step.target.floor(at) for at in times if at is not None), default=None)


async def _roll(database: Database, connection: AsyncConnection, step: _Step, segment: Segment) -> None:
    for kind in KINDS:
        rolled: list[Row] = []
        for times in segment.slices(_TIMES_AT_ONCE):
            rolled += await _rows(connection, kind, step, times)
            if len(rolled) > _ROWS_AT_ONCE:
                rolled = combine(kind, rolled, step.target)
        rolled = combine(kind, rolled, step.target)
        if segment.start % step.target:
            await add(database, connection, step.bot, kind, step.target, rolled)
        else:
            # The tier is empty here, so what is put is all there is, even where it is put once more.
            await put(database, connection, step.bot, kind, step.target, rolled)
        if kind is COMMANDS and step.target is Tier.DAY:
            await add(database, connection, step.bot, kind, Tier.EVER, rolled)


async def _rows(connection: AsyncConnection, kind: Kind, step: _Step, times: Sequence[int]) -> list[Row]:
    table = kind.tables[step.source].c
    columns = [table[name] for name in ("at", *kind.keys, *kind.merges)]
    mine = (table.bot == step.bot) & (table.instance == step.instance)
    found = await connection.execute(select(*columns).where(mine, table.at >= times[0], table.at <= times[-1]))
    return list(map(tuple, found))
