"""Signs of life of all processes, for those who watch them from outside: one query, without the store's verbs."""

from __future__ import annotations

from typing import Any

from plugin.history.engine import Database
from plugin.model import LifeSign

MOST_PROCESSES = 500


async def life_signs(database: Database, bot: int | None) -> tuple[LifeSign, ...]:
    """The last 500 processes of one bot or of all, most recently seen first, by the clocks of their machines."""
    only, values = ("", dict[str, Any]()) if bot is None else ("WHERE boots.bot = :bot", {"bot": bot})
    sql = f"""SELECT boots.bot, who.name, who.given, boots.boot, boots.started, boots.last_seen, boots.left_at,
            boots.shards, boots.status
        FROM golem_boots AS boots JOIN golem_instances AS who ON who.bot = boots.bot AND who.instance = boots.instance
        {only} ORDER BY boots.last_seen DESC, boots.started DESC LIMIT {MOST_PROCESSES}"""
    async with database.reading() as connection:
        return tuple(_sign(*row) for row in await connection.rows(sql, values))


async def expect_writable(database: Database) -> None:
    """Raise StoreError if nobody could write now, such as in a file that is locked."""
    async with database.writing():
        pass


def _sign(
    bot: int,
    name: str,
    given: int | None,
    boot: str,
    started: float,
    last_seen: float,
    left_at: float | None,
    shards: str,
    status: str,
) -> LifeSign:
    numbers = tuple(int(shard) for shard in shards.split(",") if shard)
    return LifeSign(bot, name, bool(given), boot, started, last_seen, left_at is not None, numbers, status)
