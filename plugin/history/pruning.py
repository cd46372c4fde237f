"""Delete rows past the retention of their tier, in small chunks and only once rolled up; then old findings.

Salts and sketches of active members go first, as soon as their day or week is over.
"""

from __future__ import annotations

from plugin.history import alert_actions, alerts, findings, members, schema
from plugin.history.engine import Connection, Database, Lock
from plugin.history.schema import KINDS
from plugin.history.tiers import Tier
from plugin.model import Retention

ALERTS_KEPT_S = 7 * 86_400
"""How long after its owner was gone an alert is kept that nobody resolved."""

_COARSER = {Tier.MINUTE: Tier.HOUR, Tier.HOUR: Tier.DAY, Tier.DAY: Tier.DAY}
_ROLLED_UNTIL = {Tier.MINUTE: "hours_until", Tier.HOUR: "days_until", Tier.DAY: "days_until"}
_KEPT_FROM = {Tier.MINUTE: "minutes_from", Tier.HOUR: "hours_from"}


async def prune(database: Database, bot: int, now: int, retention: Retention) -> bool:
    """Delete one hour of minute rows, or one day of hour or day rows, or old findings, of one bot.

    Returns True if there may be more to do, and False at once if another process is pruning. Raises ValueError if a
    tier's retention exceeds that of a coarser one.
    """
    if list(retention) != sorted(retention):
        raise ValueError(f"a tier must not be kept longer than a coarser one: {retention}")
    limits = {tier: _COARSER[tier].floor(now - kept_s) for tier, kept_s in zip(schema.TIERS, retention, strict=True)}
    async with database.writing() as connection:
        if not await connection.try_lock(Lock.PRUNE):
            return False
        await members.forget(connection, bot, now)
        await alerts.forget(connection, bot, now - ALERTS_KEPT_S)
        await alert_actions.forget(connection, bot, now, now - ALERTS_KEPT_S)
        for tier, limit in limits.items():
            if await _prune(connection, bot, tier, limit):
                return True
        if await findings.forget(connection, bot, now - retention.days_s):
            return True
        await _forget_boots(connection, bot, now - retention.hours_s)
        return False


async def _prune(connection: Connection, bot: int, tier: Tier, limit: int) -> bool:
    oldest = await _oldest(connection, bot, tier)
    if oldest is None or oldest >= limit:
        return False
    until = _COARSER[tier].floor(oldest) + _COARSER[tier]
    deleted = 0
    for kind in KINDS:
        table = kind.tables[tier].name
        # A mark only grows, so rows below it are rolled up for good.
        deleted += await connection.execute(
            f"DELETE FROM {table} WHERE {table}.bot = :bot AND {table}.at < :until AND EXISTS ("
            f"SELECT 1 FROM golem_instances AS who WHERE who.bot = :bot AND who.instance = {table}.instance "
            f"AND who.{_ROLLED_UNTIL[tier]} > {table}.at)",
            {"bot": bot, "until": until},
        )
    if deleted and tier in _KEPT_FROM:
        await _keep_from(connection, bot, _KEPT_FROM[tier], until)
    return deleted > 0


async def _oldest(connection: Connection, bot: int, tier: Tier) -> int | None:
    firsts = (f"(SELECT at FROM {kind.tables[tier].name} WHERE bot = :bot ORDER BY at LIMIT 1)" for kind in KINDS)
    (times,) = await connection.rows(f"SELECT {', '.join(firsts)}", {"bot": bot})
    return min((at for at in times if at is not None), default=None)


async def _keep_from(connection: Connection, bot: int, column: str, until: int) -> None:
    columns = ("bot", "minutes_from", "hours_from")
    await connection.insert(schema.BOTS, columns, [(bot, 0, 0)], "ON CONFLICT (bot) DO NOTHING")
    later = f"UPDATE golem_bots SET {column} = :until WHERE bot = :bot AND {column} < :until"
    await connection.execute(later, {"bot": bot, "until": until})


async def _forget_boots(connection: Connection, bot: int, before: int) -> None:
    forget = "DELETE FROM golem_boots WHERE bot = :bot AND last_seen < :before"
    await connection.execute(forget, {"bot": bot, "before": before})
