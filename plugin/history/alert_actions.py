"""What people did with alerts, for every instance of a fleet."""

from __future__ import annotations

from plugin.history import names, schema
from plugin.history.engine import Connection, Database
from plugin.model.alert_actions import ActionKind, AlertAction

MOST_ACTIONS = 200
"""Kept for each bot; the oldest give way."""
EXPIRED_KEPT_S = 86_400
"""How long a silence is kept after its end."""
TOLD_WITHIN_S = 3600.0
"""An incident that nobody has confirmed for so long, at any target, is not told any more: longer than any pause."""
LONGEST_AUTHOR, LONGEST_TEXT = 100, 300

_TABLE = schema.ALERT_ACTIONS
_COLUMNS = "id, incident, kind, done, author, words, until, about"
_KINDS = {kind.value: kind for kind in ActionKind}


async def done(database: Database, bot: int, now: float) -> tuple[AlertAction, ...]:
    """Everything that holds, oldest first; `now` in Unix seconds."""
    async with database.reading() as connection:
        rows = await connection.rows(
            f"SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM golem_alerts AS told WHERE told.bot = :bot "
            "AND told.incident = golem_alert_actions.incident AND told.seen >= :seen) "
            "FROM golem_alert_actions WHERE bot = :bot ORDER BY done, id",
            {"bot": bot, "seen": now - TOLD_WITHIN_S},
        )
    return tuple(
        AlertAction(click, incident, _KINDS[kind], at, author, words, until, tuple(about.split()), bool(is_told))
        for click, incident, kind, at, author, words, until, about, is_told in rows
        if kind in _KINDS  # another may be of a later version
    )


async def keep(database: Database, bot: int, action: AlertAction) -> None:
    """Write something that somebody did; once, however often it is written."""
    author, words = names.clean(action.author, LONGEST_AUTHOR), names.clean(action.text, LONGEST_TEXT)
    told = (action.id, action.incident, action.kind.value, action.at, author, words, action.until)
    row = (bot, *told, " ".join(action.about))
    async with database.writing() as connection:
        await connection.insert(_TABLE, tuple(_TABLE.types), [row], "ON CONFLICT (bot, id) DO NOTHING")
        await connection.execute(
            "DELETE FROM golem_alert_actions WHERE bot = :bot AND id NOT IN "
            "(SELECT id FROM golem_alert_actions WHERE bot = :bot ORDER BY done DESC, id DESC LIMIT :most)",
            {"bot": bot, "most": MOST_ACTIONS},
        )


async def end(connection: Connection, bot: int, incident: str) -> None:
    """Delete what ends with an incident, if no target is told of it any more; silences with a time stay."""
    await connection.execute(
        "DELETE FROM golem_alert_actions WHERE bot = :bot AND incident = :incident AND until IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM golem_alerts WHERE bot = :bot AND incident = :incident)",
        {"bot": bot, "incident": incident},
    )


async def forget(connection: Connection, bot: int, now: float, before: float) -> None:
    """Delete silences that ended long ago, and what was done before a time with alerts that are not told any more."""
    await connection.execute(
        "DELETE FROM golem_alert_actions WHERE bot = :bot AND until < :expired",
        {"bot": bot, "expired": now - EXPIRED_KEPT_S},
    )
    await connection.execute(
        "DELETE FROM golem_alert_actions WHERE bot = :bot AND until IS NULL AND done < :before AND NOT EXISTS "
        "(SELECT 1 FROM golem_alerts AS told WHERE told.bot = :bot "
        "AND told.incident = golem_alert_actions.incident)",
        {"bot": bot, "before": before},
    )
