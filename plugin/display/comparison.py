"""Numbers compared with the previous period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from plugin.display import numbers, text
from plugin.model import Change, ChangeVerdict, Period, Spans

Show = Callable[[float | None], str]
MORE, LESS = "▲", "▼"
NO_ARROW = " "
SHORT = {Period.HOUR: "1 h", Period.DAY: "24 h", Period.WEEK: "7 d", Period.MONTH: "30 d", Period.ALL: "all time"}
"""Names of periods in column heads."""

BELOW = "Below each row: the previous period."
WORDS = {Period.HOUR: "hour", Period.DAY: "24 h", Period.WEEK: "7 days", Period.MONTH: "30 days"}


def arrow(change: Change) -> str:
    """One cell: the direction of a significant change."""
    if not change.holds or change.before is None or change.after is None:
        return NO_ARROW
    return MORE if change.after > change.before else LESS


def line(label: str, change: Change, show: Show, spans: Spans) -> str:
    """A label of at most 15 cells, the value with its arrow, and the previous period's value, if there is one."""
    label = text.clip(label, 15)
    first = f"{label}{' ' * (15 - text.cells(label))}{text.right(show(change.after), 7)}"
    return first if spans.before is None else f"{first}{arrow(change)}{text.right(show(change.before), 7)}"


class Column(NamedTuple):
    """One number of a table's row."""

    change: Change
    show: Show
    width: int
    """In cells; over a period the last one is for the arrow."""


def columns(row: Sequence[Column], spans: Spans | None) -> str:
    """The numbers side by side, and over a period (`spans`) those of the previous period below."""
    if spans is None:
        return "".join(text.right(show(change.after), width) for change, show, width in row).rstrip()
    now = "".join(text.right(show(change.after), width - 1) + arrow(change) for change, show, width in row)
    if spans.before is None:
        return now.rstrip()
    before = "".join(f"{text.right(show(change.before), width - 1)} " for change, show, width in row)
    return f"{now.rstrip()}\n{before.rstrip()}"


def heads(names: Sequence[tuple[str, int]], spans: Spans | None) -> str:
    """The names of such columns, each above its numbers, and the widths of the columns."""
    room = "" if spans is None else " "
    return "".join(f"{name:>{width - len(room)}}{room}" for name, width in names).rstrip()


def alone(value: float | None) -> Change:
    """A value that is not compared."""
    return Change(None, value, None, ChangeVerdict.UNKNOWN)


def pair(change: Change, show: Show) -> str:
    """The value, its arrow and the previous value, if any, in 17 cells."""
    before = "" if change.before is None else show(change.before)
    return f"{text.right(show(change.after), 8)}{arrow(change)}{text.right(before, 8)}"


def sentence(what: str, change: Change, show: Show) -> str:
    """`error rate 0.4 % → 2.3 %`."""
    return f"{what} {show(change.before)} → {show(change.after)}"


def header(spans: Spans) -> str:
    """The column heads of these lines."""
    return "" if spans.before is None else f"{SHORT[spans.period]:>22}{'before':>8}"


def count(value: float | None) -> str:
    """A count in at most seven cells; 0 if nothing was counted."""
    return count_in(7)(value)


def count_in(cells: int) -> Show:
    """Writes counts in at most `cells` cells."""
    return lambda value: numbers.count_in(cells, int(value or 0)).lstrip()


def share(value: float | None) -> str:
    """A share from 0 to 1 as a percentage; a dash for None."""
    return "–" if value is None else numbers.percent(100 * value)


def duration(value: float | None) -> str:
    """A duration in nanoseconds; a dash for None."""
    return "–" if value is None else numbers.duration(value)


def legend(spans: Spans) -> str:
    """The meaning of the arrows, or why there are none."""
    if spans.before is not None:
        return f"{MORE} {LESS} significant change from the previous {WORDS[spans.period]}."
    if spans.period is Period.ALL:
        return "All time: nothing to compare with."
    if spans.since is None:
        return "History has just started: nothing to compare with yet."
    began = numbers.discord_time(spans.since)
    return f"History began {began}: not enough to compare with the previous {WORDS[spans.period]}."


def footer(spans: Spans) -> str:
    """The period of the numbers, the previous period, and the instances that are included."""
    compared = "" if spans.before is None else f", compared with the previous {WORDS[spans.period]}"
    whose = "" if spans.instances is None else f" · {numbers.plural(spans.instances, 'instance')}"
    return f"{over(spans)}{compared}{whose}"


def over(spans: Spans) -> str:
    """`last 7 days`, `all time`."""
    return "all time" if spans.period is Period.ALL else f"last {WORDS[spans.period]}"
