"""Numbers beside the same numbers over the span before, with an arrow only where the change is more than noise."""

from __future__ import annotations

from collections.abc import Callable

from plugin.display import text
from plugin.model import Change, Verdict

RISES, FALLS, STAYS = "▲", "▼", " "
NOW_CELLS, BEFORE_CELLS = 8, 8


def arrow(change: Change) -> str:
    """One cell: up, down, or nothing where it does not hold up."""
    if not change.holds or change.difference is None:
        return STAYS
    return RISES if change.difference > 0 else FALLS


def beside(change: Change, show: Callable[[float | None], str]) -> str:
    """A number, the arrow, and the number before (empty where there is none), in 17 cells."""
    before = "" if change.before is None else show(change.before)
    return f"{text.right(show(change.after), NOW_CELLS)}{arrow(change)}{text.right(before, BEFORE_CELLS)}"


def sentence(what: str, change: Change, show: Callable[[float | None], str]) -> str:
    """`error rate 0.4 % → 2.3 %`."""
    return f"{what} {show(change.before)} → {show(change.after)}"


def worse(change: Change) -> bool:
    """Whether it became worse by more than noise."""
    return change.verdict is Verdict.WORSE
