"""Which commands come first, found by few sums: what is summed over all rows of a month is what a top 10 costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from plugin.history.engine import Connection
from plugin.history.questions import summed
from plugin.history.schema import COMMANDS
from plugin.history.views import RowRange

Order = Literal["invocations", "errors", "total", "mean"]

_INVOCATIONS = "ok + denied + error + cancelled"
_SUMMED: dict[Order, tuple[str, ...]] = {
    "invocations": (_INVOCATIONS,),
    "errors": ("error", _INVOCATIONS),
    "total": ("total_ns", _INVOCATIONS),
    "mean": ("answers_ns", "answered", _INVOCATIONS),
}


async def foremost(connection: Connection, parts: Iterable[RowRange], by: Order, limit: int) -> list[int]:
    """Numbers of the foremost commands; of those alike in the first, who is invoked more comes first."""
    enough = None if by == "mean" else limit  # which is no sum
    sums = await summed(connection, parts, COMMANDS.keys[:1], _SUMMED[by], enough)
    numbers = sorted(sums, key=lambda key: _rank(by, sums[key]), reverse=True)
    return [number for (number,) in numbers[:limit]]


def _rank(by: Order, sums: Sequence[int]) -> tuple[float, int]:
    return sums[0] / max(1, sums[1]) if by == "mean" else sums[0], sums[-1]
