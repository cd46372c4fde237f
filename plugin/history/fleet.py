"""Instances and releases: who runs, who ran, and the last words of who died."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plugin.history import names, schema
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.history.tiers import Tier
from plugin.model import InstanceSeen, ReleaseSeen, StartSeen, Writer

_LONGEST_STATUS = 500
_MOST_STARTS = 1000
_APART_S = 300
"""So far may the clocks of a fleet be apart; a sign from later than that was left by one that was wrong."""


async def numbered(known: Names, writer: Writer, at: int) -> tuple[int, int]:
    """The numbers of a writer's instance and release."""
    instance, release = (names.clean(writer.instance),), (names.clean(writer.release),)
    # A new instance has nothing before now, so it counts as rolled up to here.
    opening = {"written_until": 0, "hours_until": Tier.HOUR.floor(at), "days_until": Tier.DAY.floor(at)}
    instances = await known.numbers(names.INSTANCES, writer.bot, [instance], opening)
    releases = await known.numbers(names.RELEASES, writer.bot, [release])
    return instances[instance], releases[release]


async def register(database: Database, known: Names, writer: Writer, at: float) -> None:
    """Write down a start; once more for the same boot is a beat."""
    instance, release = await numbered(known, writer, int(at))
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
    statement = database.insert(schema.boots).values(new)
    seen = {"last_seen": statement.excluded.last_seen}
    async with database.writing() as connection:
        await connection.execute(statement.on_conflict_do_update(index_elements=["bot", "instance", "boot"], set_=seen))
        await _see_release(connection, writer.bot, release, at)


async def beat(
    database: Database, known: Names, writer: Writer, at: float, shards: tuple[int, ...], status: str
) -> None:
    """Write down a sign of life."""
    text = status.replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST_STATUS]
    values = {"last_seen": at, "left_at": None, "shards": ",".join(map(str, shards)), "status": text}
    await _sign(database, known, writer, at, values)


async def leave(database: Database, known: Names, writer: Writer, at: float) -> None:
    """Write down a goodbye."""
    await _sign(database, known, writer, at, {"last_seen": at, "left_at": at})


async def _sign(database: Database, known: Names, writer: Writer, at: float, values: dict[str, Any]) -> None:
    boots = schema.boots.c
    while True:
        instance, release = await numbered(known, writer, int(at))
        mine = (boots.bot == writer.bot) & (boots.instance == instance) & (boots.boot == names.clean(writer.boot))
        async with database.writing() as connection:
            if (await connection.execute(update(schema.boots).where(mine).values(values))).rowcount:
                await _see_release(connection, writer.bot, release, at)
                return
        known.forget()
        await register(database, known, writer, at)


async def _see_release(connection: AsyncConnection, bot: int, release: int, at: float) -> None:
    seen = schema.releases.c
    mine = (seen.bot == bot) & (seen.release == release)
    first = update(schema.releases).where(mine, or_(seen.first_seen.is_(None), seen.first_seen > at))
    last = update(schema.releases).where(mine, or_(seen.last_seen.is_(None), seen.last_seen < at))
    await connection.execute(first.values(first_seen=at))
    await connection.execute(last.values(last_seen=at))


async def instances(database: Database, bot: int, now: float) -> tuple[InstanceSeen, ...]:
    """Every instance that is remembered, each at its last start, the one seen last first."""
    believed = now + _APART_S
    boots, instance, release = schema.boots.c, schema.instances.c, schema.releases.c
    statement = (
        select(
            instance.name.label("instance_name"),
            boots.boot,
            release.name.label("release_name"),
            boots.started,
            boots.last_seen,
            boots.left_at,
            boots.shards,
            boots.status,
        )
        .join(schema.instances, (instance.bot == boots.bot) & (instance.instance == boots.instance))
        .join(schema.releases, (release.bot == boots.bot) & (release.release == boots.release))
        .where(boots.bot == bot)
        .order_by(case((boots.last_seen > believed, 0), else_=1), boots.last_seen, boots.started)
    )
    async with database.reading() as connection:
        # The last of each name is its last start.
        newest = {row.instance_name: _instance(row) for row in await connection.execute(statement)}
    return tuple(sorted(newest.values(), key=lambda seen: seen.last_seen, reverse=True))


def _instance(row: Any) -> InstanceSeen:
    shards = tuple(int(shard) for shard in row.shards.split(",") if shard)
    return InstanceSeen(
        row.instance_name, row.boot, row.release_name, row.started, row.last_seen, row.left_at, shards, row.status
    )


async def starts(database: Database, bot: int, instance: str | None, now: float) -> tuple[StartSeen, ...]:
    """The last starts of one instance or of all, oldest first."""
    boots, named, release = schema.boots.c, schema.instances.c, schema.releases.c
    statement = (
        select(boots.started, named.name.label("instance_name"), release.name.label("release_name"))
        .join(schema.instances, (named.bot == boots.bot) & (named.instance == boots.instance))
        .join(schema.releases, (release.bot == boots.bot) & (release.release == boots.release))
        .where(boots.bot == bot, boots.started <= now + _APART_S)
        .order_by(boots.started.desc())
        .limit(_MOST_STARTS)
    )
    if instance is not None:
        statement = statement.where(named.name == names.clean(instance))
    async with database.reading() as connection:
        newest_first = [StartSeen(*row) for row in await connection.execute(statement)]
    return tuple(reversed(newest_first))


async def releases(database: Database, bot: int) -> tuple[ReleaseSeen, ...]:
    """Every release that ran, the one first seen last first."""
    seen = schema.releases.c
    ran = select(seen.name, seen.first_seen, seen.last_seen).where(seen.bot == bot, seen.first_seen.is_not(None))
    async with database.reading() as connection:
        rows = await connection.execute(ran.order_by(seen.first_seen.desc(), seen.release.desc()))
        return tuple(ReleaseSeen(*row) for row in rows)
