"""Rank commands with as few sums as possible: sums over all rows of a month are the cost of a top 10."""

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
    """Numbers of the top commands; of equal ones, the command with more invocations comes first."""
    largest = None if by == "mean" else limit  # the database cannot order by a mean of sums
    sums = await summed(connection, parts, COMMANDS.keys[:1], _SUMMED[by], largest)
    numbers = sorted(sums, key=lambda key: _rank(by, sums[key]), reverse=True)
    return [number for (number,) in numbers[:limit]]


def _rank(by: Order, sums: Sequence[int]) -> tuple[float, int]:
    return sums[0] / max(1, sums[1]) if by == "mean" else sums[0], sums[-1]
