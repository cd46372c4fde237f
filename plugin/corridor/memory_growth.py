"""Query history for memory growth and its companions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.corridor.look_back import PageContext
from plugin.corridor.periods import HOUR_S, MINUTE_S, MONTH_S
from plugin.costs import MEGABYTE
from plugin.history.store import Store
from plugin.insight.growth import growth
from plugin.insight.scales import MEMORY, memory_threshold_mb
from plugin.insight.trends import trend
from plugin.measures import EXPLAINING
from plugin.model import Scope, StartSeen
from plugin.model.past import MemoryGrowth
from plugin.words import megabytes

STEP_S = HOUR_S


async def memory_growth(
    store: Store, scope: Scope, starts: Sequence[StartSeen], context: PageContext
) -> MemoryGrowth | None:
    """The memory growth of a single instance, since values of several processes are not one series."""
    mine = [start.at for start in starts if start.instance == scope.instance]
    now = int(context.now)

    async def points(names: Sequence[str], begin: int) -> list[list[tuple[float, float]]]:
        courses = await store.reading.series(scope, begin, now + MINUTE_S, names, STEP_S)
        return [[(point.at, point.values.sum / point.values.count) for point in course.points] for course in courses]

    (memory_bytes,) = await points([MEMORY], now - MONTH_S)
    alone = growth(memory_bytes, {}, _limits(context), context.now, starts=mine)
    if alone is None or trend(memory_bytes, starts=mine) is None:  # so that the others need not be asked for
        return alone
    others = await points([*EXPLAINING], max(int(mine[-1]) if mine else 0, now - MONTH_S))
    return growth(memory_bytes, dict(zip(EXPLAINING, others, strict=True)), _limits(context), context.now, starts=mine)


def _limits(context: PageContext) -> Mapping[str, float]:
    threshold = memory_threshold_mb(context.settings, context.memory_limit_bytes)
    limits = {megabytes(threshold): threshold * MEGABYTE}
    if context.memory_limit_bytes is not None:
        whole = context.memory_limit_bytes
        limits[f"total memory ({megabytes(whole / MEGABYTE)})"] = whole
    return limits
