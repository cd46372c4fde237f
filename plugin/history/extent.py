"""Since when history reaches back, and since when it is complete."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.history.engine import Connection, Database
from plugin.history.names import Names
from plugin.history.questions import oldest
from plugin.history.schema import KINDS, TIERS
from plugin.history.tiers import Segment, Tier
from plugin.history.views import RowRange, View, viewed
from plugin.model import Scope


async def first(database: Database, known: Names, scope: Scope) -> int | None:
    """The time of the first row of any kind and tier, or None."""
    async with viewed(database, known, scope) as (connection, view):
        return await _first_of(connection, view, scope, TIERS)


async def whole_from(database: Database, known: Names, scope: Scope) -> int | None:
    """Since when history is complete: the hour or day of the first row may have begun before the bot ran."""
    async with viewed(database, known, scope) as (connection, view):
        begin = await _first_of(connection, view, scope, TIERS)
        tier = view.kept.tier(begin or 0)  # the finest tier with no rows deleted since
        found = await _first_of(connection, view, scope, [tier])
    return found if found is None or tier is Tier.MINUTE else found + tier


async def _first_of(connection: Connection, view: View, scope: Scope, tiers: Sequence[Tier]) -> int | None:
    if not view.groups:
        return None
    instances = view.groups[0].instances if scope.instance is not None else None
    return await oldest(
        connection, [RowRange(view, kind, instances, Segment(tier, 0, Tier.EVER)) for tier in tiers for kind in KINDS]
    )
