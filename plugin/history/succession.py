"""Let a new container continue the history of the dead instance it replaces, if no name was configured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from plugin.history import fleet, names
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.model import Writer


class InstanceLife(NamedTuple):
    """The recorded starts of one instance, as one."""

    instance: int
    name: str
    given: bool
    """Whether an operator configured its name; False if unknown."""
    started: float
    last_seen: float
    left: bool


class Unsettled(Exception):
    """The last instance may still be alive; only its silence can tell."""


async def settle(
    database: Database, known: Names, writer: Writer, started: float, now: float, silence_s: float
) -> Writer:
    """Register a start, under the name of the last instance if that is dead; returns the writer with that name.

    Raises Unsettled if the last instance did not leave and has been silent for less than `silence_s`. One transaction,
    so that of two processes that start together only one takes the name over.
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
        dead = predecessor(_lives(rows), names.clean(writer.instance), started, now, silence_s)
        if dead is not None:
            await fleet.add_boot(connection, writer, dead.instance, release, started)
            return writer._replace(instance=dead.name)
    await fleet.register(database, known, writer, started)
    return writer


def predecessor(
    lives: Iterable[InstanceLife], own: str, started: float, now: float, silence_s: float
) -> InstanceLife | None:
    """The dead instance whose name a new one takes over; None if it keeps its own.

    That is the last instance named after its host, if it is dead and such instances never overlapped. Raises
    Unsettled.
    """
    known = [*lives]
    hosts = [life for life in known if not life.given]
    if not hosts or own in (life.name for life in known):
        return None
    last = max(hosts, key=lambda life: life.last_seen)
    if any(life.last_seen > last.started for life in hosts if life is not last):
        return None  # they overlapped, so it is unclear which one this replaces
    if last.left:
        return last
    if last.last_seen > started:
        return None  # it is alive
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
