"""Instances and releases: starts, heartbeats, shutdowns and last statuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plugin.history import names, schema
from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.tiers import Tier
from plugin.model import BootSeen, InstanceSeen, ReleaseSeen, StartSeen, Writer

_LONGEST_STATUS = 500
_MOST_STARTS = 1000
_APART_S = 300
"""Tolerance between the clocks of a fleet; later heartbeats come from a clock that was wrong."""

_TWIN_S = 86_400
"""Boots without a heartbeat for this long are not twins."""

_BOOTS = """FROM golem_boots AS boots
        JOIN golem_instances AS who ON who.bot = boots.bot AND who.instance = boots.instance
        JOIN golem_releases AS release ON release.bot = boots.bot AND release.release = boots.release
        WHERE boots.bot = :bot"""


async def numbered(known: Names, writer: Writer, at: int) -> tuple[int, int]:
    """The numbers of a writer's instance and release."""
    instance = (names.clean(writer.instance),)
    # A new instance has no rows, so it counts as rolled up to here.
    new_row = {"written_until": 0, "hours_until": Tier.HOUR.floor(at), "days_until": Tier.DAY.floor(at)}
    instances = await known.numbers(names.INSTANCES, writer.bot, [instance], new_row)
    return instances[instance], await release_number(known, writer)


async def release_number(known: Names, writer: Writer) -> int:
    """The number of a writer's release."""
    release = (names.clean(writer.release),)
    return (await known.numbers(names.RELEASES, writer.bot, [release]))[release]


async def register(database: Database, known: Names, writer: Writer, at: float) -> None:
    """Record a start; for a boot that is recorded already, a heartbeat."""
    instance, release = await numbered(known, writer, int(at))
    async with database.writing() as connection:
        await add_boot(connection, writer, instance, release, at)


async def add_boot(connection: Connection, writer: Writer, instance: int, release: int, at: float) -> None:
    """Record a start of an instance whose number is known."""
    new = {
        "bot": writer.bot,
        "instance": instance,
        "boot": names.clean(writer.boot),
        "release": release,
        "sequence": -1,
        "started": at,
        "last_seen": at,
        "shards": "",
        "status": "",
    }
    again = "ON CONFLICT (bot, instance, boot) DO UPDATE SET last_seen = excluded.last_seen"
    await connection.insert(schema.BOOTS, tuple(new), [tuple(new.values())], again)
    await connection.execute(
        "UPDATE golem_instances SET given = :given "
        "WHERE bot = :bot AND instance = :instance AND (given IS NULL OR given < :given)",
        {"given": int(writer.given), "bot": writer.bot, "instance": instance},
    )
    await _see_release(connection, writer.bot, release, at)


async def beat(
    database: Database, known: Names, writer: Writer, at: float, shards: tuple[int, ...], status: str
) -> None:
    """Record a heartbeat."""
    text = names.clean(status, _LONGEST_STATUS)
    values = {"last_seen": at, "left_at": None, "shards": ",".join(map(str, shards)), "status": text}
    await _update_boot(database, known, writer, at, values)


async def note_status(database: Database, known: Names, writer: Writer, at: float, status: str) -> None:
    """Record the status of a process without a heartbeat."""
    await _update_boot(database, known, writer, at, {"status": names.clean(status, _LONGEST_STATUS)})


async def leave(database: Database, known: Names, writer: Writer, at: float) -> None:
    """Record a clean shutdown."""
    await _update_boot(database, known, writer, at, {"last_seen": at, "left_at": at})


async def _update_boot(database: Database, known: Names, writer: Writer, at: float, values: dict[str, Any]) -> None:
    new = ", ".join(f"{name} = :{name}" for name in values)
    sql = f"UPDATE golem_boots SET {new} WHERE bot = :bot AND instance = :instance AND boot = :boot"
    while True:
        instance, release = await numbered(known, writer, int(at))
        mine = {"bot": writer.bot, "instance": instance, "boot": names.clean(writer.boot)}
        async with database.writing() as connection:
            if await connection.execute(sql, {**values, **mine}):
                await _see_release(connection, writer.bot, release, at)
                return
        known.forget()
        await register(database, known, writer, at)


async def _see_release(connection: Connection, bot: int, release: int, at: float) -> None:
    for column, sign in (("first_seen", ">"), ("last_seen", "<")):
        await connection.execute(
            f"UPDATE golem_releases SET {column} = :at "
            f"WHERE bot = :bot AND release = :release AND ({column} IS NULL OR {column} {sign} :at)",
            {"bot": bot, "release": release, "at": at},
        )


