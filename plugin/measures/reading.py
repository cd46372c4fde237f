"""How values of several series are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.measures.measure import Value
from plugin.model import Observation, RouteSnapshot, ShardSnapshot


def of_shards(read: Callable[[ShardSnapshot], Value]) -> Callable[[Observation], Mapping[str, Value]]:
    """One value for each shard."""
    return lambda seen: {str(shard.id): read(shard) for shard in seen.connection.shards or ()}


def of_routes(read: Callable[[RouteSnapshot], float]) -> Callable[[Observation], Mapping[str, Value]]:
    """One value for each route."""
    return lambda seen: {route.route: read(route) for route in (seen.rest.routes if seen.rest is not None else ())}
