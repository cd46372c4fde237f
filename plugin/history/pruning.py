"""Deleting what is older than its tier keeps, in small chunks and never before it is rolled up."""

from __future__ import annotations

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import schema
from plugin.history.engine import Database, Lock
from plugin.history.schema import KINDS
from plugin.history.tiers import Tier
from plugin.model import Retention

_COARSER = {Tier.MINUTE: Tier.HOUR, Tier.HOUR: Tier.DAY, Tier.DAY: Tier.DAY}
_ROLLED_UNTIL = {Tier.MINUTE: "hours_until", Tier.HOUR: "days_until", Tier.DAY: "days_until"}
_KEPT_FROM = {Tier.MINUTE: "minutes_from", Tier.HOUR: "hours_from"}


async def prune(database: Database, bot: int, now: int, retention: Retention) -> bool:
    """Delete one hour of minutes, or one day of hours or of days, of one bot; whether there may be more to do.

    False at once where another process is at it; ValueError for a tier that is kept longer than a coarser one.
    """
    if list(retention) != sorted(retention):
        raise ValueError(f"a coarser tier is kept at least as long as a finer one, unlike {retention}")
    limits = {tier: _COARSER[tier].floor(now - kept_s) for tier, kept_s in zip(schema.TIERS, retention, strict=True)}
    async with database.writing() as connection:
        if not await database.try_lock(connection, Lock.PRUNE):
            return False
        for tier, limit in limits.items():
            if await _prune(database, connection, bot, tier, limit):
                return True
        await _forget_boots(connection, bot, now - retention.hours_s)
        return False


async def _prune(database: Database, connection: AsyncConnection, bot: int, tier: Tier, limit: int) -> bool:
    oldest = await _oldest(connection, bot, tier)
    if oldest is None or oldest >= limit:
        return False
    until = _COARSER[tier].floor(oldest) + _COARSER[tier]
    deleted = 0
    for kind in KINDS:
        table = kind.tables[tier]
        # A mark only grows, so what lies below it now was rolled up and stays so.
        instance = schema.instances.c
        rolled_up = exists().where(
            instance.bot == bot, instance.instance == table.c.instance, instance[_ROLLED_UNTIL[tier]] > table.c.at
        )
        statement = delete(table).where(table.c.bot == bot, table.c.at < until, rolled_up)
        deleted += (await connection.execute(statement)).rowcount
    if deleted and tier in _KEPT_FROM:
        await _keep_from(database, connection, bot, _KEPT_FROM[tier], until)
    return deleted > 0


async def _oldest(connection: AsyncConnection, bot: int, tier: Tier) -> int | None:
    tables = [kind.tables[tier].c for kind in KINDS]
    oldest = [
        select(table.at).where(table.bot == bot).order_by(table.at).limit(1).scalar_subquery() for table in tables
    ]
    times = (await connection.execute(select(*oldest))).one()
    return min((at for at in times if at is not None), default=None)


async def _keep_from(database: Database, connection: AsyncConnection, bot: int, column: str, until: int) -> None:
    new = database.insert(schema.bots).values({"bot": bot, "minutes_from": 0, "hours_from": 0})
    await connection.execute(new.on_conflict_do_nothing(index_elements=["bot"]))
    bots = schema.bots.c
    later = update(schema.bots).where(bots.bot == bot, bots[column] < until)
    await connection.execute(later.values({column: until}))


async def _forget_boots(connection: AsyncConnection, bot: int, before: int) -> None:
    boots = schema.boots.c
    await connection.execute(delete(schema.boots).where(boots.bot == bot, boots.last_seen < before))