async def others(database: Database, known: Names, writer: Writer, at: float) -> dict[str, float]:
    """Last heartbeats, by boot, of other processes of the writer's instance that did not shut down cleanly."""
    instance, _ = await numbered(known, writer, int(at))
    async with database.reading() as connection:
        rows = await connection.rows(
            "SELECT boot, last_seen FROM golem_boots WHERE bot = :bot AND instance = :instance "
            "AND boot <> :boot AND left_at IS NULL AND last_seen > :since",
            {"bot": writer.bot, "instance": instance, "boot": names.clean(writer.boot), "since": at - _TWIN_S},
        )
    return dict(rows)


async def note_twins(database: Database, known: Names, writer: Writer, at: float, boots: Iterable[str]) -> None:
    """Record that a writer and other boots ran under one name at the same time."""
    instance, _ = await numbered(known, writer, int(at))
    async with database.writing() as connection:
        for boot in (names.clean(writer.boot), *boots):
            await connection.execute(
                "UPDATE golem_boots SET beside = 1 WHERE bot = :bot AND instance = :instance AND boot = :boot",
                {"bot": writer.bot, "instance": instance, "boot": boot},
            )


async def instances(database: Database, bot: int, now: float) -> tuple[InstanceSeen, ...]:
    """Every recorded instance at its last start, most recently seen first.

    If processes overlapped under one name, those that did not shut down cleanly are included too.
    """
    sql = f"""SELECT boots.beside, who.name, boots.boot, release.name, boots.started, boots.last_seen, boots.left_at,
            boots.shards, boots.status {_BOOTS}
        ORDER BY CASE WHEN boots.last_seen > :believed THEN 0 ELSE 1 END, boots.last_seen, boots.started"""
    async with database.reading() as connection:
        rows = await connection.rows(sql, {"bot": bot, "believed": now + _APART_S})
    # The last row of each name is its last start.
    newest = {row[1]: _instance(*row[1:]) for row in rows}
    twins = [_instance(*row[1:]) for row in rows if row[0]]
    found = [*newest.values(), *(twin for twin in twins if _is_missed(twin, newest[twin.name]))]
    return tuple(sorted(found, key=lambda seen: seen.last_seen, reverse=True))


def _is_missed(twin: InstanceSeen, newest: InstanceSeen) -> bool:
    return twin.boot != newest.boot and twin.left is None and twin.last_seen > newest.started


def _instance(
    name: str,
    boot: str,
    release: str,
    started: float,
    last_seen: float,
    left_at: float | None,
    shards: str,
    status: str,
) -> InstanceSeen:
    numbers = tuple(int(shard) for shard in shards.split(",") if shard)
    return InstanceSeen(name, boot, release, started, last_seen, left_at, numbers, status)


async def starts(database: Database, bot: int, instance: str | None, now: float) -> tuple[StartSeen, ...]:
    """The last starts of one instance or of all, oldest first."""
    named, values = "", dict[str, Any](bot=bot, believed=now + _APART_S)
    if instance is not None:
        named, values["name"] = " AND who.name = :name", names.clean(instance)
    sql = f"""SELECT boots.started, who.name, release.name, boots.last_seen {_BOOTS}
        AND boots.started <= :believed{named} ORDER BY boots.started DESC LIMIT {_MOST_STARTS}"""
    async with database.reading() as connection:
        newest_first = [StartSeen(*row) for row in await connection.rows(sql, values)]
    return tuple(reversed(newest_first))


async def boots(database: Database, bot: int, instance: str, now: float) -> tuple[BootSeen, ...]:
    """The last processes of one instance, oldest first."""
    sql = f"""SELECT boots.boot, release.name, boots.started, boots.last_seen, boots.left_at, boots.status {_BOOTS}
        AND who.name = :name AND boots.started <= :believed AND boots.last_seen <= :believed
        ORDER BY boots.started DESC LIMIT {_MOST_STARTS}"""
    values = {"bot": bot, "name": names.clean(instance), "believed": now + _APART_S}
    async with database.reading() as connection:
        newest_first = [BootSeen(*row) for row in await connection.rows(sql, values)]
    return tuple(reversed(newest_first))


async def releases(database: Database, bot: int) -> tuple[ReleaseSeen, ...]:
    """Every release that ran, newest first."""
    async with database.reading() as connection:
        rows = await connection.rows(
            "SELECT name, first_seen, last_seen FROM golem_releases WHERE bot = :bot AND first_seen IS NOT NULL "
            "ORDER BY first_seen DESC, release DESC",
            {"bot": bot},
        )
    return tuple(ReleaseSeen(*row) for row in rows)


async def bots(database: Database) -> tuple[int, ...]:
    """The application ids of all bots in the database, sorted."""
    async with database.reading() as connection:
        return tuple(bot for (bot,) in await connection.rows("SELECT DISTINCT bot FROM golem_instances ORDER BY bot"))
