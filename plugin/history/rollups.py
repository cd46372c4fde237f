"""Roll up hours from closed minutes and closed days from hours, each in one transaction with its mark."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from plugin.history.engine import Connection, Database, Lock
from plugin.history.rows import Row, add, combine, put
from plugin.history.schema import COMMANDS, KINDS, TableKind
from plugin.history.tiers import Segment, Tier

GRACE_S = 300
"""Minutes are rolled up this long after their end, when most are written; late ones are added afterwards."""

AT_ONCE_S = 600
"""Minutes are rolled up in runs of this many seconds, so that few are left for queries to read."""

_TIMES_AT_ONCE = 30
_ROWS_AT_ONCE = 5000


class _Step(NamedTuple):
    bot: int
    instance: int
    source: Tier
    target: Tier
    mark: str
    """The column of the target tier's mark."""
    start: int
    end: int
    """The source tier is complete up to here."""


async def roll_up(database: Database, now: int) -> bool:
    """Roll up one hour, or its remainder, or one day of one instance.

    Returns True if there may be more to do, and False at once if another process is rolling up.
    """
    closed = (now - GRACE_S) // AT_ONCE_S * AT_ONCE_S
    async with database.writing() as connection:
        if not await connection.try_lock(Lock.ROLL_UP):
            return False
        step = await _next(connection, closed)
        if step is None:
            return False
        at = await _oldest(connection, step)
        until = step.end if at is None else min(at + step.target, step.end)
        if at is not None:
            await _roll(connection, step, Segment(step.source, max(at, step.start), until))
        values = {"until": until, "bot": step.bot, "instance": step.instance}
        await connection.execute(
            f"UPDATE golem_instances SET {step.mark} = :until WHERE bot = :bot AND instance = :instance", values
        )
        return True


async def _next(connection: Connection, closed: int) -> _Step | None:
    # Instances without rows past their last rolled-up day, such as dead ones, are skipped.
    unsettled = "SELECT bot, instance, hours_until, days_until FROM golem_instances WHERE written_until > days_until"
    oldest_first = f" ORDER BY hours_until LIMIT 1{connection.locking}"
    hours = await connection.rows(f"{unsettled} AND hours_until < :closed{oldest_first}", {"closed": closed})
    for bot, instance, hours_until, _ in hours:
        return _Step(bot, instance, Tier.MINUTE, Tier.HOUR, "hours_until", hours_until, closed)
    days = await connection.rows(f"{unsettled} AND days_until + {Tier.DAY:d} <= hours_until{oldest_first}")
    for bot, instance, hours_until, days_until in days:
        return _Step(bot, instance, Tier.HOUR, Tier.DAY, "days_until", days_until, Tier.DAY.floor(hours_until))
    return None


async def _oldest(connection: Connection, step: _Step) -> int | None:
    firsts = (
        f"(SELECT at FROM {kind.tables[step.source].name} WHERE bot = :bot AND instance = :instance "
        "AND at >= :start AND at < :end ORDER BY at LIMIT 1)"
        for kind in KINDS
    )
    values = {"bot": step.bot, "instance": step.instance, "start": step.start, "end": step.end}
    (times,) = await connection.rows(f"SELECT {', '.join(firsts)}", values)
    return min((step.target.floor(at) for at in times if at is not None), default=None)


async def _roll(connection: Connection, step: _Step, segment: Segment) -> None:
    for kind in KINDS:
        rolled: list[Row] = []
        for times in segment.slices(_TIMES_AT_ONCE):
            rolled += await _rows(connection, kind, step, times)
            if len(rolled) > _ROWS_AT_ONCE:
                rolled = combine(kind, rolled, step.target)
                await asyncio.sleep(0)  # let queries run
        rolled = combine(kind, rolled, step.target)
        if segment.start % step.target:
            await add(connection, step.bot, kind, step.target, rolled)
        else:
            # The tier has no rows of this step yet, so nothing needs to be merged.
            await put(connection, step.bot, kind, step.target, rolled)
        if kind is COMMANDS and step.target is Tier.DAY:
            await add(connection, step.bot, kind, Tier.EVER, rolled)
        await asyncio.sleep(0)


async def _rows(connection: Connection, kind: TableKind, step: _Step, times: Sequence[int]) -> list[Row]:
    return await connection.rows(
        f"SELECT {', '.join(kind.columns)} FROM {kind.tables[step.source].name} "
        "WHERE bot = :bot AND instance = :instance AND at >= :first AND at <= :last",
        {"bot": step.bot, "instance": step.instance, "first": times[0], "last": times[-1]},
    )
