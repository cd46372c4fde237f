"""Alerts that were told, so that a restart or another instance of a fleet goes on with them."""

from __future__ import annotations

from typing import Any

from plugin.history import alert_actions, names, schema
from plugin.history.engine import Connection, Database
from plugin.model import AlertKept

_TABLE = schema.ALERTS
_THIS = "WHERE bot = :bot AND target = :target AND incident = :incident"
_COLUMNS = "incident, target, owner, seen, message, members, sent, reminder"


async def told(database: Database, bot: int, target: str) -> tuple[AlertKept, ...]:
    """Every alert that was told at a target and is not resolved."""
    async with database.reading() as connection:
        rows = await connection.rows(
            f"SELECT {_COLUMNS} FROM golem_alerts WHERE bot = :bot AND target = :target ORDER BY incident",
            {"bot": bot, "target": target},
        )
    return tuple(AlertKept(*row) for row in rows)


async def keep(database: Database, bot: int, alert: AlertKept, stale: float) -> tuple[AlertKept, bool]:
    """Write an alert, and return it as it is kept: unchanged where another owner has confirmed it since `stale`.

    A message, its time and its reminder that are known stay, where the alert has none. Also returns whether the alert
    was there before.
    """
    alert = alert._replace(owner=names.clean(alert.owner))
    this = {"bot": bot, "target": alert.target, "incident": alert.incident}
    async with database.writing() as connection:
        first = (bot, alert.target, alert.incident, alert.owner, *alert[3:])
        is_new = not await connection.rows(f"SELECT 1 FROM golem_alerts {_THIS}{connection.locking}", this)
        await connection.insert(_TABLE, tuple(_TABLE.types), [first], "ON CONFLICT (bot, target, incident) DO NOTHING")
        known = await _read(connection, this)
        if known.owner != alert.owner and known.seen >= stale:
            return known, True
        kept = alert._replace(
            message=alert.message or known.message,
            sent=known.sent if alert.sent is None else alert.sent,
            reminder=alert.reminder or known.reminder,
        )
        await connection.execute(
            "UPDATE golem_alerts SET owner = :owner, seen = :seen, message = :message, members = :members, "
            f"sent = :sent, reminder = :reminder {_THIS}",
            {**kept._asdict(), **this},
        )
        return kept, not is_new


async def drop(database: Database, bot: int, alert: AlertKept) -> None:
    """Delete an alert that was resolved, if it is still its owner's, with what people did with it."""
    async with database.writing() as connection:
        await connection.execute(
            f"DELETE FROM golem_alerts {_THIS} AND owner = :owner",
            {"bot": bot, "target": alert.target, "incident": alert.incident, "owner": names.clean(alert.owner)},
        )
        await alert_actions.end(connection, bot, alert.incident)


async def forget(connection: Connection, bot: int, before: float) -> None:
    """Delete alerts whose owner has long been gone."""
    await connection.execute(
        "DELETE FROM golem_alerts WHERE bot = :bot AND seen < :before", {"bot": bot, "before": before}
    )


async def _read(connection: Connection, this: dict[str, Any]) -> AlertKept:
    (row,) = await connection.rows(f"SELECT {_COLUMNS} FROM golem_alerts {_THIS}{connection.locking}", this)
    return AlertKept(*row)
