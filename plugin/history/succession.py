"""Under which name an instance goes on where its own is only that of its host, which changes with every container."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from plugin.history import fleet, names
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.model import Writer


class InstanceLife(NamedTuple):
    """All that is remembered of one instance of a bot."""

    instance: int
    name: str
    given: bool
    """Whether an operator gave it its name; False where that is not known."""
    started: float
    last_seen: float
    left: bool


class Unsettled(Exception):
    """Only time can tell whether the last instance is dead."""


async def settle(
    database: Database, known: Names, writer: Writer, started: float, now: float, silence_s: float
) -> Writer:
    """Write down a start, under the name of the last instance where that is dead; the writer with its name.

    Raises Unsettled while the last one has been silent for less than `silence_s` without a goodbye. In one transaction,
    so that of two that start together only one goes on.
    """
    release = await fleet.release_number(known, writer)
    async with database.writing() as connection:
        rows = await connection.rows(
            """SELECT who.instance, who.name, who.given, boots.started, boots.last_seen, boots.left_at
            FROM golem_boots AS boots
            JOIN golem_instances AS who ON who.bot = boots.bot AND who.instance = boots.instance
            WHERE boots.bot = :bot ORDER BY boots.last_seen""",
            {"bot": writer.bot},
        )
        heir = predecessor(_lives(rows), names.clean(writer.instance), started, now, silence_s)
        if heir is not None:
            await fleet.add_boot(connection, writer, heir.instance, release, started)
            return writer._replace(instance=heir.name)
    await fleet.register(database, known, writer, started)
    return writer


def predecessor(
    lives: Iterable[InstanceLife], own: str, started: float, now: float, silence_s: float
) -> InstanceLife | None:
    """The instance that one with a new name goes on with; None where it goes on with its own.

    That is the last of those whose names came from hosts, if they came one after the other and it is dead. Raises
    Unsettled.
    """
    known = [*lives]
    hosts = [life for life in known if not life.given]
    if not hosts or own in (life.name for life in known):
        return None
    last = max(hosts, key=lambda life: life.last_seen)
    if any(life.last_seen > last.started for life in hosts if life is not last):
        return None  # they ran side by side: nothing tells whose successor this is
    if last.left:
        return last
    if last.last_seen > started:
        return None  # it lives
    if now - last.last_seen < silence_s:
        raise Unsettled
    return last


def _lives(rows: Iterable[tuple[Any, ...]]) -> list[InstanceLife]:
    lives: dict[int, InstanceLife] = {}
    for instance, name, given, started, last_seen, left_at in rows:
        one = InstanceLife(instance, name, bool(given), started, last_seen, left_at is not None)
        before = lives.get(instance)
        lives[instance] = one if before is None else one._replace(started=min(one.started, before.started))
    return list(lives.values())
