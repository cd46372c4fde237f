"""Rows of a review whose change is not tested, and sections of which only the largest parts are shown."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.model import Change, ChangeVerdict, SystemRow, SystemSection

MOST_PARTS = 5
"""Series of one measure that are shown by themselves."""


def untested(before: float | None, after: float | None) -> Change:
    """A number beside the previous one; whether it changed is not judged."""
    return Change(before, after, None, ChangeVerdict.UNKNOWN)


def alone(value: float | None) -> Change:
    """A number without a previous one."""
    return untested(None, value)


def scaled(before: float | None, after: float | None, factor: float) -> Change:
    """Both numbers of an untested change times a factor."""
    return untested(*(None if value is None else value * factor for value in (before, after)))


def percents(before: float | None, after: float | None) -> Change:
    """Shares as percentages."""
    return scaled(before, after, 100)


def left_out(number: int) -> str:
    """`… and 3 more`, of so many parts; empty if all of them are shown."""
    more = number - MOST_PARTS
    return f"… and {more:,} more" if more > 0 else ""


def first_parts(title: str, rows: Sequence[SystemRow]) -> SystemSection:
    """The first rows, and how many more there are."""
    return SystemSection(title, tuple(rows[:MOST_PARTS]), left_out(len(rows)))
