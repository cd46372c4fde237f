"""What the monitor knows of the examples' systems: in memory, and in a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.corridor.bot_measures import measures_of
from plugin.history.store import open_store
from plugin.model import Scope

EVER_S = 2**33


def measured(bot: object) -> dict[tuple[str, ...], Any]:
    """What the own measures of a bot say now, by name and attribute values."""
    found = (reading for registry in measures_of(bot) for reading in registry.read())
    return {(one.measure.name, *one.values): one.value for one in found}


async def kept(database: str, bot: int, instance: str | None = None) -> Mapping[tuple[str, ...], float]:
    """What a database holds of them: the sum of a counter, the last value of a gauge."""
    async with await open_store(database) as store:
        scope, found = Scope(bot, instance), dict[tuple[str, ...], float]()
        described = await store.reading.described(scope)
        courses = await store.reading.series(scope, 0, EVER_S, [one.name for one in described], 60)
        for one, course in zip(described, courses, strict=True):
            if course.points:
                values = [part.partition("=")[2] for part in one.name.partition("{")[2].rstrip("}").split(",")]
                key = one.name.partition("{")[0], *(value.strip('"') for value in values if value)
                last = course.points[-1].values.last
                found[key] = sum(point.values.sum for point in course.points) if last is None else last
    return found


def flows_of(found: Mapping[tuple[str, ...], float]) -> dict[tuple[str, str], tuple[int, int]]:
    """Number of transactions and their coins, by kind and flow."""
    kinds = [name[1:] for name in found if name[0] == "economy.transactions"]
    return {
        (kind, flow): (int(found["economy.transactions", kind, flow]), int(found["economy.volume", kind, flow]))
        for kind, flow in kinds
    }


def supply_of(flows: Mapping[tuple[str, str], tuple[int, int]]) -> int:
    """The coins that there are, after all that was made and burnt."""
    signs = {"faucet": 1, "sink": -1, "transfer": 0}
    return sum(signs[flow] * coins for (_, flow), (_, coins) in flows.items())
